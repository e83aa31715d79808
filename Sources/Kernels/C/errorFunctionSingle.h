// The error function of `errorFunction.h` in single precision; beyond 4 it is 1 to rounding.
#pragma once
#include "elementarySingle.h"

// Embedded from here on.
INLINE t_f erf_f(t_f x) {
  const t_f z = x * x, small = fma_f(x, fma_f(fma_f(fma_f(fma_f(fma_f(SPLAT_f(-0x1.281efap-11f), z, SPLAT_f(0x1.428d76p-8f)), z, SPLAT_f(-0x1.b5b310p-6f)), z, SPLAT_f(0x1.ce0ab2p-4f)), z, SPLAT_f(-0x1.812680p-2f)), z, SPLAT_f(0x1.06eba2p-3f)), x);
  const t_f a = minimum_f(absolute_f(x), SPLAT_f(4.0f));
  const t_f u = 1 / (a + 2), q = fma_f(fma_f(fma_f(fma_f(fma_f(SPLAT_f(-0x1.c017fap+2f), u, SPLAT_f(0x1.357d5ep+3f)), u, SPLAT_f(-0x1.ee74b0p-3f)), u, SPLAT_f(0x1.83cceep+0f)), u, SPLAT_f(0x1.0ec75cp-1f)), u, SPLAT_f(0x1.5d23c4p-10f));
  const t_f large = 1 - exp_f(-a * a) * q;
  return select_f(compare_f(a < 1), small, select_f(compare_f(x < 0), -large, large));
}
