// Eigenvalues in ascending order, and vectors; NaN where there are none.
#pragma once
#include "eigenRows.h"

// Embedded from here on.
static __attribute__((unused)) void symmetricEigen_d(long n, const t_d *restrict a, t_d *restrict values, t_d *restrict vectors) {
  const long stride = (n + 7) / 8;
  t_W A[n * stride];
  t_d d[n];
  long order[n];
  if (!eigenRows_d(n, a, d, A)) {
    for (long i = 0; i < n; i++) values[i] = NAN;
    for (long i = 0; i < n * n; i++) vectors[i] = NAN;
    return;
  }
  for (long i = 0; i < n; i++) {
    long place = i;
    for (; place > 0 && d[order[place - 1]] > d[i]; place--) order[place] = order[place - 1];
    order[place] = i;
  }
  for (long k = 0; k < n; k++) {
    values[k] = d[order[k]];
    const t_a *from = (const t_a *)(A + order[k] * stride);
    for (long j = 0; j < n; j++) vectors[j * n + k] = from[j];
  }
}
