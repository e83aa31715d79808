// Lanes to memory and back.
#pragma once
#include "lanes.h"
#include "transposes.h"
// For readers: what follows from doubles.
enum { WIDE_f = VECTOR / sizeof(t_f) };
typedef t_f aligned_f;
void transpose_f(const t_f *from, long row, t_f *to, long stride, int isStreamed);

// Embedded from here on.
// Blocks of as many elements of as many lanes as a vector is wide; numbers of other types go one by one
#define BLOCKS_d(l, i) BLOCKS(d, l, i)
#define BLOCKS_f(l, i) BLOCKS(f, l, i)
#define BLOCKS(x, l, i) \
  if (LANES % WIDE_##x == 0) for (; i + WIDE_##x <= inner; i += WIDE_##x) for (int l = 0; l < LANES; l += WIDE_##x)
enum { WIDE_l = 1, WIDE_b = 1 };
#define BLOCKS_l(l, i) for (int l = 0; 0;)
#define BLOCKS_b(l, i) for (int l = 0; 0;)
#define transpose_l(from, row, to, stride, isStreamed) (void)0
#define transpose_b(from, row, to, stride, isStreamed) (void)0
// Elements first + lane of a batch, lanes innermost, and back; lanes beyond the end repeat its last element.
#define MOVES(X, x, T) \
  static void gather_##X(t_##X *restrict to, const t_##x *restrict from, long outer, long inner, long size, long first) { \
    if (first + LANES <= size) { \
      for (long o = 0; o < outer; o++) { \
        const t_##x *rows = from + (o * size + first) * inner; \
        long i = 0; \
        BLOCKS_##x(l, i) { \
          for (int k = 0; k < WIDE_##x; k++) __builtin_prefetch(rows + (l + LANES + k) * inner + i, 0, 2); \
          transpose_##x(rows + l * inner + i, inner, (t_##x *)(to + o * inner + i) + l, LANES, 0); \
        } \
        for (; i < inner; i++) { \
          t_##X v; \
          for (int l = 0; l < LANES; l++) v[l] = T rows[l * inner + i]; \
          to[o * inner + i] = v; \
        } \
      } \
      return; \
    } \
    for (long o = 0; o < outer; o++) for (long i = 0; i < inner; i++) for (int l = 0; l < LANES; l++) { \
      const long b = first + l < size ? first + l : size - 1; \
      to[o * inner + i][l] = T from[(o * size + b) * inner + i]; \
    } \
  } \
  static void scatter_##X(t_##x *restrict to, const t_##X *restrict from, long outer, long inner, long size, long first) { \
    const int count = first + LANES <= size ? LANES : (int)(size - first); \
    if (count == LANES) { \
      for (long o = 0; o < outer; o++) { \
        t_##x *rows = to + (o * size + first) * inner; \
        const int isStreamed = STREAMED(size * inner * outer, inner, rows, WIDE_##x); \
        long i = 0; \
        BLOCKS_##x(l, i) \
          transpose_##x((const t_##x *)(from + o * inner + i) + l, LANES, rows + l * inner + i, inner, isStreamed); \
        if (isStreamed) __atomic_thread_fence(__ATOMIC_SEQ_CST); \
        for (; i < inner; i++) { \
          const t_##X v = from[o * inner + i]; \
          for (int l = 0; l < LANES; l++) rows[l * inner + i] = T v[l]; \
        } \
      } \
      return; \
    } \
    for (long o = 0; o < outer; o++) for (long i = 0; i < inner; i++) for (int l = 0; l < count; l++) \
      to[(o * size + first + l) * inner + i] = T from[o * inner + i][l]; \
  }
MOVES(D, d, ) MOVES(F, f, ) MOVES(L, l, ) MOVES(B, b, -)
// Elements at indices that differ between lanes.
#define CHOICES(X, x, T) \
  INLINE t_##X gatherLanes_##X(const t_##X *from, long stride, t_L index, long length, int *failure) { \
    t_##X r; \
    for (int l = 0; l < LANES; l++) r[l] = from[apus_index(index[l], length, failure) * stride][l]; \
    return r; \
  } \
  INLINE t_##X gatherLanes_##X##x(const t_##x *from, long stride, t_L index, long length, int *failure) { \
    t_##X r; \
    for (int l = 0; l < LANES; l++) r[l] = T from[apus_index(index[l], length, failure) * stride]; \
    return r; \
  } \
  INLINE void scatterLanes_##X(t_##X *to, long stride, t_L index, long length, t_##X update, int *failure) { \
    for (int l = 0; l < LANES; l++) { \
      t_##X *place = to + apus_index(index[l], length, failure) * stride; \
      (*place)[l] = T sumStep_##x(T (*place)[l], T update[l]); \
    } \
  }
CHOICES(D, d, ) CHOICES(F, f, ) CHOICES(L, l, ) CHOICES(B, b, -)
#define ADDLANES(X, x) \
  INLINE t_##x sumLanes_##X(t_##X v) { t_##x s = 0; REASSOCIATE_BLOCK(for (int l = 0; l < LANES; l++) s += v[l];) return s; } \
  INLINE void addLanes_##X(t_##x *restrict to, const t_##X *restrict from, long count) { for (long i = 0; i < count; i++) to[i] += sumLanes_##X(from[i]); }
#if defined(__clang__)
#define REASSOCIATE_BLOCK(S) { REASSOCIATE S }
#else
#define REASSOCIATE_BLOCK(S) { S }
#endif
ADDLANES(D, d) ADDLANES(F, f) ADDLANES(L, l)
