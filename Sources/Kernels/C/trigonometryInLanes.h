// Sine and cosine of lanes: those of numbers, one by one, where any argument is far.
#pragma once
#include "lanes.h"
#include "trigonometryOfNumbers.h"
// For readers: what follows from numbers.
t_D sinNear_D(t_D x); t_D cosNear_D(t_D x); t_F sinNear_F(t_F x); t_F cosNear_F(t_F x);

// Embedded from here on.
INLINE int any_B(t_B c) { t_l r = 0; for (int i = 0; i < LANES; i++) r |= c[i]; return r != 0; }
#define NEARS(f, X, x) \
  static __attribute__((noinline, cold, unused)) void f##Far_##X(t_##X *a) { \
    for (int i = 0; i < LANES; i++) (*a)[i] = f##_##x((*a)[i]); \
  } \
  INLINE t_##X f##_##X(t_##X a) { \
    if (any_B(compare_##X(absolute_##X(a) > FAR_##x))) { f##Far_##X(&a); return a; } \
    return f##Near_##X(a); \
  }
NEARS(sin, D, d) NEARS(cos, D, d) NEARS(sin, F, f) NEARS(cos, F, f)
