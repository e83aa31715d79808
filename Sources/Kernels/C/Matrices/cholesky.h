// The Cholesky factor of one matrix, by its transpose: rows of that begin with the vector in which their pivot lies,
// and what stands before the pivot is never looked at.
#pragma once
#include "../transposes.h"
#include "wideVectors.h"

// Embedded from here on.
// Column by column; a pivot that is not positive, or NaN, makes everything NaN.
static __attribute__((noinline, unused)) t_d smallCholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
  t_d worst = 0;
  for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) l[i * n + j] = j <= i ? a[i * n + j] : 0;
  for (long k = 0; k < n; k++) {
    const t_d pivot = l[k * n + k], root = sqrt_d(pivot), inverse = root * (1 / pivot);
    worst += pivot > 0 ? 0 : NAN;
    l[k * n + k] = root;
    for (long i = k + 1; i < n; i++) l[i * n + k] *= inverse;
    for (long i = k + 1; i < n; i++) for (long j = k + 1; j <= i; j++) l[i * n + j] -= l[i * n + k] * l[j * n + k];
  }
  return worst;
}
// What four rows take from another, in whose place `F` has their numbers
#define FACTORS(F, i) const t_d F##0 = ((t_a *)r0)[i], F##1 = ((t_a *)r1)[i], F##2 = ((t_a *)r2)[i], F##3 = ((t_a *)r3)[i]
#define TAKEN(F) ((F##0 * r0[q] + F##1 * r1[q]) + (F##2 * r2[q] + F##3 * r3[q]))
// Four rows at a time: what they take from the rest is subtracted at once
static __attribute__((noinline, unused)) t_d largeCholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
  const long s = (n + 7) / 8, whole = n / WIDE_d * WIDE_d;
  t_W u[n][s];
  t_d worst = 0;
  for (long i = 0; i < n; i++) u[i][s - 1] = (t_W){0};
  for (long i = 0; i < whole; i += WIDE_d)
    for (long j = 0; j <= i; j += WIDE_d) transpose_d(a + i * n + j, n, (t_a *)u[j] + i, 8 * s, 0);
  for (long i = whole; i < n; i++) for (long j = 0; j <= i; j++) ((t_a *)u[j])[i] = a[i * n + j];
  long k = 0;
  for (; k + 4 <= n; k += 4) {
    // The factor of their first four columns, then the rows
    t_d p[4][4], root[4], inverse[4];
    UNROLL for (int c = 0; c < 4; c++) UNROLL for (int b = c; b < 4; b++) p[c][b] = ((t_a *)u[k + c])[k + b];
    UNROLL for (int c = 0; c < 4; c++) {
      worst += p[c][c] > 0 ? 0 : NAN;
      root[c] = sqrt_d(p[c][c]);
      inverse[c] = root[c] * (1 / p[c][c]);
      UNROLL for (int b = c + 1; b < 4; b++) p[c][b] *= inverse[c];
      UNROLL for (int b = c + 1; b < 4; b++) UNROLL for (int d = b; d < 4; d++) p[b][d] -= p[c][b] * p[c][d];
    }
    t_W *restrict r0 = u[k], *restrict r1 = u[k + 1], *restrict r2 = u[k + 2], *restrict r3 = u[k + 3];
    for (long q = k / 8; q < s; q++) {
      r0[q] *= inverse[0];
      r1[q] = (r1[q] - p[0][1] * r0[q]) * inverse[1];
      r2[q] = (r2[q] - p[0][2] * r0[q] - p[1][2] * r1[q]) * inverse[2];
      r3[q] = (r3[q] - p[0][3] * r0[q] - p[1][3] * r1[q] - p[2][3] * r2[q]) * inverse[3];
    }
    for (int c = 0; c < 4; c++) ((t_a *)u[k + c])[k + c] = root[c];
    long i = k + 4;
    for (; i + 2 <= n; i += 2) {
      FACTORS(f, i); FACTORS(g, i + 1);
      for (long q = i / 8; q < s; q++) { u[i][q] -= TAKEN(f); u[i + 1][q] -= TAKEN(g); }
    }
    for (; i < n; i++) {
      FACTORS(f, i);
      for (long q = i / 8; q < s; q++) u[i][q] -= TAKEN(f);
    }
  }
  for (; k < n; k++) {
    const t_d pivot = ((t_a *)u[k])[k], root = sqrt_d(pivot), inverse = root * (1 / pivot);
    worst += pivot > 0 ? 0 : NAN;
    for (long q = k / 8; q < s; q++) u[k][q] *= inverse;
    ((t_a *)u[k])[k] = root;
    for (long i = k + 1; i < n; i++) {
      const t_d factor = ((t_a *)u[k])[i];
      for (long q = i / 8; q < s; q++) u[i][q] -= factor * u[k][q];
    }
  }
  for (long i = 0; i < whole; i += WIDE_d)
    for (long j = 0; j <= i; j += WIDE_d) transpose_d((t_a *)u[j] + i, 8 * s, l + i * n + j, n, 0);
  for (long i = whole; i < n; i++) for (long j = 0; j <= i; j++) l[i * n + j] = ((t_a *)u[j])[i];
  for (long i = 0; i < n; i++) for (long j = i + 1; j < n; j++) l[i * n + j] = 0;
  return worst;
}
static __attribute__((noinline, unused)) void cholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
  const t_d worst = n < 8 ? smallCholesky_d(n, a, l) : largeCholesky_d(n, a, l);
  if (worst != 0) for (long i = 0; i < n * n; i++) l[i] = NAN;
}
