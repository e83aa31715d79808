// Householder's reduction of a group of symmetric matrices.
#pragma once
#include "groups.h"

// Embedded from here on.
#if defined(__clang__)
INLINE t_G choose_G(t_N c, t_G a, t_G b) { return (t_G)(((t_N)a & c) | ((t_N)b & ~c)); }
INLINE t_N splat_N(t_l s) { return s - (t_N){0}; }
INLINE t_G absolute_G(t_G a) { return (t_G)((t_N)a & 0x7fffffffffffffffl); }
// The lower triangle of m to three diagonals; row k keeps the vector of the k-th reflection.
static __attribute__((noinline, unused)) void tridiagonalGroup(long n, t_G *restrict m, t_G *restrict d, t_G *restrict e, t_G *restrict tau, t_G *restrict p) {
  for (long k = n - 1; k > 1; k--) {
    t_G *restrict v = m + k * n;
    d[k] = v[k];
    const t_G alpha = v[k - 1];
    t_G sigma = {0}, dot = {0};
    for (long j = 0; j < k - 1; j++) sigma += v[j] * v[j];
    const t_N isThere = sigma > 1e-280;
    const t_G mu = __builtin_elementwise_sqrt(alpha * alpha + sigma), beta = choose_G(alpha > 0, -mu, mu);
    e[k - 1] = choose_G(isThere, beta, alpha);
    v[k - 1] = alpha - beta;
    tau[k] = (t_G)((t_N)(2 / (sigma + v[k - 1] * v[k - 1])) & isThere);
    // p = tau m v, two rows at a time
    long i = k & 1;
    if (i) p[0] = m[0] * v[0];
    for (; i < k; i += 2) {
      const t_G *restrict r0 = m + i * n, *restrict r1 = r0 + n;
      const t_G x0 = v[i], x1 = v[i + 1];
      t_G s0 = r0[i] * x0 + r1[i] * x1, s1 = r1[i] * x0 + r1[i + 1] * x1;
      for (long j = 0; j < i; j++) {
        const t_G a0 = r0[j], a1 = r1[j], y = v[j];
        s0 += a0 * y; s1 += a1 * y;
        p[j] += a0 * x0 + a1 * x1;
      }
      p[i] = s0; p[i + 1] = s1;
    }
    for (long j = 0; j < k; j++) dot += p[j] * v[j];
    const t_G half = 0.5 * tau[k] * dot;
    for (long j = 0; j < k; j++) p[j] = tau[k] * (p[j] - half * v[j]);
    i = k & 1;
    if (i) m[0] -= 2 * v[0] * p[0];
    for (; i < k; i += 2) {
      t_G *restrict r0 = m + i * n, *restrict r1 = r0 + n;
      const t_G v0 = v[i], p0 = p[i], v1 = v[i + 1], p1 = p[i + 1];
      for (long j = 0; j <= i; j++) {
        const t_G x = p[j], y = v[j];
        r0[j] -= v0 * x + p0 * y;
        r1[j] -= v1 * x + p1 * y;
      }
      r1[i + 1] -= 2 * v1 * p1;
    }
  }
  d[0] = m[0];
  if (n > 1) { d[1] = m[n + 1]; e[0] = m[n]; }
  e[n - 1] = (t_G){0};
}
// z = the product of the reflections
static __attribute__((noinline, unused)) void reflectionsGroup(long n, const t_G *restrict m, const t_G *restrict tau, t_G *restrict z) {
  memset(z, 0, n * n * sizeof(t_G));
  for (long i = 0; i < n; i++) z[i * n + i] = 1 - (t_G){0};
  for (long k = 2; k < n; k++) {
    const t_G *restrict v = m + k * n;
    const t_G t = tau[k];
    long j = 0;
    for (; j + 4 <= k; j += 4) {
      t_G s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
      for (long i = 0; i < k; i++) {
        const t_G x = v[i], *row = z + i * n + j;
        s0 += x * row[0]; s1 += x * row[1]; s2 += x * row[2]; s3 += x * row[3];
      }
      s0 *= t; s1 *= t; s2 *= t; s3 *= t;
      for (long i = 0; i < k; i++) {
        const t_G x = v[i];
        t_G *row = z + i * n + j;
        row[0] -= x * s0; row[1] -= x * s1; row[2] -= x * s2; row[3] -= x * s3;
      }
    }
    for (; j < k; j++) {
      t_G s = {0};
      for (long i = 0; i < k; i++) s += v[i] * z[i * n + j];
      s *= t;
      for (long i = 0; i < k; i++) z[i * n + j] -= v[i] * s;
    }
  }
}
#endif
