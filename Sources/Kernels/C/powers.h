// Powers of exponents known beforehand; `0.0 +` as the root of -0 is 0 as a power, and infinite roots count no sign.
// Written for doubles, from which the other types follow.
#pragma once
#include "scalars.h"

// Embedded from here on.
INLINE t_d first_d(t_d x) { return x; }
INLINE t_d square_d(t_d x) { return x * x; }
INLINE t_d cube_d(t_d x) { return x * x * x; }
INLINE t_d fourth_d(t_d x) { return (x * x) * (x * x); }
INLINE t_d inverse_d(t_d x) { return 1 / x; }
INLINE t_d inverseSquare_d(t_d x) { return 1 / x / x; }
INLINE t_d root_d(t_d x) {
  return select_d(compare_d(x == SPLAT_d(-INFINITY)), -x, sqrt_d(x) + 0);
}
INLINE t_d rootCube_d(t_d x) { return absolute_d(x) * root_d(x); }
INLINE t_d inverseRoot_d(t_d x) { return 1 / root_d(x); }
