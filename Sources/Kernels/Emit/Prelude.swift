/// The C that every emitted program starts with: types, elementary functions, small matrices.
///
/// Names end with letters of types: d, f, l, b for a double, a float, a long and a truth value; D, F, L, B for as many
/// of them as there are lanes. Nothing is included: a program compiles without headers.
enum Prelude {
    /// `code` behind what it needs, not more: compilers take their time for what they read; less where it does little
    /// work.
    static func completed(
        _ code: String, lanes: Int?, isLight: Bool = false, isBalanced: Bool = false
    ) -> (text: String, routines: String?) {
        var parts = [scalars, real("d", "double", "t_l"), single("f"), powers("d"), powers("f")]
        parts += [errorFunction("d", isSingle: false), errorFunction("f", isSingle: true)]
        parts += [trigonometry("d", isSingle: false), trigonometry("f", isSingle: true), trigonometryOfNumbers]
        parts.append(productSettings)
        if code.mentions("w_d") || code.mentions("w_f") { parts.append(circles) }
        let turning = [
            " product_", "sharedProduct_", "transposed_", "cholesky_d", "choleskies_d", "gather_D(", "gather_F(",
            "scatter_D(", "scatter_F(",
        ]
        if turning.contains(where: code.mentions) { parts.append(transposes) }
        if let lanes { parts.append(vectors(lanes)) }
        if code.mentions("laneProduct_") { parts.append(laneProducts) }
        if code.mentions(" product_") || code.mentions("sharedProduct_") {
            parts.append(isLight ? fewProducts : products)
        }
        parts.append(matrices(for: code))
        if code.mentions("argmax_") || code.mentions("argsort_") { parts.append(order(lanes: lanes)) }
        if ["uniform_", "normal_", "split_", "fold_"].contains(where: code.mentions) {
            parts.append(random(lanes: lanes))
        }
        return Definitions(parts.joined(separator: "\n")).completed(code, isBalanced: isBalanced)
    }

