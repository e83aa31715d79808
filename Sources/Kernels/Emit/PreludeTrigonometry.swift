extension Prelude {
    /// Sine and cosine without branches: the argument less a multiple of π/2 in three parts (Cody and Waite), with what
    /// rounding leaves of it; then polynomials of least error on ±π/4. `turn` is `sin(x + quarter · π/2)` for arguments
    /// that are not far; `far` arguments, that need more digits of π, go to the C library.
    static func trigonometry(_ x: String, isSingle: Bool) -> String {
        let whole = ["d": "l", "D": "L", "f": "i", "F": "I"][x]!
        let constants =
            isSingle
            ? Constants(
                magic: "0x1.8p23f", bits: 30, half: "0.5f", one: "1.0f",
                sine: ["0x1.6dbcfcp-19f", "-0x1.a013a4p-13f", "0x1.11110ep-7f", "-0x1.555556p-3f"],
                cosine: ["0x1.9bd786p-16f", "-0x1.6c12d0p-10f", "0x1.555554p-5f"])
            : Constants(
                magic: "0x1.8p52", bits: 62, half: "0.5", one: "1.0",
                sine: [
                    "0x1.5e0a4fc16be59p-33", "-0x1.ae6008d114485p-26", "0x1.71de37946ed6dp-19",
                    "-0x1.a01a019e820aep-13", "0x1.1111111110babp-7", "-0x1.5555555555555p-3",
                ],
                cosine: [
                    "-0x1.907cd8ff5ede7p-37", "0x1.1eeb67d026ec6p-29", "-0x1.27e4fa16cc2d1p-22",
                    "0x1.a01a019f4ddfdp-16", "-0x1.6c16c16c16963p-10", "0x1.5555555555555p-5",
                ])
        func polynomial(_ coefficients: [String]) -> String {
            coefficients.dropFirst().reduce("SPLAT_\(x)(\(coefficients[0]))") {
                "fma_\(x)(\($0), z, SPLAT_\(x)(\($1)))"
            }
        }
        return """
            INLINE t_\(x) turn_\(x)(t_\(x) x, int quarter) {
            \(isSingle ? reductionOfSingle(x) : reduction(x))
              const t_\(x) z = r * r, h = \(constants.half) * z, w = \(constants.one) - h;
              const t_\(x) s = r + fma_\(x)(r * z, \(polynomial(constants.sine)), low);
              const t_\(x) c = w + (((\(constants.one) - w) - h) + fma_\(x)(z * z, \(polynomial(constants.cosine)), -(r * low)));
              const t_\(whole) q = bits_\(x)(k + \(constants.magic)) + quarter;
              const t_\(x) v = select_\(x)(compare_\(x)((q & 1) != 0), c, s);
              return from_\(whole)(bits_\(x)(v) ^ (t_\(whole))((unsigned_\(whole))(q & 2) << \(constants.bits)));
            }
            INLINE t_\(x) sinNear_\(x)(t_\(x) x) { return select_\(x)(compare_\(x)(x == 0), x, turn_\(x)(x, 0)); }
            INLINE t_\(x) cosNear_\(x)(t_\(x) x) { return turn_\(x)(x, 1); }
            """
    }

    /// `r + low` is `x − k π/2`. The first difference is exact with one rounding; so is the second product, of a part
    /// of π/2 with 22 digits, and what the second difference loses is found exactly.
    private static func reduction(_ x: String) -> String {
        """
          const t_\(x) k = rounded_\(x)(x * 0x1.45f306dc9c883p-1);
          const t_\(x) near = fma_\(x)(k, SPLAT_\(x)(-0x1.921fb54442d18p+0), x), product = k * 0x1.1a62600000000p-54;
          const t_\(x) rough = near - product, back = rough - near;
          const t_\(x) lost = (near - (rough - back)) - (product + back);
          const t_\(x) tail = fma_\(x)(k, SPLAT_\(x)(-(0x1.98a2e03707345p-77)), lost);
          const t_\(x) r = rough + tail, low = (rough - r) + tail;
        """
    }

    /// The same in double precision, which leaves nothing to add.
    private static func reductionOfSingle(_ x: String) -> String {
        let y = x == "f" ? "d" : "D"
        return """
              const t_\(y) wide = cast_\(x)_\(y)(x), turns = rounded_\(y)(wide * 0x1.45f306dc9c883p-1);
              const t_\(y) near = fma_\(y)(turns, SPLAT_\(y)(-0x1.921fb54442d18p+0), wide);
              const t_\(x) r = cast_\(y)_\(x)(fma_\(y)(turns, SPLAT_\(y)(-0x1.1a62633145c07p-54), near));
              const t_\(x) k = cast_\(y)_\(x)(turns), low = SPLAT_\(x)(0.0f);
            """
    }

    private struct Constants {
        let magic: String
        let bits: Int
        let half: String
        let one: String
        let sine: [String]
        let cosine: [String]
    }

    /// Of numbers: by themselves, and within loops that note whether any argument was far, to be run again if so.
    static let trigonometryOfNumbers = """
        #define FAR_d 0x1p30
        #define FAR_f 0x1p22f
        #define NEAR(f, x, library) \\
          INLINE t_##x f##_##x(t_##x x) { return absolute_##x(x) > FAR_##x ? library(x) : f##Near_##x(x); } \\
          INLINE t_##x f##Within_##x(far_##x *far, t_##x x) { *far |= absolute_##x(x) > FAR_##x; return f##Near_##x(x); }
        typedef t_l far_d; typedef t_i far_f;
        NEAR(sin, d, sin) NEAR(cos, d, cos) NEAR(sin, f, sinf) NEAR(cos, f, cosf)
        """

    static let trigonometryInLanes = """
        INLINE int any_B(t_B c) { t_l r = 0; for (int i = 0; i < LANES; i++) r |= c[i]; return r != 0; }
        #define NEARS(f, X, x) \\
          static __attribute__((noinline, cold, unused)) void f##Far_##X(t_##X *a) { \\
            for (int i = 0; i < LANES; i++) (*a)[i] = f##_##x((*a)[i]); \\
          } \\
          INLINE t_##X f##_##X(t_##X a) { \\
            if (any_B(compare_##X(absolute_##X(a) > FAR_##x))) { f##Far_##X(&a); return a; } \\
            return f##Near_##X(a); \\
          }
        NEARS(sin, D, d) NEARS(cos, D, d) NEARS(sin, F, f) NEARS(cos, F, f)
        """
}
