// The functions of `elementary.h` in single precision: polynomials of least error, errors below 2 units in the last
// place. Lanes follow.
#pragma once
#include "scalars.h"

// Embedded from here on.
// exp(r + low) - 1 for |r| <= log(2)/2
INLINE t_f expm1Small_f(t_f r, t_f low) {
  t_f p = r * 0x1.a1256cp-13f + 0x1.6d43b0p-10f;
  p = p * r + 0x1.1110e0p-7f;
  p = p * r + 0x1.5554e8p-5f;
  p = p * r + 0x1.555556p-3f;
  p = p * r + 0.5f;
  return r + (r * r * p + low);
}
// 2^k for whole |k| <= 126
INLINE t_f powerOfTwo_f(t_f k) { return from_i((t_i)((unsigned_i)bits_f(k + 0x1.8p23f) << 23) + 0x3f800000); }
INLINE t_f exp_f(t_f x) {
  const t_f limited = minimum_f(maximum_f(x, SPLAT_f(-150.0f)), SPLAT_f(150.0f));
  const t_f k = rounded_f(limited * 0x1.715476p+0f);
  const t_f r = fma_f(k, SPLAT_f(0x1.05c610p-29f), fma_f(k, SPLAT_f(-0x1.62e430p-1f), limited));
  const t_f half = rounded_f(k * 0.5f);
  return (1.0f + expm1Small_f(r, SPLAT_f(0.0f))) * powerOfTwo_f(half) * powerOfTwo_f(k - half);
}
INLINE t_f expMinusOne_f(t_f x) {
  const t_f limited = minimum_f(maximum_f(x, SPLAT_f(-20.0f)), SPLAT_f(150.0f));
  const t_f k = rounded_f(limited * 0x1.715476p+0f);
  const t_f near = fma_f(k, SPLAT_f(-0x1.62e430p-1f), limited);
  const t_f r = fma_f(k, SPLAT_f(0x1.05c610p-29f), near);
  const t_f small = expm1Small_f(r, fma_f(k, SPLAT_f(0x1.05c610p-29f), near - r));
  const t_f half = rounded_f(k * 0.5f);
  const t_f a = powerOfTwo_f(half), b = k - half;
  const t_f large = fma_f(small, a, a - powerOfTwo_f(-b)) * powerOfTwo_f(b);
  return select_f(compare_f(x == 0.0f), x, select_f(compare_f(k == 0.0f), small, large));
}
// log(1 + f) + k log 2 for 1 + f in [sqrt(1/2), sqrt(2)], c a correction
INLINE t_f logOf_f(t_f f, t_f k, t_f c) {
  t_f p = f * -0x1.43af44p-4f + 0x1.0292e0p-3f;
  p = p * f + -0x1.0a3b38p-3f;
  p = p * f + 0x1.231b4cp-3f;
  p = p * f + -0x1.54cf96p-3f;
  p = p * f + 0x1.999f1ep-3f;
  p = p * f + -0x1.0000d0p-2f;
  p = p * f + 0x1.555554p-2f;
  const t_f y = f * f * (f * p - 0.5f) + (k * -0x1.bd0106p-13f + c);
  return k * 0x1.63p-1f + (f + y);
}
INLINE t_f log_f(t_f x) {
  const t_f scaled = select_f(compare_f(x < 0x1p-126f), x * 0x1p23f, x);
  const t_i b = (t_i)((unsigned_i)bits_f(scaled) - 0x3f3504f3u);
  const t_f k = cast_i_f(b >> 23);
  const t_f m = from_i((b & 0x007fffff) + 0x3f3504f3);
  const t_f r = logOf_f(m - 1.0f, select_f(compare_f(x < 0x1p-126f), k - 23.0f, k), SPLAT_f(0.0f));
  const t_f special = select_f(compare_f(x == 0.0f), SPLAT_f((float)-INFINITY), select_f(compare_f(x < 0.0f), SPLAT_f((float)NAN), x));
  return select_f(compare_f(x > 0.0f) & compare_f(x < (float)INFINITY), r, special);
}
INLINE t_f logOnePlus_f(t_f x) {
  const t_f u = x + 1.0f;
  const t_f c = select_f(compare_f(absolute_f(x) < 1.0f), x - (u - 1.0f), 1.0f - (u - x)) / u;
  const t_i b = (t_i)((unsigned_i)bits_f(u) - 0x3f3504f3u);
  const t_f k = cast_i_f(b >> 23);
  const t_f m = from_i((b & 0x007fffff) + 0x3f3504f3);
  const t_f reduced = select_f(compare_f(k == 0.0f), x, m - 1.0f);
  const t_f r = logOf_f(reduced, k, select_f(compare_f(k == 0.0f), SPLAT_f(0.0f), c));
  const t_f special = select_f(compare_f(x == -1.0f), SPLAT_f((float)-INFINITY), select_f(compare_f(x < -1.0f), SPLAT_f((float)NAN), x));
  return select_f(compare_f(x > -1.0f) & compare_f(x < (float)INFINITY) & compare_f(x != 0.0f), r, special);
}
INLINE t_f tanh_f(t_f x) {
  const t_f t = expMinusOne_f(2.0f * minimum_f(absolute_f(x), SPLAT_f(10.0f)));
  // The quotient, and what its rounding and that of its divisor lose.
  const t_f d = t + 2.0f, lost = t - (d - 2.0f), q = t / d;
  const t_f rest = select_f(compare_f(t < 2.0f), fma_f(-q, d, t) - q * lost, SPLAT_f(0.0f));
  const t_f r = fma_f(rest, (1.0f - q) * 0.5f, q);
  return select_f(compare_f(x < 0.0f), -r, select_f(compare_f(x > 0.0f), r, x));
}
INLINE t_f logistic_f(t_f x) {
  const t_f e = exp_f(-absolute_f(x));
  const t_f n = select_f(compare_f(x < 0.0f), e, SPLAT_f(1.0f));
  const t_f d = 1.0f + e, lost = e - (d - 1.0f), q = n / d;
  const t_f rest = fma_f(-q, d, n) - q * lost;
  return fma_f(rest, select_f(compare_f(x < 0.0f), 1.0f - q, q), q);
}
