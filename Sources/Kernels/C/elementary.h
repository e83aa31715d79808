// exp, log and what is made of them, without branches, so that loops over them become vectors: errors below 2 units in
// the last place. Written for doubles and longs, from which lanes of them follow.
#pragma once
#include "scalars.h"

// Embedded from here on.
// exp r - 1 for |r| <= log(2)/2, by a polynomial of least error
INLINE t_d expm1Small_d(t_d r) {
  t_d p = r * 0x1.1f7340dbc337ep-29 + 0x1.af4e554377204p-26;
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
INLINE t_d powerOfTwo_d(t_d k) {
  return from_l((t_l)((unsigned_l)bits_d(k + 0x1.8p52) << 52) + 0x3ff0000000000000l);
}
INLINE t_d exp_d(t_d x) {
  const t_d limited = minimum_d(maximum_d(x, SPLAT_d(-800.0)), SPLAT_d(800.0));
  const t_d k = rounded_d(limited * 0x1.71547652b82fep+0);
  const t_d r = fma_d(k, SPLAT_d(-0x1.abc9e3b39803fp-56), fma_d(k, SPLAT_d(-0x1.62e42fefa39efp-1), limited));
  const t_d half = rounded_d(k * 0.5);
  return (1.0 + expm1Small_d(r)) * powerOfTwo_d(half) * powerOfTwo_d(k - half);
}
INLINE t_d expMinusOne_d(t_d x) {
  const t_d limited = minimum_d(maximum_d(x, SPLAT_d(-40.0)), SPLAT_d(800.0));
  const t_d k = rounded_d(limited * 0x1.71547652b82fep+0);
  const t_d r = fma_d(k, SPLAT_d(-0x1.abc9e3b39803fp-56), fma_d(k, SPLAT_d(-0x1.62e42fefa39efp-1), limited));
  const t_d half = rounded_d(k * 0.5);
  const t_d a = powerOfTwo_d(half), b = k - half, small = expm1Small_d(r);
  const t_d large = fma_d(small, a, a - powerOfTwo_d(-b)) * powerOfTwo_d(b);
  return select_d(compare_d(x == 0.0), x, select_d(compare_d(k == 0.0), small, large));
}
// log(1 + f) + k log 2 for 1 + f in [sqrt(1/2), sqrt(2)], c a correction
INLINE t_d logOf_d(t_d f, t_d k, t_d c) {
  const t_d s = f / (f + 2.0), z = s * s, w = z * z;
  const t_d t1 = w * (0x1.999999997fa04p-2 + w * (0x1.c71c51d8e78afp-3 + w * 0x1.39a09d078c69fp-3));
  const t_d t2 = z * (0x1.5555555555593p-1 + w * (0x1.2492494229359p-2 + w * (0x1.7466496cb03dep-3 + w * 0x1.2f112df3e5244p-3)));
  const t_d h = f * f * 0.5;
  return k * 0x1.62e42fee00000p-1 - ((h - (s * (h + t1 + t2) + (k * 0x1.a39ef35793c76p-33 + c))) - f);
}
INLINE t_d log_d(t_d x) {
  const t_d scaled = select_d(compare_d(x < 0x1p-1022), x * 0x1p54, x);
  const t_l b = (t_l)((unsigned_l)bits_d(scaled) - 0x3fe6a09e00000000ul);
  const t_d k = cast_l_d(b >> 52);
  const t_d m = from_l((b & 0x000fffffffffffffl) + 0x3fe6a09e00000000l);
  const t_d r = logOf_d(m - 1.0, select_d(compare_d(x < 0x1p-1022), k - 54.0, k), SPLAT_d(0.0));
  const t_d special = select_d(compare_d(x == 0.0), SPLAT_d(-INFINITY), select_d(compare_d(x < 0.0), SPLAT_d(NAN), x));
  return select_d(compare_d(x > 0.0) & compare_d(x < INFINITY), r, special);
}
INLINE t_d logOnePlus_d(t_d x) {
  const t_d u = x + 1.0;
  const t_d c = select_d(compare_d(absolute_d(x) < 1.0), x - (u - 1.0), 1.0 - (u - x)) / u;
  const t_l b = (t_l)((unsigned_l)bits_d(u) - 0x3fe6a09e00000000ul);
  const t_d k = cast_l_d(b >> 52);
  const t_d m = from_l((b & 0x000fffffffffffffl) + 0x3fe6a09e00000000l);
  const t_d reduced = select_d(compare_d(k == 0.0), x, m - 1.0);
  const t_d r = logOf_d(reduced, k, select_d(compare_d(k == 0.0), SPLAT_d(0.0), c));
  const t_d special = select_d(compare_d(x == -1.0), SPLAT_d(-INFINITY), select_d(compare_d(x < -1.0), SPLAT_d(NAN), x));
  return select_d(compare_d(x > -1.0) & compare_d(x < INFINITY) & compare_d(x != 0.0), r, special);
}
INLINE t_d tanh_d(t_d x) {
  const t_d t = expMinusOne_d(2.0 * minimum_d(absolute_d(x), SPLAT_d(20.0)));
  // The quotient, and what its rounding and that of its divisor lose.
  const t_d d = t + 2.0, lost = t - (d - 2.0), q = t / d;
  const t_d rest = select_d(compare_d(t < 2.0), fma_d(-q, d, t) - q * lost, SPLAT_d(0.0));
  const t_d r = fma_d(rest, (1.0 - q) * 0.5, q);
  return select_d(compare_d(x < 0.0), -r, select_d(compare_d(x > 0.0), r, x));
}
INLINE t_d logistic_d(t_d x) {
  const t_d e = exp_d(-absolute_d(x));
  const t_d n = select_d(compare_d(x < 0.0), e, SPLAT_d(1.0));
  const t_d d = 1.0 + e, lost = e - (d - 1.0), q = n / d;
  const t_d rest = fma_d(-q, d, n) - q * lost;
  return fma_d(rest, select_d(compare_d(x < 0.0), 1.0 - q, q), q);
}
