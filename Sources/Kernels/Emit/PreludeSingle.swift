extension Prelude {
    /// The functions of `real` in single precision, with as many lanes again: polynomials of least error, errors below
    /// 2 units in the last place.
    static func single(_ x: String) -> String {
        let i = x == "f" ? "i" : "I"
        return """
            // exp(r + low) - 1 for |r| <= log(2)/2
            INLINE t_\(x) expm1Small_\(x)(t_\(x) r, t_\(x) low) {
              t_\(x) p = r * 0x1.a1256cp-13f + 0x1.6d43b0p-10f;
              p = p * r + 0x1.1110e0p-7f;
              p = p * r + 0x1.5554e8p-5f;
              p = p * r + 0x1.555556p-3f;
              p = p * r + 0.5f;
              return r + (r * r * p + low);
            }
            // 2^k for whole |k| <= 126
            INLINE t_\(x) powerOfTwo_\(x)(t_\(x) k) { return from_\(i)((t_\(i))((unsigned_\(i))bits_\(x)(k + 0x1.8p23f) << 23) + 0x3f800000); }
            INLINE t_\(x) exp_\(x)(t_\(x) x) {
              const t_\(x) limited = minimum_\(x)(maximum_\(x)(x, SPLAT_\(x)(-150.0f)), SPLAT_\(x)(150.0f));
              const t_\(x) k = rounded_\(x)(limited * 0x1.715476p+0f);
              const t_\(x) r = fma_\(x)(k, SPLAT_\(x)(0x1.05c610p-29f), fma_\(x)(k, SPLAT_\(x)(-0x1.62e430p-1f), limited));
              const t_\(x) half = rounded_\(x)(k * 0.5f);
              return (1.0f + expm1Small_\(x)(r, SPLAT_\(x)(0.0f))) * powerOfTwo_\(x)(half) * powerOfTwo_\(x)(k - half);
            }
            INLINE t_\(x) expMinusOne_\(x)(t_\(x) x) {
              const t_\(x) limited = minimum_\(x)(maximum_\(x)(x, SPLAT_\(x)(-20.0f)), SPLAT_\(x)(150.0f));
              const t_\(x) k = rounded_\(x)(limited * 0x1.715476p+0f);
              const t_\(x) near = fma_\(x)(k, SPLAT_\(x)(-0x1.62e430p-1f), limited);
              const t_\(x) r = fma_\(x)(k, SPLAT_\(x)(0x1.05c610p-29f), near);
              const t_\(x) small = expm1Small_\(x)(r, fma_\(x)(k, SPLAT_\(x)(0x1.05c610p-29f), near - r));
              const t_\(x) half = rounded_\(x)(k * 0.5f);
              const t_\(x) a = powerOfTwo_\(x)(half), b = k - half;
              const t_\(x) large = fma_\(x)(small, a, a - powerOfTwo_\(x)(-b)) * powerOfTwo_\(x)(b);
              return select_\(x)(compare_\(x)(x == 0.0f), x, select_\(x)(compare_\(x)(k == 0.0f), small, large));
            }
            // log(1 + f) + k log 2 for 1 + f in [sqrt(1/2), sqrt(2)], c a correction
            INLINE t_\(x) logOf_\(x)(t_\(x) f, t_\(x) k, t_\(x) c) {
              t_\(x) p = f * -0x1.43af44p-4f + 0x1.0292e0p-3f;
              p = p * f + -0x1.0a3b38p-3f;
              p = p * f + 0x1.231b4cp-3f;
              p = p * f + -0x1.54cf96p-3f;
              p = p * f + 0x1.999f1ep-3f;
              p = p * f + -0x1.0000d0p-2f;
              p = p * f + 0x1.555554p-2f;
              const t_\(x) y = f * f * (f * p - 0.5f) + (k * -0x1.bd0106p-13f + c);
              return k * 0x1.63p-1f + (f + y);
            }
            INLINE t_\(x) log_\(x)(t_\(x) x) {
              const t_\(x) scaled = select_\(x)(compare_\(x)(x < 0x1p-126f), x * 0x1p23f, x);
              const t_\(i) b = (t_\(i))((unsigned_\(i))bits_\(x)(scaled) - 0x3f3504f3u);
              const t_\(x) k = cast_\(i)_\(x)(b >> 23);
              const t_\(x) m = from_\(i)((b & 0x007fffff) + 0x3f3504f3);
              const t_\(x) r = logOf_\(x)(m - 1.0f, select_\(x)(compare_\(x)(x < 0x1p-126f), k - 23.0f, k), SPLAT_\(x)(0.0f));
              const t_\(x) special = select_\(x)(compare_\(x)(x == 0.0f), SPLAT_\(x)((float)-INFINITY), select_\(x)(compare_\(x)(x < 0.0f), SPLAT_\(x)((float)NAN), x));
              return select_\(x)(compare_\(x)(x > 0.0f) & compare_\(x)(x < (float)INFINITY), r, special);
            }
            INLINE t_\(x) logOnePlus_\(x)(t_\(x) x) {
              const t_\(x) u = x + 1.0f;
              const t_\(x) c = select_\(x)(compare_\(x)(absolute_\(x)(x) < 1.0f), x - (u - 1.0f), 1.0f - (u - x)) / u;
              const t_\(i) b = (t_\(i))((unsigned_\(i))bits_\(x)(u) - 0x3f3504f3u);
              const t_\(x) k = cast_\(i)_\(x)(b >> 23);
              const t_\(x) m = from_\(i)((b & 0x007fffff) + 0x3f3504f3);
              const t_\(x) reduced = select_\(x)(compare_\(x)(k == 0.0f), x, m - 1.0f);
              const t_\(x) r = logOf_\(x)(reduced, k, select_\(x)(compare_\(x)(k == 0.0f), SPLAT_\(x)(0.0f), c));
              const t_\(x) special = select_\(x)(compare_\(x)(x == -1.0f), SPLAT_\(x)((float)-INFINITY), select_\(x)(compare_\(x)(x < -1.0f), SPLAT_\(x)((float)NAN), x));
              return select_\(x)(compare_\(x)(x > -1.0f) & compare_\(x)(x < (float)INFINITY) & compare_\(x)(x != 0.0f), r, special);
            }
            INLINE t_\(x) tanh_\(x)(t_\(x) x) {
              const t_\(x) t = expMinusOne_\(x)(2.0f * minimum_\(x)(absolute_\(x)(x), SPLAT_\(x)(10.0f)));
              // The quotient, and what its rounding and that of its divisor lose.
              const t_\(x) d = t + 2.0f, lost = t - (d - 2.0f), q = t / d;
              const t_\(x) rest = select_\(x)(compare_\(x)(t < 2.0f), fma_\(x)(-q, d, t) - q * lost, SPLAT_\(x)(0.0f));
              const t_\(x) r = fma_\(x)(rest, (1.0f - q) * 0.5f, q);
              return select_\(x)(compare_\(x)(x < 0.0f), -r, select_\(x)(compare_\(x)(x > 0.0f), r, x));
            }
            INLINE t_\(x) logistic_\(x)(t_\(x) x) {
              const t_\(x) e = exp_\(x)(-absolute_\(x)(x));
              const t_\(x) n = select_\(x)(compare_\(x)(x < 0.0f), e, SPLAT_\(x)(1.0f));
              const t_\(x) d = 1.0f + e, lost = e - (d - 1.0f), q = n / d;
              const t_\(x) rest = fma_\(x)(-q, d, n) - q * lost;
              return fma_\(x)(rest, select_\(x)(compare_\(x)(x < 0.0f), 1.0f - q, q), q);
            }
            """
    }
}
