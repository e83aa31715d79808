// The product of a transposed matrix with another, both as rows of vectors.
#pragma once
#include "wideVectors.h"

// Embedded from here on.
// x = lᵀ r for matrices whose rows are padded to whole vectors
static __attribute__((noinline, unused)) void crossProduct_W(long n, const t_W *restrict l, const t_W *restrict r, t_W *restrict x) {
  const long stride = (n + 7) / 8, row = 8 * stride;
  for (long i = 0; i < n; i += 4) for (long q = 0; q < stride; q++) {
    t_W s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    const t_a *left = (const t_a *)l + i;
    for (long k = 0; k < n; k++) {
      const t_W y = r[k * stride + q];
      s0 += left[k * row] * y; s1 += left[k * row + 1] * y;
      s2 += left[k * row + 2] * y; s3 += left[k * row + 3] * y;
    }
    t_W *to = x + i * stride + q;
    to[0] = s0;
    if (i + 1 < n) to[stride] = s1;
    if (i + 2 < n) to[2 * stride] = s2;
    if (i + 3 < n) to[3 * stride] = s3;
  }
}
