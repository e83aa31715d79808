// Transposes of matrices, by blocks as wide as a vector. The transpose of a block as wide as a vector, by rounds that
// interleave its first half with its second. Written for doubles, from which floats follow.
#pragma once
#include "scalars.h"
#include "vectorWidth.h"
#include "shuffles.h"

// Embedded from here on.
typedef t_d v_d __attribute__((vector_size(VECTOR), aligned(sizeof(t_d)), may_alias));
typedef t_d aligned_d __attribute__((vector_size(VECTOR), may_alias));
enum { WIDE_d = VECTOR / sizeof(t_d) };
INLINE void transpose_d(const t_d *from, long row, t_d *to, long stride, int isStreamed) {
#if __has_builtin(__builtin_shufflevector)
  v_d a[WIDE_d], b[WIDE_d];
  UNROLL for (int i = 0; i < WIDE_d; i++) a[i] = *(const v_d *)(from + i * row);
  UNROLL for (int round = 1; round < WIDE_d; round *= 2) {
    UNROLL for (int i = 0; i < WIDE_d; i++) b[i] = a[i];
    UNROLL for (int i = 0; i < WIDE_d / 2; i++) {
      a[2 * i] = LOW_d(b[i], b[i + WIDE_d / 2]);
      a[2 * i + 1] = HIGH_d(b[i], b[i + WIDE_d / 2]);
    }
  }
  if (isStreamed) UNROLL for (int i = 0; i < WIDE_d; i++) STREAM(a[i], to + i * stride, aligned_d);
  else UNROLL for (int i = 0; i < WIDE_d; i++) *(v_d *)(to + i * stride) = a[i];
#else
  for (long i = 0; i < WIDE_d; i++) for (long j = 0; j < WIDE_d; j++) to[i * stride + j] = from[j * row + i];
#endif
}
static __attribute__((noinline, unused)) void transposed_d(long rows, long columns, const t_d *restrict from, t_d *restrict to) {
  long i = 0;
  for (; i + WIDE_d <= rows; i += WIDE_d) {
    long j = 0;
    for (; j + WIDE_d <= columns; j += WIDE_d) transpose_d(from + i * columns + j, columns, to + j * rows + i, rows, 0);
    for (; j < columns; j++) for (long k = i; k < i + WIDE_d; k++) to[j * rows + k] = from[k * columns + j];
  }
  for (; i < rows; i++) for (long j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
}