    private static let scalars = """
        typedef double t_d; typedef float t_f; typedef long t_l; typedef unsigned char t_b;
        typedef unsigned long t_u;
        typedef unsigned long unsigned_l; typedef unsigned int unsigned_i;
        struct apus_runtime {
          void *context;
          void (*interpret)(void *context, long number, const void *const *operands, void *const *results);
          void (*parallel)(long parts, void (*body)(void *context, long part), void *context);
        };
        typedef int t_i;
        #define SPLAT_d(s) (s)
        #define SPLAT_f(s) (s)
        #define NAN __builtin_nanf("")
        #define INFINITY __builtin_inff()
        #define memcpy __builtin_memcpy
        #define memset __builtin_memset
        #define INLINE static inline __attribute__((always_inline, unused))
        #if defined(__clang__)
        #define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
        #define INTERLEAVE _Pragma("clang loop interleave_count(4)")
        #define EVENLY _Pragma("clang loop unroll(disable) vectorize_width(8) interleave_count(1)")
        #define SINGLY _Pragma("clang loop vectorize(disable)")
        #define REASSOCIATE _Pragma("clang fp reassociate(on)")
        #else
        #define INDEPENDENT _Pragma("GCC ivdep")
        #define INTERLEAVE
        #define EVENLY
        #define SINGLY
        #define REASSOCIATE
        #endif
        extern void cblas_dgemm(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
        extern void cblas_sgemm(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
        double sin(double); double cos(double); double pow(double, double);
        float sinf(float); float cosf(float); float powf(float, float);
        INLINE long apus_index(long index, long length, int *failure) {
          if (index < 0 || index >= length) { *failure = 1; return 0; }
          return index;
        }
        INLINE t_b not_b(t_b a) { return !a; }
        INLINE t_d not_d(t_d a) { return a == 0 ? 1 : 0; }
        INLINE t_f not_f(t_f a) { return a == 0 ? 1 : 0; }
        INLINE t_l not_l(t_l a) { return a == 0 ? 1 : 0; }
        #define COMMON(X) \\
          INLINE t_b compare_##X(t_b a) { return a; } \\
          INLINE t_##X select_##X(t_b c, t_##X a, t_##X b) { return c ? a : b; } \\
          INLINE t_d cast_##X##_d(t_##X a) { return (t_d)a; } \\
          INLINE t_f cast_##X##_f(t_##X a) { return (t_f)a; } \\
          INLINE t_l cast_##X##_l(t_##X a) { return (t_l)a; } \\
          INLINE t_b cast_##X##_b(t_##X a) { return a != 0; }
        COMMON(d) COMMON(f) COMMON(l)
        INLINE t_d sumStep_d(t_d a, t_d b) { return a + b; }
        INLINE t_f sumStep_f(t_f a, t_f b) { return a + b; }
        // Integers wrap around.
        #define WRAP(L, U) \\
          INLINE t_##L add_##L(t_##L a, t_##L b) { return (t_##L)((t_##U)a + (t_##U)b); } \\
          INLINE t_##L subtract_##L(t_##L a, t_##L b) { return (t_##L)((t_##U)a - (t_##U)b); } \\
          INLINE t_##L multiply_##L(t_##L a, t_##L b) { return (t_##L)((t_##U)a * (t_##U)b); } \\
          INLINE t_##L negative_##L(t_##L a) { return (t_##L)-(t_##U)a; } \\
          INLINE t_##L sumStep_##L(t_##L a, t_##L b) { return add_##L(a, b); }
        WRAP(l, u)
        INLINE t_b compare_b(t_b a) { return a; }
        INLINE t_b select_b(t_b c, t_b a, t_b b) { return c ? a : b; }
        INLINE t_b sumStep_b(t_b a, t_b b) { return a | b; }
        INLINE t_b maximumStep_b(t_b a, t_b b) { return a | b; }
        INLINE t_b minimumStep_b(t_b a, t_b b) { return a & b; }
        INLINE t_d cast_b_d(t_b a) { return a; }
        INLINE t_f cast_b_f(t_b a) { return a; }
        INLINE t_l cast_b_l(t_b a) { return a; }
        #define ORDERED(X) \\
          INLINE t_##X maximum_##X(t_##X a, t_##X b) { return a > b || a != a ? a : b; } \\
          INLINE t_##X minimum_##X(t_##X a, t_##X b) { return a < b || a != a ? a : b; } \\
          INLINE t_##X maximumStep_##X(t_##X a, t_##X b) { return a >= b || a != a ? a : b; } \\
          INLINE t_##X minimumStep_##X(t_##X a, t_##X b) { return a <= b || a != a ? a : b; } \\
          INLINE t_##X sign_##X(t_##X a) { return a > 0 ? 1 : a < 0 ? -1 : a; }
        ORDERED(d) ORDERED(f) ORDERED(l)
        INLINE t_l absolute_l(t_l a) { return a < 0 ? negative_l(a) : a; }
        #define sumStart_d 0.0
        #define sumStart_f 0.0f
        #define sumStart_l 0l
        #define sumStart_b 0
        #define maximumStart_d (-INFINITY)
        #define maximumStart_f ((float)-INFINITY)
        #define maximumStart_l (-0x7fffffffffffffffl - 1)
        #define maximumStart_b 0
        #define minimumStart_d INFINITY
        #define minimumStart_f ((float)INFINITY)
        #define minimumStart_l 0x7fffffffffffffffl
        #define minimumStart_b 1
        INLINE t_l bits_d(t_d x) { t_l r; memcpy(&r, &x, 8); return r; }
        INLINE t_d from_l(t_l x) { t_d r; memcpy(&r, &x, 8); return r; }
        INLINE t_i bits_f(t_f x) { t_i r; memcpy(&r, &x, 4); return r; }
        INLINE t_f from_i(t_i x) { t_f r; memcpy(&r, &x, 4); return r; }
        INLINE t_f cast_i_f(t_i x) { return (t_f)x; }
        INLINE t_d absolute_d(t_d x) { return __builtin_fabs(x); }
        INLINE t_f absolute_f(t_f x) { return __builtin_fabsf(x); }
        INLINE t_d floor_d(t_d x) { return __builtin_floor(x); }
        INLINE t_d ceiling_d(t_d x) { return __builtin_ceil(x); }
        INLINE t_d rounded_d(t_d x) { return __builtin_rint(x); }
        INLINE t_f floor_f(t_f x) { return __builtin_floorf(x); }
        INLINE t_f ceiling_f(t_f x) { return __builtin_ceilf(x); }
        INLINE t_f rounded_f(t_f x) { return __builtin_rintf(x); }
        INLINE t_d sqrt_d(t_d x) { return __builtin_sqrt(x); }
        INLINE t_f sqrt_f(t_f x) { return __builtin_sqrtf(x); }
        INLINE t_d power_d(t_d x, t_d y) {
          if (y == 2) return x * x;
          if (y == 0.5 && x >= 0) return sqrt_d(x);
          return pow(x, y);
        }
        INLINE t_f power_f(t_f x, t_f y) {
          if (y == 2) return x * x;
          if (y == 0.5f && x >= 0) return sqrt_f(x);
          return powf(x, y);
        }
        double fmod(double, double); float fmodf(float, float); double atan2(double, double); float atan2f(float, float);
        INLINE t_d remainder_d(t_d x, t_d y) {
          const t_d r = fmod(x, y);
          return r != 0 && (r < 0) != (y < 0) ? r + y : r;
        }
        INLINE t_f remainder_f(t_f x, t_f y) {
          const t_f r = fmodf(x, y);
          return r != 0 && (r < 0) != (y < 0) ? r + y : r;
        }
        INLINE t_d atan2_d(t_d y, t_d x) { return atan2(y, x); }
        INLINE t_f atan2_f(t_f y, t_f x) { return atan2f(y, x); }
        INLINE t_d fma_d(t_d a, t_d b, t_d c) { return __builtin_fma(a, b, c); }
        INLINE t_f fma_f(t_f a, t_f b, t_f c) { return __builtin_fmaf(a, b, c); }
        """

