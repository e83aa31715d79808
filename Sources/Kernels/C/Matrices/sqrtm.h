// `V Λ^±½ Vᵀ`.
#pragma once
#include "eigenRows.h"
#include "crossProduct.h"

// Embedded from here on.
static __attribute__((unused)) void sqrtm_d(long n, const t_d *a, t_d *x, int inverse) {
  const long stride = (n + 7) / 8;
  t_W rows[n * stride], scaled[n * stride], root[n * stride];
  t_d d[n];
  if (!eigenRows_d(n, a, d, rows)) {
    for (long i = 0; i < n * n; i++) x[i] = NAN;
    return;
  }
  for (long k = 0; k < n; k++) {
    // What rounding made negative counts as zero.
    const t_d part = d[k] > 0 ? sqrt_d(d[k]) : 0, factor = inverse ? 1 / part : part;
    for (long q = 0; q < stride; q++) scaled[k * stride + q] = factor * rows[k * stride + q];
  }
  crossProduct_W(n, scaled, rows, root);
  const t_a *m = (const t_a *)root;
  for (long i = 0; i < n; i++) for (long j = 0; j <= i; j++) x[i * n + j] = x[j * n + i] = m[i * 8 * stride + j];
}
