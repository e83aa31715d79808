// Of numbers: by themselves, and within loops that note whether any argument was far, to be run again if so.
#pragma once
#include "trigonometry.h"
#include "trigonometrySingle.h"

// Embedded from here on.
#define FAR_d 0x1p30
#define FAR_f 0x1p22f
#define NEAR(f, x, library) \
  INLINE t_##x f##_##x(t_##x x) { return absolute_##x(x) > FAR_##x ? library(x) : f##Near_##x(x); } \
  INLINE t_##x f##Within_##x(far_##x *far, t_##x x) { *far |= absolute_##x(x) > FAR_##x; return f##Near_##x(x); }
typedef t_l far_d; typedef t_i far_f;
NEAR(sin, d, sin) NEAR(cos, d, cos) NEAR(sin, f, sinf) NEAR(cos, f, cosf)