    /// Powers of exponents known beforehand; `0.0 +` as the root of -0 is 0 as a power,
    /// and infinite roots count no sign.
    static func powers(_ x: String) -> String {
        """
        INLINE t_\(x) first_\(x)(t_\(x) x) { return x; }
        INLINE t_\(x) square_\(x)(t_\(x) x) { return x * x; }
        INLINE t_\(x) cube_\(x)(t_\(x) x) { return x * x * x; }
        INLINE t_\(x) fourth_\(x)(t_\(x) x) { return (x * x) * (x * x); }
        INLINE t_\(x) inverse_\(x)(t_\(x) x) { return 1 / x; }
        INLINE t_\(x) inverseSquare_\(x)(t_\(x) x) { return 1 / x / x; }
        INLINE t_\(x) root_\(x)(t_\(x) x) {
          return select_\(x)(compare_\(x)(x == SPLAT_\(x)(-INFINITY)), -x, sqrt_\(x)(x) + 0);
        }
        INLINE t_\(x) rootCube_\(x)(t_\(x) x) { return absolute_\(x)(x) * root_\(x)(x); }
        INLINE t_\(x) inverseRoot_\(x)(t_\(x) x) { return 1 / root_\(x)(x); }
        """
    }

    /// exp, log and what is made of them, without branches, so that loops over them become vectors: errors below 2
    /// units in the last place. `X` is the letter of the type, `whole` the type of its bits.
    static func real(_ x: String, _ type: String, _ whole: String) -> String {
        """
        // exp r - 1 for |r| <= log(2)/2, by a polynomial of least error
        INLINE t_\(x) expm1Small_\(x)(t_\(x) r) {
          t_\(x) p = r * 0x1.1f7340dbc337ep-29 + 0x1.af4e554377204p-26;
          p = p * r + 0x1.27e4db46cddd1p-22;
          p = p * r + 0x1.71de01fdbf9cap-19;
          p = p * r + 0x1.a01a01a6e1e2ap-16;
          p = p * r + 0x1.a01a01abf85abp-13;
          p = p * r + 0x1.6c16c16c162c3p-10;
          p = p * r + 0x1.11111111100bep-7;
          p = p * r + 0x1.5555555555556p-5;
          p = p * r + 0x1.5555555555557p-3;
          p = p * r + 0.5;
          return r + r * r * p;
        }
        // 2^k for whole |k| <= 1022
        INLINE t_\(x) powerOfTwo_\(x)(t_\(x) k) {
          return from_\(whole.suffix(1))((\(whole))((unsigned_\(whole.suffix(1)))bits_\(x)(k + 0x1.8p52) << 52) + 0x3ff0000000000000l);
        }
        INLINE t_\(x) exp_\(x)(t_\(x) x) {
          const t_\(x) limited = minimum_\(x)(maximum_\(x)(x, SPLAT_\(x)(-800.0)), SPLAT_\(x)(800.0));
          const t_\(x) k = rounded_\(x)(limited * 0x1.71547652b82fep+0);
          const t_\(x) r = fma_\(x)(k, SPLAT_\(x)(-0x1.abc9e3b39803fp-56), fma_\(x)(k, SPLAT_\(x)(-0x1.62e42fefa39efp-1), limited));
          const t_\(x) half = rounded_\(x)(k * 0.5);
          return (1.0 + expm1Small_\(x)(r)) * powerOfTwo_\(x)(half) * powerOfTwo_\(x)(k - half);
        }
        INLINE t_\(x) expMinusOne_\(x)(t_\(x) x) {
          const t_\(x) limited = minimum_\(x)(maximum_\(x)(x, SPLAT_\(x)(-40.0)), SPLAT_\(x)(800.0));
          const t_\(x) k = rounded_\(x)(limited * 0x1.71547652b82fep+0);
          const t_\(x) r = fma_\(x)(k, SPLAT_\(x)(-0x1.abc9e3b39803fp-56), fma_\(x)(k, SPLAT_\(x)(-0x1.62e42fefa39efp-1), limited));
          const t_\(x) half = rounded_\(x)(k * 0.5);
          const t_\(x) a = powerOfTwo_\(x)(half), b = k - half, small = expm1Small_\(x)(r);
          const t_\(x) large = fma_\(x)(small, a, a - powerOfTwo_\(x)(-b)) * powerOfTwo_\(x)(b);
          return select_\(x)(compare_\(x)(x == 0.0), x, select_\(x)(compare_\(x)(k == 0.0), small, large));
        }
        // log(1 + f) + k log 2 for 1 + f in [sqrt(1/2), sqrt(2)], c a correction
        INLINE t_\(x) logOf_\(x)(t_\(x) f, t_\(x) k, t_\(x) c) {
          const t_\(x) s = f / (f + 2.0), z = s * s, w = z * z;
          const t_\(x) t1 = w * (0x1.999999997fa04p-2 + w * (0x1.c71c51d8e78afp-3 + w * 0x1.39a09d078c69fp-3));
          const t_\(x) t2 = z * (0x1.5555555555593p-1 + w * (0x1.2492494229359p-2 + w * (0x1.7466496cb03dep-3 + w * 0x1.2f112df3e5244p-3)));
          const t_\(x) h = f * f * 0.5;
          return k * 0x1.62e42fee00000p-1 - ((h - (s * (h + t1 + t2) + (k * 0x1.a39ef35793c76p-33 + c))) - f);
        }
        INLINE t_\(x) log_\(x)(t_\(x) x) {
          const t_\(x) scaled = select_\(x)(compare_\(x)(x < 0x1p-1022), x * 0x1p54, x);
          const \(whole) b = (\(whole))((unsigned_\(whole.suffix(1)))bits_\(x)(scaled) - 0x3fe6a09e00000000ul);
          const t_\(x) k = cast_\(whole.suffix(1))_\(x)(b >> 52);
          const t_\(x) m = from_\(whole.suffix(1))((b & 0x000fffffffffffffl) + 0x3fe6a09e00000000l);
          const t_\(x) r = logOf_\(x)(m - 1.0, select_\(x)(compare_\(x)(x < 0x1p-1022), k - 54.0, k), SPLAT_\(x)(0.0));
          const t_\(x) special = select_\(x)(compare_\(x)(x == 0.0), SPLAT_\(x)(-INFINITY), select_\(x)(compare_\(x)(x < 0.0), SPLAT_\(x)(NAN), x));
          return select_\(x)(compare_\(x)(x > 0.0) & compare_\(x)(x < INFINITY), r, special);
        }
        INLINE t_\(x) logOnePlus_\(x)(t_\(x) x) {
          const t_\(x) u = x + 1.0;
          const t_\(x) c = select_\(x)(compare_\(x)(absolute_\(x)(x) < 1.0), x - (u - 1.0), 1.0 - (u - x)) / u;
          const \(whole) b = (\(whole))((unsigned_\(whole.suffix(1)))bits_\(x)(u) - 0x3fe6a09e00000000ul);
          const t_\(x) k = cast_\(whole.suffix(1))_\(x)(b >> 52);
          const t_\(x) m = from_\(whole.suffix(1))((b & 0x000fffffffffffffl) + 0x3fe6a09e00000000l);
          const t_\(x) reduced = select_\(x)(compare_\(x)(k == 0.0), x, m - 1.0);
          const t_\(x) r = logOf_\(x)(reduced, k, select_\(x)(compare_\(x)(k == 0.0), SPLAT_\(x)(0.0), c));
          const t_\(x) special = select_\(x)(compare_\(x)(x == -1.0), SPLAT_\(x)(-INFINITY), select_\(x)(compare_\(x)(x < -1.0), SPLAT_\(x)(NAN), x));
          return select_\(x)(compare_\(x)(x > -1.0) & compare_\(x)(x < INFINITY) & compare_\(x)(x != 0.0), r, special);
        }
        INLINE t_\(x) tanh_\(x)(t_\(x) x) {
          const t_\(x) t = expMinusOne_\(x)(2.0 * minimum_\(x)(absolute_\(x)(x), SPLAT_\(x)(20.0)));
          // The quotient, and what its rounding and that of its divisor lose.
          const t_\(x) d = t + 2.0, lost = t - (d - 2.0), q = t / d;
          const t_\(x) rest = select_\(x)(compare_\(x)(t < 2.0), fma_\(x)(-q, d, t) - q * lost, SPLAT_\(x)(0.0));
          const t_\(x) r = fma_\(x)(rest, (1.0 - q) * 0.5, q);
          return select_\(x)(compare_\(x)(x < 0.0), -r, select_\(x)(compare_\(x)(x > 0.0), r, x));
        }
        INLINE t_\(x) logistic_\(x)(t_\(x) x) {
          const t_\(x) e = exp_\(x)(-absolute_\(x)(x));
          const t_\(x) n = select_\(x)(compare_\(x)(x < 0.0), e, SPLAT_\(x)(1.0));
          const t_\(x) d = 1.0 + e, lost = e - (d - 1.0), q = n / d;
          const t_\(x) rest = fma_\(x)(-q, d, n) - q * lost;
          return fma_\(x)(rest, select_\(x)(compare_\(x)(x < 0.0), 1.0 - q, q), q);
        }
        """
    }
}
