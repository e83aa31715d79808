// Vectors of as many lanes as the batch is cut into: each lane is another element of the batch. How many they are is
// defined before this text.
#ifndef LANES
#define LANES 8
#endif
#pragma once
#include "scalars.h"

// Embedded from here on.
typedef double t_D __attribute__((vector_size(LANES * 8), aligned(LANES * 8 < 64 ? LANES * 8 : 64)));
typedef float t_F __attribute__((vector_size(LANES * 4), aligned(LANES * 4 < 64 ? LANES * 4 : 64)));
typedef long t_L __attribute__((vector_size(LANES * 8), aligned(LANES * 8 < 64 ? LANES * 8 : 64)));
typedef long t_B __attribute__((vector_size(LANES * 8), aligned(LANES * 8 < 64 ? LANES * 8 : 64)));
typedef unsigned long t_U __attribute__((vector_size(LANES * 8), aligned(LANES * 8 < 64 ? LANES * 8 : 64)));
typedef t_U unsigned_L; typedef unsigned int unsigned_I __attribute__((vector_size(LANES * 4)));
typedef int t_I __attribute__((vector_size(LANES * 4)));
#define SPLAT_D(s) splat_D(s)
#define SPLAT_F(s) splat_F(s)
INLINE t_D splat_D(t_d s) { return s - (t_D){0}; }
INLINE t_F splat_F(t_f s) { return s - (t_F){0}; }
INLINE t_L splat_L(t_l s) { return s - (t_L){0}; }
INLINE t_B splat_B(t_b s) { return (t_l)s * -1 - (t_B){0}; }
#define CONVERT(x, T) __builtin_convertvector(x, T)
INLINE t_B compare_D(t_L m) { return m; }
INLINE t_B compare_L(t_L m) { return m; }
INLINE t_B compare_B(t_L m) { return m; }
INLINE t_B compare_F(t_I m) { return CONVERT(m, t_B); }
INLINE t_D select_D(t_B c, t_D a, t_D b) { return (t_D)(((t_L)a & c) | ((t_L)b & ~c)); }
INLINE t_L select_L(t_B c, t_L a, t_L b) { return (a & c) | (b & ~c); }
INLINE t_B select_B(t_B c, t_B a, t_B b) { return (a & c) | (b & ~c); }
INLINE t_F select_F(t_B c, t_F a, t_F b) {
  const t_I m = CONVERT(c, t_I);
  return (t_F)(((t_I)a & m) | ((t_I)b & ~m));
}
INLINE t_B not_B(t_B a) { return ~a; }
INLINE t_D not_D(t_D a) { return select_D(compare_D(a == 0), splat_D(1), splat_D(0)); }
INLINE t_F not_F(t_F a) { return select_F(compare_F(a == 0), splat_F(1), splat_F(0)); }
INLINE t_L not_L(t_L a) { return (a == 0) & 1; }
#define CASTS(X) \
  INLINE t_D cast_##X##_D(t_##X a) { return CONVERT(a, t_D); } \
  INLINE t_F cast_##X##_F(t_##X a) { return CONVERT(a, t_F); } \
  INLINE t_L cast_##X##_L(t_##X a) { return CONVERT(a, t_L); } \
  INLINE t_B cast_##X##_B(t_##X a) { return compare_##X(a != 0); } \
  INLINE t_##X maximum_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a > b) | compare_##X(a != a), a, b); } \
  INLINE t_##X minimum_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a < b) | compare_##X(a != a), a, b); } \
  INLINE t_##X maximumStep_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a >= b) | compare_##X(a != a), a, b); } \
  INLINE t_##X minimumStep_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a <= b) | compare_##X(a != a), a, b); } \
  INLINE t_##X sign_##X(t_##X a) { return select_##X(compare_##X(a > 0), splat_##X(1), select_##X(compare_##X(a < 0), splat_##X(-1), a)); }
CASTS(D) CASTS(F) CASTS(L)
INLINE t_D sumStep_D(t_D a, t_D b) { return a + b; }
INLINE t_F sumStep_F(t_F a, t_F b) { return a + b; }
WRAP(L, U)
INLINE t_B sumStep_B(t_B a, t_B b) { return a | b; }
INLINE t_B maximumStep_B(t_B a, t_B b) { return a | b; }
INLINE t_B minimumStep_B(t_B a, t_B b) { return a & b; }
INLINE t_D cast_B_D(t_B a) { return (t_D)(a & 0x3ff0000000000000l); }
INLINE t_F cast_B_F(t_B a) { return (t_F)(CONVERT(a, t_I) & 0x3f800000); }
INLINE t_L cast_B_L(t_B a) { return -a; }
#define sumStart_D splat_D(0)
#define sumStart_F splat_F(0)
#define sumStart_L splat_L(0)
#define sumStart_B splat_B(0)
#define maximumStart_D splat_D(-INFINITY)
#define maximumStart_F splat_F(-INFINITY)
#define maximumStart_L splat_L(maximumStart_l)
#define maximumStart_B splat_B(0)
#define minimumStart_D splat_D(INFINITY)
#define minimumStart_F splat_F(INFINITY)
#define minimumStart_L splat_L(minimumStart_l)
#define minimumStart_B splat_B(1)
#define EACH(f, X, x) INLINE t_##X f##_##X(t_##X a) { t_##X r; for (int i = 0; i < LANES; i++) r[i] = f##_##x(a[i]); return r; }
#define EACH2(f, X, x) INLINE t_##X f##_##X(t_##X a, t_##X b) { t_##X r; for (int i = 0; i < LANES; i++) r[i] = f##_##x(a[i], b[i]); return r; }
#if defined(__clang__)
#define EVERY(X, whole, one) return whole;
#else
#define EVERY(X, whole, one) t_##X r; for (int i = 0; i < LANES; i++) r[i] = one; return r;
#endif
#define ROUNDINGS(X, x) \
  INLINE t_##X floor_##X(t_##X a) { EVERY(X, __builtin_elementwise_floor(a), floor_##x(a[i])) } \
  INLINE t_##X ceiling_##X(t_##X a) { EVERY(X, __builtin_elementwise_ceil(a), ceiling_##x(a[i])) } \
  INLINE t_##X rounded_##X(t_##X a) { EVERY(X, __builtin_elementwise_roundeven(a), rounded_##x(a[i])) } \
  INLINE t_##X sqrt_##X(t_##X a) { EVERY(X, __builtin_elementwise_sqrt(a), sqrt_##x(a[i])) } \
  INLINE t_##X fma_##X(t_##X a, t_##X b, t_##X c) { EVERY(X, __builtin_elementwise_fma(a, b, c), fma_##x(a[i], b[i], c[i])) }
ROUNDINGS(D, d) ROUNDINGS(F, f)
INLINE t_L absolute_L(t_L a) { return select_L(compare_L(a < 0), negative_L(a), a); }
INLINE t_D absolute_D(t_D a) { return (t_D)((t_L)a & 0x7fffffffffffffffl); }
INLINE t_F absolute_F(t_F a) { return (t_F)((t_I)a & 0x7fffffff); }
INLINE t_I bits_F(t_F x) { return (t_I)x; }
INLINE t_F from_I(t_I x) { return (t_F)x; }
INLINE t_F cast_I_F(t_I x) { return CONVERT(x, t_F); }
INLINE t_L bits_D(t_D x) { return (t_L)x; }
INLINE t_D from_L(t_L x) { return (t_D)x; }
EACH2(power, D, d) EACH2(power, F, f) EACH2(remainder, D, d) EACH2(remainder, F, f)
EACH2(atan2, D, d) EACH2(atan2, F, f)
