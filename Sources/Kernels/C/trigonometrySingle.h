// The functions of `trigonometry.h` in single precision; the argument is reduced in double precision, which leaves
// nothing to add. Lanes follow.
#pragma once
#include "scalars.h"

// Embedded from here on.
INLINE t_f turn_f(t_f x, int quarter) {
  const t_d wide = cast_f_d(x), turns = rounded_d(wide * 0x1.45f306dc9c883p-1);
  const t_d near = fma_d(turns, SPLAT_d(-0x1.921fb54442d18p+0), wide);
  const t_f r = cast_d_f(fma_d(turns, SPLAT_d(-0x1.1a62633145c07p-54), near));
  const t_f k = cast_d_f(turns), low = SPLAT_f(0.0f);
  const t_f z = r * r, h = 0.5f * z, w = 1.0f - h;
  const t_f s = r + fma_f(r * z, fma_f(fma_f(fma_f(SPLAT_f(0x1.6dbcfcp-19f), z, SPLAT_f(-0x1.a013a4p-13f)), z, SPLAT_f(0x1.11110ep-7f)), z, SPLAT_f(-0x1.555556p-3f)), low);
  const t_f c = w + (((1.0f - w) - h) + fma_f(z * z, fma_f(fma_f(SPLAT_f(0x1.9bd786p-16f), z, SPLAT_f(-0x1.6c12d0p-10f)), z, SPLAT_f(0x1.555554p-5f)), -(r * low)));
  const t_i q = bits_f(k + 0x1.8p23f) + quarter;
  const t_f v = select_f(compare_f((q & 1) != 0), c, s);
  return from_i(bits_f(v) ^ (t_i)((unsigned_i)(q & 2) << 30));
}
INLINE t_f sinNear_f(t_f x) { return select_f(compare_f(x == 0), x, turn_f(x, 0)); }
INLINE t_f cosNear_f(t_f x) { return turn_f(x, 1); }
