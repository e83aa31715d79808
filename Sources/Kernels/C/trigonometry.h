// Sine and cosine without branches: the argument less a multiple of π/2 in three parts (Cody and Waite), with what
// rounding leaves of it; then polynomials of least error on ±π/4. `turn` is `sin(x + quarter · π/2)` for arguments
// that are not far; `far` arguments, that need more digits of π, go to the C library. `r + low` is `x − k π/2`. The
// first difference is exact with one rounding; so is the second product, of a part of π/2 with 22 digits, and what the
// second difference loses is found exactly. Written for doubles and longs, from which lanes follow.
#pragma once
#include "scalars.h"

// Embedded from here on.
INLINE t_d turn_d(t_d x, int quarter) {
  const t_d k = rounded_d(x * 0x1.45f306dc9c883p-1);
  const t_d near = fma_d(k, SPLAT_d(-0x1.921fb54442d18p+0), x), product = k * 0x1.1a62600000000p-54;
  const t_d rough = near - product, back = rough - near;
  const t_d lost = (near - (rough - back)) - (product + back);
  const t_d tail = fma_d(k, SPLAT_d(-(0x1.98a2e03707345p-77)), lost);
  const t_d r = rough + tail, low = (rough - r) + tail;
  const t_d z = r * r, h = 0.5 * z, w = 1.0 - h;
  const t_d s = r + fma_d(r * z, fma_d(fma_d(fma_d(fma_d(fma_d(SPLAT_d(0x1.5e0a4fc16be59p-33), z, SPLAT_d(-0x1.ae6008d114485p-26)), z, SPLAT_d(0x1.71de37946ed6dp-19)), z, SPLAT_d(-0x1.a01a019e820aep-13)), z, SPLAT_d(0x1.1111111110babp-7)), z, SPLAT_d(-0x1.5555555555555p-3)), low);
  const t_d c = w + (((1.0 - w) - h) + fma_d(z * z, fma_d(fma_d(fma_d(fma_d(fma_d(SPLAT_d(-0x1.907cd8ff5ede7p-37), z, SPLAT_d(0x1.1eeb67d026ec6p-29)), z, SPLAT_d(-0x1.27e4fa16cc2d1p-22)), z, SPLAT_d(0x1.a01a019f4ddfdp-16)), z, SPLAT_d(-0x1.6c16c16c16963p-10)), z, SPLAT_d(0x1.5555555555555p-5)), -(r * low)));
  const t_l q = bits_d(k + 0x1.8p52) + quarter;
  const t_d v = select_d(compare_d((q & 1) != 0), c, s);
  return from_l(bits_d(v) ^ (t_l)((unsigned_l)(q & 2) << 62));
}
INLINE t_d sinNear_d(t_d x) { return select_d(compare_d(x == 0), x, turn_d(x, 0)); }
INLINE t_d cosNear_d(t_d x) { return turn_d(x, 1); }
