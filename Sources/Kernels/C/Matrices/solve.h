// `A X = B` for any square `A`; NaN where it is singular.
#pragma once
#include "luInPlace.h"

// Embedded from here on.
static __attribute__((noinline, unused)) void solve_d(long n, long m, const t_d *a, const t_d *restrict b, t_d *restrict x) {
  t_d lu[n * n];
  t_l order[n];
  memcpy(lu, a, n * n * sizeof(t_d));
  if (luInPlace_d(n, lu, order)) {
    for (long i = 0; i < n * m; i++) x[i] = NAN;
    return;
  }
  for (long i = 0; i < n; i++) {
    t_d *restrict row = x + i * m;
    for (long j = 0; j < m; j++) row[j] = b[order[i] * m + j];
    for (long k = 0; k < i; k++) {
      const t_d factor = lu[i * n + k];
      INDEPENDENT for (long j = 0; j < m; j++) row[j] -= factor * x[k * m + j];
    }
  }
  for (long i = n - 1; i >= 0; i--) {
    t_d *restrict row = x + i * m;
    for (long k = i + 1; k < n; k++) {
      const t_d factor = lu[i * n + k];
      INDEPENDENT for (long j = 0; j < m; j++) row[j] -= factor * x[k * m + j];
    }
    const t_d pivot = lu[i * n + i];
    INDEPENDENT for (long j = 0; j < m; j++) row[j] /= pivot;
  }
}
