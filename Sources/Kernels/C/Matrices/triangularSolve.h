// Triangular systems of one matrix.
#pragma once
#include "wideVectors.h"

// Embedded from here on.
// Eight columns of the right side at a time, and four rows of them; backwards where the factor is transposed.
static __attribute__((noinline, unused)) void triangularSolve_d_d_d(long n, long m, const t_d *restrict l, const t_d *restrict b, t_d *restrict x, int transposed) {
  const t_d *first = transposed ? l + n * n - 1 : l;
  const long down = transposed ? -1 : n, right = transposed ? -n : 1;
  t_d inverse[n];
  t_W w[n];
  t_d check = 0;
  for (long i = 0; i < n; i++) inverse[i] = 1 / first[i * (down + right)];
  { REASSOCIATE for (long i = 0; i < n; i++) check += 0 * inverse[i]; }
  for (long q = 0; q < m; q += 8) {
    const long columns = m - q < 8 ? m - q : 8;
    for (long i = 0; i < n; i++) {
      const t_d *from = b + (transposed ? n - 1 - i : i) * m + q;
      if (columns == 8) memcpy(w + i, from, 64);
      else { w[i] = (t_W){0}; for (long j = 0; j < columns; j++) w[i][j] = from[j]; }
    }
    // Before the first row that is not zero all stay zero, as in the inverse of a factor;
    // not behind a factor that is none.
    long start = 0;
    for (; start + 4 <= n && check == 0; start += 4) {
      const t_Z bits = ((t_Z)w[start] | (t_Z)w[start + 1]) | ((t_Z)w[start + 2] | (t_Z)w[start + 3]);
      long any = 0;
      for (int j = 0; j < 8; j++) any |= bits[j];
      if (any) break;
    }
    long i = start;
    for (; i + 4 <= n; i += 4) {
      t_W s0 = w[i], s1 = w[i + 1], s2 = w[i + 2], s3 = w[i + 3];
      const t_d *r0 = first + i * down, *r1 = r0 + down, *r2 = r1 + down, *r3 = r2 + down;
      for (long k = start; k < i; k++) {
        const t_W y = w[k];
        s0 -= r0[k * right] * y; s1 -= r1[k * right] * y; s2 -= r2[k * right] * y; s3 -= r3[k * right] * y;
      }
      const long at = i * right;
      w[i] = s0 *= inverse[i];
      w[i + 1] = s1 = (s1 - r1[at] * s0) * inverse[i + 1];
      w[i + 2] = s2 = (s2 - r2[at] * s0 - r2[at + right] * s1) * inverse[i + 2];
      w[i + 3] = (s3 - r3[at] * s0 - r3[at + right] * s1 - r3[at + 2 * right] * s2) * inverse[i + 3];
    }
    for (; i < n; i++) {
      t_W s = w[i];
      for (long k = start; k < i; k++) s -= first[i * down + k * right] * w[k];
      w[i] = s * inverse[i];
    }
    for (long i = 0; i < n; i++) {
      t_d *to = x + (transposed ? n - 1 - i : i) * m + q;
      if (columns == 8) memcpy(to, w + i, 64);
      else for (long j = 0; j < columns; j++) to[j] = w[i][j];
    }
  }
}
