// Matrices of a batch side by side: as many as a register, or two, have lanes.
#pragma once
#include "../scalars.h"
#include "../vectorWidth.h"

// Embedded from here on.
#if defined(__clang__)
// A group of matrices, one a lane: vectors of one register, and of two where operations wait for each other.
typedef t_d t_R __attribute__((vector_size(VECTOR), aligned(8), may_alias));
typedef t_d t_A __attribute__((vector_size(VECTOR), aligned(VECTOR), may_alias));
typedef t_d t_G __attribute__((vector_size(2 * VECTOR), aligned(VECTOR), may_alias));
typedef t_l t_N __attribute__((vector_size(2 * VECTOR), aligned(VECTOR), may_alias));
typedef t_l t_S __attribute__((vector_size(VECTOR), aligned(8), may_alias));
enum { REGISTER = VECTOR / 8, GROUP = 2 * REGISTER };
#if VECTOR == 64
#define LOW1(a, b) __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define HIGH1(a, b) __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15)
#define LOW2(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH2(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW4(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH4(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#elif VECTOR == 32
#define LOW1(a, b) __builtin_shufflevector(a, b, 0, 4, 2, 6)
#define HIGH1(a, b) __builtin_shufflevector(a, b, 1, 5, 3, 7)
#define LOW2(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define HIGH2(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)
#define LOW4(a, b) (a)
#define HIGH4(a, b) (b)
#else
#define LOW1(a, b) __builtin_shufflevector(a, b, 0, 2)
#define HIGH1(a, b) __builtin_shufflevector(a, b, 1, 3)
#define LOW2(a, b) (a)
#define HIGH2(a, b) (b)
#define LOW4(a, b) (a)
#define HIGH4(a, b) (b)
#endif
#define EXCHANGE(d, LOW, HIGH) if (REGISTER > d) UNROLL for (int i = 0; i < REGISTER; i++) if (!(i & d)) { \
  const t_R a = x[i], b = x[i + d]; x[i] = LOW(a, b); x[i + d] = HIGH(a, b); }
// Rows become columns.
INLINE void transpose_R(t_R x[REGISTER]) { EXCHANGE(1, LOW1, HIGH1) EXCHANGE(2, LOW2, HIGH2) EXCHANGE(4, LOW4, HIGH4) }
// count elements of as many arrays as there are lanes, `size` apart, to vectors; and back
INLINE void gatherLanes(int lanes, long count, const t_d *from, long size, t_d *restrict to) {
  long e = 0;
  for (; e + REGISTER <= count; e += REGISTER) for (int h = 0; h < lanes; h += REGISTER) {
    t_R x[REGISTER];
    UNROLL for (int i = 0; i < REGISTER; i++) x[i] = *(const t_R *)(from + (h + i) * size + e);
    transpose_R(x);
    UNROLL for (int i = 0; i < REGISTER; i++) *(t_R *)(to + (e + i) * lanes + h) = x[i];
  }
  for (; e < count; e++) for (int h = 0; h < lanes; h++) to[e * lanes + h] = from[h * size + e];
}
INLINE void scatterLanes(int lanes, long count, const t_d *restrict from, t_d *to, long size) {
  long e = 0;
  for (; e + REGISTER <= count; e += REGISTER) for (int h = 0; h < lanes; h += REGISTER) {
    t_R x[REGISTER];
    UNROLL for (int i = 0; i < REGISTER; i++) x[i] = *(const t_R *)(from + (e + i) * lanes + h);
    transpose_R(x);
    UNROLL for (int i = 0; i < REGISTER; i++) *(t_R *)(to + (h + i) * size + e) = x[i];
  }
  for (; e < count; e++) for (int h = 0; h < lanes; h++) to[h * size + e] = from[e * lanes + h];
}
#endif
