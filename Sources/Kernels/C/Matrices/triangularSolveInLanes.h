// Row by row of the right side; a side that is the same for all lanes is read as numbers.
// Provides triangularSolve_d_D_D, triangularSolve_D_d_D and triangularSolve_D_D_D.
#pragma once
#include "../lanes.h"

// Embedded from here on.
#define TRIANGULARSOLVE(L, B) \
static __attribute__((noinline)) void triangularSolve_##L##_##B##_D(long n, long m, const t_##L *restrict l, const t_##B *restrict b, t_D *restrict x, int transposed) { \
  for (long i = 0; i < n * m; i++) x[i] = b[i] - (t_D){0}; \
  for (long step = 0; step < n; step++) { \
    const long i = transposed ? n - 1 - step : step; \
    const t_##L inverse = 1.0 / l[i * n + i]; \
    t_D *restrict row = x + i * m; \
    if (!transposed) for (long k = 0; k < i; k++) { \
      const t_##L factor = l[i * n + k]; \
      INDEPENDENT for (long j = 0; j < m; j++) row[j] -= factor * x[k * m + j]; \
    } \
    INDEPENDENT for (long j = 0; j < m; j++) row[j] *= inverse; \
    if (transposed) for (long k = 0; k < i; k++) { \
      const t_##L factor = l[i * n + k]; \
      INDEPENDENT for (long j = 0; j < m; j++) x[k * m + j] -= factor * row[j]; \
    } \
  } \
}
TRIANGULARSOLVE(d, D) TRIANGULARSOLVE(D, d) TRIANGULARSOLVE(D, D)
