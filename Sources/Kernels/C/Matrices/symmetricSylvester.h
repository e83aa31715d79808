// `X` in `A X + X A = B`, zero between eigenvectors of eigenvalue zero.
#pragma once
#include "eigenRows.h"
#include "crossProduct.h"

// Embedded from here on.
// x = V (F ∘ Vᵀ b V) Vᵀ
static __attribute__((unused)) void symmetricSylvester_d(long n, const t_d *a, const t_d *b, t_d *x) {
  const long stride = (n + 7) / 8, row = 8 * stride;
  t_W rows[n * stride], columns[n * stride], w0[n * stride], w1[n * stride];
  t_d d[n], largest = -INFINITY;
  if (!eigenRows_d(n, a, d, rows)) {
    for (long i = 0; i < n * n; i++) x[i] = NAN;
    return;
  }
  memset(columns, 0, sizeof columns);
  memset(w0, 0, sizeof w0);
  t_a *v = (t_a *)rows, *t = (t_a *)columns, *m = (t_a *)w0;
  for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) { t[j * row + i] = v[i * row + j]; m[i * row + j] = b[i * n + j]; }
  crossProduct_W(n, w0, columns, w1);
  crossProduct_W(n, columns, w1, w0);
  for (long i = 0; i < n; i++) if (2 * d[i] > largest) largest = 2 * d[i];
  for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) {
    const t_d total = d[i] + d[j];
    m[i * row + j] = total <= 1e-13 * largest ? 0 : m[i * row + j] / total;
  }
  crossProduct_W(n, w0, rows, w1);
  crossProduct_W(n, rows, w1, w0);
  for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) x[i * n + j] = m[i * row + j];
}
