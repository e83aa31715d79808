// `A = Q R`, thin.
#pragma once
#include "../scalars.h"

// Embedded from here on.
// Householder's reflections of the m rows; the diagonal of r is turned to be positive.
static __attribute__((noinline, unused)) void qr_d(long m, long n, const t_d *a, t_d *restrict q, t_d *restrict r) {
  t_d w[m * n], sums[n], first[n], tau[n];
  memcpy(w, a, sizeof w);
  for (long k = 0; k < n; k++) {
    t_d largest = 0, check = 0, sigma = 0;
    for (long i = k; i < m; i++) {
      const t_d size = __builtin_fabs(w[i * n + k]);
      check += size * 0;
      if (size > largest) largest = size;
    }
    // In units of the largest element squares neither overflow nor vanish.
    const t_d unit = check != 0 ? NAN : largest == 0 ? 1 : largest;
    for (long i = k; i < m; i++) w[i * n + k] /= unit;
    for (long i = k + 1; i < m; i++) sigma += w[i * n + k] * w[i * n + k];
    const t_d alpha = w[k * n + k], mu = sqrt_d(alpha * alpha + sigma), beta = sigma == 0 ? alpha : alpha > 0 ? -mu : mu;
    first[k] = alpha - beta;
    tau[k] = sigma == 0 ? 0 : 2 / (sigma + first[k] * first[k]);
    w[k * n + k] = unit * beta;
    const t_d *restrict column = w + k;
    for (long j = k + 1; j < n; j++) sums[j] = first[k] * w[k * n + j];
    for (long i = k + 1; i < m; i++) for (long j = k + 1; j < n; j++) sums[j] += column[i * n] * w[i * n + j];
    for (long j = k + 1; j < n; j++) { sums[j] *= tau[k]; w[k * n + j] -= first[k] * sums[j]; }
    for (long i = k + 1; i < m; i++) {
      const t_d factor = w[i * n + k];
      for (long j = k + 1; j < n; j++) w[i * n + j] -= factor * sums[j];
    }
  }
  for (long i = 0; i < m * n; i++) q[i] = 0;
  for (long k = n - 1; k >= 0; k--) {
    q[k * n + k] = 1;
    for (long j = k; j < n; j++) sums[j] = first[k] * q[k * n + j];
    for (long i = k + 1; i < m; i++) for (long j = k; j < n; j++) sums[j] += w[i * n + k] * q[i * n + j];
    for (long j = k; j < n; j++) { sums[j] *= tau[k]; q[k * n + j] -= first[k] * sums[j]; }
    for (long i = k + 1; i < m; i++) {
      const t_d factor = w[i * n + k];
      for (long j = k; j < n; j++) q[i * n + j] -= factor * sums[j];
    }
  }
  for (long i = 0; i < n; i++) {
    const t_d sign = w[i * n + i] < 0 ? -1 : 1;
    for (long j = 0; j < n; j++) r[i * n + j] = j < i ? 0 : sign * w[i * n + j];
    if (sign < 0) for (long k = 0; k < m; k++) q[k * n + i] = -q[k * n + i];
  }
}
