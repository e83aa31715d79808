// Cholesky factors in lanes.
#pragma once
#include "../lanes.h"
#include "choleskyBlocks.h"

// Embedded from here on.
CHOLESKYBLOCK(D, 4, 2) CHOLESKYBLOCK(D, 1, 2) CHOLESKYBLOCK(D, 1, 1)
CHOLESKYROWS(D)
static __attribute__((noinline)) void cholesky_D(long n, const t_D *restrict a, t_D *restrict l) {
  t_D inverse[n], worst = SPLAT_D(0.0);
  for (long i = 0; i < n * n; i++) l[i] = a[i];
  for (long i = 0; i < n;) i += choleskyRows_D(n, i, l, inverse, &worst);
  // Blocks on the diagonal reach beyond it.
  for (long i = 0; i < n; i++) {
    for (long j = 0; j <= i; j++) l[i * n + j] += worst;
    for (long j = i + 1; j < n; j++) l[i * n + j] = worst;
  }
}
