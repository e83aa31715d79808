// The error function without branches: `x + x P(x²)` below 1, and `1 − exp(−x²) Q(1 / (x + 2))` beyond, polynomials of
// least error; errors below 2 units in the last place. Beyond 6 it is 1 to rounding. Written for doubles, from which
// lanes follow.
#pragma once
#include "elementary.h"

// Embedded from here on.
INLINE t_d erf_d(t_d x) {
  const t_d z = x * x, small = fma_d(x, fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(SPLAT_d(0x1.05ffd737fb32ep-34), z, SPLAT_d(-0x1.389d4f2641625p-30)), z, SPLAT_d(0x1.f7b4bf3b13964p-27)), z, SPLAT_d(-0x1.5f1ecb6f0764cp-23)), z, SPLAT_d(0x1.b9df224ca4b97p-20)), z, SPLAT_d(-0x1.f4d1e3183f7aep-17)), z, SPLAT_d(0x1.f9a321d5b8e1ep-14)), z, SPLAT_d(-0x1.c02db3dac435fp-11)), z, SPLAT_d(0x1.565bcd0dbaa38p-8)), z, SPLAT_d(-0x1.b82ce31284e00p-6)), z, SPLAT_d(0x1.ce2f21a042b30p-4)), z, SPLAT_d(-0x1.812746b0379e6p-2)), z, SPLAT_d(0x1.06eba8214db69p-3)), x);
  const t_d a = minimum_d(absolute_d(x), SPLAT_d(6.0));
  const t_d u = 1 / (a + 2), q = fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(SPLAT_d(-0x1.30be46f379823p+12), u, SPLAT_d(0x1.1b64a4027ed48p+14)), u, SPLAT_d(-0x1.da810ca83498ep+14)), u, SPLAT_d(0x1.d240e9551f610p+14)), u, SPLAT_d(-0x1.255db4ee174a9p+14)), u, SPLAT_d(0x1.e6516ce71057ep+12)), u, SPLAT_d(-0x1.109eb9bc9d723p+11)), u, SPLAT_d(0x1.d78e42db75445p+8)), u, SPLAT_d(-0x1.59d65bc55f2bfp+6)), u, SPLAT_d(0x1.9e43e2a210c6fp-2)), u, SPLAT_d(-0x1.721ac7ae1ce27p-1)), u, SPLAT_d(0x1.55b9ce1b16118p+1)), u, SPLAT_d(0x1.69b4e0c848102p+1)), u, SPLAT_d(0x1.f96284f703d38p+0)), u, SPLAT_d(0x1.20df54d99452fp+0)), u, SPLAT_d(0x1.20dd5686debc3p-1)), u, SPLAT_d(0x1.b577603e6a791p-27));
  const t_d large = 1 - exp_d(-a * a) * q;
  return select_d(compare_d(a < 1), small, select_d(compare_d(x < 0), -large, large));
}
