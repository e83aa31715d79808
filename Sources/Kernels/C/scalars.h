// Types, and functions of single numbers. Names end with letters of types: d, f, l, b for a double, a float, a long
// and a truth value; D, F, L, B for as many of them as there are lanes.
#pragma once

// Embedded from here on.
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
#define COMMON(X) \
  INLINE t_b compare_##X(t_b a) { return a; } \
  INLINE t_##X select_##X(t_b c, t_##X a, t_##X b) { return c ? a : b; } \
  INLINE t_d cast_##X##_d(t_##X a) { return (t_d)a; } \
  INLINE t_f cast_##X##_f(t_##X a) { return (t_f)a; } \
  INLINE t_l cast_##X##_l(t_##X a) { return (t_l)a; } \
  INLINE t_b cast_##X##_b(t_##X a) { return a != 0; }
COMMON(d) COMMON(f) COMMON(l)
INLINE t_d sumStep_d(t_d a, t_d b) { return a + b; }
INLINE t_f sumStep_f(t_f a, t_f b) { return a + b; }
// Integers wrap around.
#define WRAP(L, U) \
  INLINE t_##L add_##L(t_##L a, t_##L b) { return (t_##L)((t_##U)a + (t_##U)b); } \
  INLINE t_##L subtract_##L(t_##L a, t_##L b) { return (t_##L)((t_##U)a - (t_##U)b); } \
  INLINE t_##L multiply_##L(t_##L a, t_##L b) { return (t_##L)((t_##U)a * (t_##U)b); } \
  INLINE t_##L negative_##L(t_##L a) { return (t_##L)-(t_##U)a; } \
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
#define ORDERED(X) \
  INLINE t_##X maximum_##X(t_##X a, t_##X b) { return a > b || a != a ? a : b; } \
  INLINE t_##X minimum_##X(t_##X a, t_##X b) { return a < b || a != a ? a : b; } \
  INLINE t_##X maximumStep_##X(t_##X a, t_##X b) { return a >= b || a != a ? a : b; } \
  INLINE t_##X minimumStep_##X(t_##X a, t_##X b) { return a <= b || a != a ? a : b; } \
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
