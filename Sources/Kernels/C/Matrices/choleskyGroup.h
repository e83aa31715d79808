// Cholesky factors of a group of matrices.
#pragma once
#include "groups.h"
#include "choleskyBlocks.h"

// Embedded from here on.
#if defined(__clang__)
INLINE t_R sqrt_R(t_R x) { return __builtin_elementwise_sqrt(x); }
CHOLESKYBLOCK(R, 4, 2) CHOLESKYBLOCK(R, 1, 2) CHOLESKYBLOCK(R, 1, 1)
CHOLESKYROWS(R)
// The lower triangles of a group to vectors; and back, zeros beside them, past the caches if they are streamed.
// Blocks go on from row to row: a matrix is an array of n n elements.
INLINE void gatherLower(long n, const t_d *from, t_R *restrict m) {
  long e = 0;
  for (long i = 0; i < n; i++) {
    if (e < i * n) e = i * n / REGISTER * REGISTER;
    for (; e <= i * n + i && e + REGISTER <= n * n; e += REGISTER) {
      UNROLL for (int h = 0; h < REGISTER; h++) m[e + h] = *(const t_R *)(from + h * n * n + e);
      transpose_R(m + e);
    }
    for (; e <= i * n + i; e++) for (int h = 0; h < REGISTER; h++) m[e][h] = from[h * n * n + e];
  }
}
INLINE void scatterLower(long n, const t_R *restrict m, t_d *to, int isStreamed) {
  // Whole vectors of memory are what can be written past caches: what comes before them is written one by one.
  const long head = isStreamed ? (VECTOR - (unsigned long)to % VECTOR) % VECTOR / 8 : 0;
  long e = 0, i = 0, j = head;
  for (; e < head; e++) for (int h = 0; h < REGISTER; h++) to[h * n * n + e] = e % n <= e / n ? m[e][h] : 0;
  for (; j >= n; j -= n) i++;
  for (; e + REGISTER <= n * n; e += REGISTER) {
    t_R x[REGISTER];
    int isZero = 1;
    UNROLL for (int h = 0; h < REGISTER; h++) {
      x[h] = j <= i ? m[e + h] : (t_R){0};
      isZero &= j > i;
      if (++j == n) i++, j = 0;
    }
    if (!isZero) transpose_R(x);
    UNROLL for (int h = 0; h < REGISTER; h++) {
      if (isStreamed) __builtin_nontemporal_store(x[h], (t_A *)(to + h * n * n + e));
      else *(t_R *)(to + h * n * n + e) = x[h];
    }
  }
  for (; e < n * n; e++) for (int h = 0; h < REGISTER; h++) to[h * n * n + e] = e % n <= e / n ? m[e][h] : 0;
}
static __attribute__((noinline, unused)) void choleskyGroup_d(long n, const t_d *a, t_d *l, t_R *restrict m, int isStreamed) {
  t_R inverse[n], worst = {0};
  gatherLower(n, a, m);
  const t_d *next = a + REGISTER * n * n;
  for (long i = 0, rows; i < n; i += rows) {
    for (int h = 0; h < REGISTER; h++) for (long r = i; r < i + 4 && r < n; r++)
      for (long e = 0; e <= r; e += 8) __builtin_prefetch(next + (h * n + r) * n + e);
    rows = choleskyRows_R(n, i, m, inverse, &worst);
  }
  t_d check = 0;
  for (int w = 0; w < REGISTER; w++) check += worst[w];
  scatterLower(n, m, l, isStreamed);
  if (check != 0) for (int h = 0; h < REGISTER; h++) if (worst[h] != 0)
    for (long i = 0; i < n * n; i++) l[h * n * n + i] = NAN;
}
#endif
