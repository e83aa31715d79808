// Eigenvalues and vectors of one symmetric matrix: Householder's reduction to three diagonals, then QL steps with
// explicit shifts. The matrix is first scaled by a power of two, so that squares neither overflow nor vanish. What is
// not finite has none.
#pragma once
#include "wideVectors.h"

// Embedded from here on.
INLINE t_d sum_W(t_W x) { return ((x[0] + x[4]) + (x[1] + x[5])) + ((x[2] + x[6]) + (x[3] + x[7])); }
// to = factor vᵀ m, for `rows` rows of `width` vectors that lie `stride` apart
INLINE void leftProduct_W(long rows, long width, long stride, t_d factor, const t_d *v, const t_W *m, t_W *to) {
  for (long q = 0; q < width; q++) {
    t_W s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    const t_W *column = m + q;
    long i = 0;
    for (; i + 4 <= rows; i += 4, column += 4 * stride) {
      s0 += v[i] * column[0]; s1 += v[i + 1] * column[stride];
      s2 += v[i + 2] * column[2 * stride]; s3 += v[i + 3] * column[3 * stride];
    }
    for (; i < rows; i++, column += stride) s0 += v[i] * column[0];
    to[q] = factor * ((s0 + s1) + (s2 + s3));
  }
}
// Eigenvalues in no order, and the vectors in the rows of A; 0 if there are none.
static __attribute__((noinline, unused)) int eigenRows_d(long n, const t_d *restrict a, t_d *restrict d, t_W *restrict A) {
  const long stride = (n + 7) / 8, row = 8 * stride;
  t_W Z[n * stride], P[stride];
  t_d e[n], tau[n];
  t_a *m = (t_a *)A, *p = (t_a *)P;
  t_d largest = 0, check = 0;
  for (long i = 0; i < n * n; i++) { check += a[i] * 0; largest = __builtin_fabs(a[i]) > largest ? __builtin_fabs(a[i]) : largest; }
  if (check != 0) return 0;
  t_l exponent = bits_d(largest) >> 52;
  exponent = largest == 0 ? 1023 : exponent < 1 ? 1 : exponent > 2045 ? 2045 : exponent;
  const t_d scale = from_l((2046 - exponent) << 52), back = from_l(exponent << 52);
  memset(A, 0, n * stride * sizeof(t_W));
  memset(Z, 0, n * stride * sizeof(t_W));
  for (long i = 0; i < n; i++) for (long j = 0; j <= i; j++) m[i * row + j] = m[j * row + i] = scale * a[i * n + j];
  // Row k of A becomes the vector of the k-th reflection.
  for (long k = n - 1; k > 1; k--) {
    t_a *v = m + k * row;
    t_W *V = A + k * stride;
    const long width = (k + 7) / 8;
    d[k] = v[k];
    const t_d alpha = v[k - 1];
    for (long j = k; j < row; j++) v[j] = 0;
    v[k - 1] = 0;
    t_W squares = {0};
    for (long q = 0; q < width; q++) squares += V[q] * V[q];
    const t_d sigma = sum_W(squares);
    if (sigma <= 1e-280) { e[k - 1] = alpha; tau[k] = 0; continue; }
    const t_d mu = sqrt_d(alpha * alpha + sigma), beta = alpha > 0 ? -mu : mu;
    e[k - 1] = beta;
    v[k - 1] = alpha - beta;
    tau[k] = 2 / (sigma + v[k - 1] * v[k - 1]);
    leftProduct_W(k, width, stride, tau[k], (const t_d *)v, A, P);
    t_W dot = {0};
    for (long q = 0; q < width; q++) dot += P[q] * V[q];
    const t_d half = 0.5 * tau[k] * sum_W(dot);
    for (long q = 0; q < width; q++) P[q] -= half * V[q];
    for (long i = 0; i < k; i++) {
      const t_d vi = v[i], wi = p[i];
      for (long q = 0; q < width; q++) A[i * stride + q] -= vi * P[q] + wi * V[q];
    }
  }
  d[0] = m[0];
  if (n > 1) { d[1] = m[row + 1]; e[0] = m[row]; }
  e[n - 1] = 0;
  t_a *y = (t_a *)Z;
  for (long i = 0; i < n; i++) y[i * row + i] = 1;
  for (long k = 2; k < n; k++) if (tau[k] != 0) {
    const t_a *v = m + k * row;
    const long width = (k + 7) / 8;
    leftProduct_W(k, width, stride, tau[k], (const t_d *)v, Z, P);
    for (long i = 0; i < k; i++) for (long q = 0; q < width; q++) Z[i * stride + q] -= v[i] * P[q];
  }
  // Rows of A are vectors from here on.
  for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) m[j * row + i] = y[i * row + j];
  // QL steps with explicit shifts: d and the sum of the shifts make the eigenvalues.
  t_d shift = 0, negligible = 0;
  for (long i = 0; i < n; i++) {
    const t_d size = __builtin_fabs(d[i]) + __builtin_fabs(e[i]);
    if (size > negligible) negligible = size;
  }
  negligible *= 1.1e-16;
  for (long l = 0; l < n; l++) {
    for (int round = 0;; round++) {
      long last = l;
      while (last < n - 1 && __builtin_fabs(e[last]) > negligible) last++;
      if (last == l) break;
      if (round == 60) return 0;
      const t_d g = (d[l + 1] - d[l]) / (2 * e[l]), root = sqrt_d(g * g + 1), step = d[l] - e[l] / (g + (g < 0 ? -root : root));
      shift += step;
      for (long i = l; i < n; i++) d[i] -= step;
      // The quotient for the next step does not wait for this step's cosine and sine.
      t_d c = 1, s = 0, p = d[last];
      for (long i = last - 1; i >= l; i--) {
        // Root and quotient of a square are computed at the same time.
        const t_d coupling = e[i], own = d[i], square = p * p + coupling * coupling, r = sqrt_d(square);
        const t_d inverse = r * (1 / square), g = c * coupling, h = c * p, next = (p * own - coupling * g) * inverse;
        e[i + 1] = s * r;
        s = coupling * inverse;
        c = p * inverse;
        d[i + 1] = h + s * (c * g + s * own);
        p = next;
        t_W *low = A + i * stride, *high = low + stride;
        for (long q = 0; q < stride; q++) {
          const t_W x = low[q], w = high[q];
          high[q] = s * x + c * w;
          low[q] = c * x - s * w;
        }
      }
      d[l] = c * p;
      e[l] = s * p;
    }
    d[l] += shift;
  }
  for (long i = 0; i < n; i++) d[i] *= back;
  return 1;
}
