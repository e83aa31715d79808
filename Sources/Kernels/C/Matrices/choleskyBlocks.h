// Cholesky factors of as many matrices as a vector of type `T` has lanes, in place, by blocks of four rows and two
// columns that stay in registers; NaN is returned for those that have none.
#pragma once
#include "../scalars.h"
#include "../vectorWidth.h"

// Embedded from here on.
// Some rows i... of the factors, columns j and those after it:
// what the columns before `depth` take is subtracted.
#define CHOLESKYBLOCK(T, R, C) \
static __attribute__((noinline, unused)) void choleskyBlock_##T##_##R##_##C(long n, long i, long j, long depth, t_##T *restrict m, const t_##T *inverse) { \
  t_##T s[R][C]; \
  t_##T *rows = m + i * n; \
  const t_##T *columns = m + j * n; \
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) s[r][c] = rows[r * n + j + c]; \
  for (long k = 0; k < depth; k++) UNROLL for (int c = 0; c < C; c++) { \
    const t_##T y = columns[c * n + k]; \
    UNROLL for (int r = 0; r < R; r++) s[r][c] -= rows[r * n + k] * y; \
  } \
  if (inverse) UNROLL for (int c = 0; c < C; c++) { \
    UNROLL for (int b = 0; b < c; b++) { const t_##T y = columns[c * n + j + b]; UNROLL for (int r = 0; r < R; r++) s[r][c] -= s[r][b] * y; } \
    UNROLL for (int r = 0; r < R; r++) s[r][c] *= inverse[j + c]; \
  } \
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) rows[r * n + j + c] = s[r][c]; \
}
#define CHOLESKYROWS(T) \
INLINE long choleskyRows_##T(long n, long i, t_##T *restrict m, t_##T *inverse, t_##T *worst) { \
  const long rows = i + 4 <= n ? 4 : 1; \
  for (long j = 0, columns; j < i + rows; j += columns) { \
    columns = rows == 4 || j + 2 <= i ? 2 : 1; \
    const t_##T *scale = j < i ? inverse : 0; \
    const long depth = j < i ? j : i; \
    if (rows == 4) choleskyBlock_##T##_4_2(n, i, j, depth, m, scale); \
    else if (columns == 2) choleskyBlock_##T##_1_2(n, i, j, depth, m, scale); \
    else choleskyBlock_##T##_1_1(n, i, j, depth, m, scale); \
  } \
  for (long k = i; k < i + rows; k++) { \
    const t_##T pivot = m[k * n + k], root = sqrt_##T(pivot); \
    m[k * n + k] = root; \
    inverse[k] = 1 / root; \
    *worst += 0 * inverse[k];  /* the inverse of no positive pivot is not finite */ \
    for (long r = k + 1; r < i + rows; r++) { \
      const t_##T factor = m[r * n + k] * inverse[k]; \
      m[r * n + k] = factor; \
      for (long c = k + 1; c <= r; c++) m[r * n + c] -= factor * m[c * n + k]; \
    } \
  } \
  return rows; \
}
