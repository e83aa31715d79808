// LU decomposition by rows.
#pragma once
#include "../scalars.h"

// Embedded from here on.
// Factors in place by partial pivoting, and the order of the rows; a zero pivot stays.
static __attribute__((noinline, unused)) int luInPlace_d(long n, t_d *restrict m, t_l *restrict order) {
  int isSingular = 0;
  for (long i = 0; i < n; i++) order[i] = i;
  for (long k = 0; k < n; k++) {
    long p = k;
    for (long i = k + 1; i < n; i++) if (__builtin_fabs(m[i * n + k]) > __builtin_fabs(m[p * n + k])) p = i;
    if (p != k) {
      const t_l place = order[k];
      order[k] = order[p];
      order[p] = place;
      for (long j = 0; j < n; j++) { const t_d x = m[k * n + j]; m[k * n + j] = m[p * n + j]; m[p * n + j] = x; }
    }
    const t_d pivot = m[k * n + k];
    if (pivot == 0) { isSingular = 1; continue; }
    const t_d inverse = __builtin_fabs(pivot) >= 0x1p-1021 ? 1 / pivot : 0;
    const t_d *restrict upper = m + k * n;
    for (long i = k + 1; i < n; i++) {
      t_d *restrict row = m + i * n;
      const t_d factor = row[k] = inverse != 0 ? row[k] * inverse : row[k] / pivot;
      INDEPENDENT for (long j = k + 1; j < n; j++) row[j] -= factor * upper[j];
    }
  }
  return isSingular;
}
