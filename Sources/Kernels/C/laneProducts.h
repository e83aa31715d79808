// Products of matrices whose elements are lanes, found through tables of offsets. Lanes are taken a vector of the
// processor at a time, so that a tile of sums stays in registers. Sums over the lanes are taken in pieces of so many
// steps that the pieces of both sides stay in the nearest cache.
#pragma once
#include "lanes.h"
#include "lanesMemory.h"

// Embedded from here on.
enum { WIDTH_D = LANES * 8 < VECTOR ? LANES * 8 : VECTOR, WIDTH_F = LANES * 4 < VECTOR ? LANES * 4 : VECTOR };
enum { PIECES_D = LANES * 8 / WIDTH_D, PIECES_F = LANES * 4 / WIDTH_F, PIECES_d = 1, PIECES_f = 1 };
typedef t_d w_D __attribute__((vector_size(WIDTH_D), may_alias));
typedef t_f w_F __attribute__((vector_size(WIDTH_F), may_alias));
typedef t_d w_d;
typedef t_f w_f;
// c (+)= a b, the elements at a[ar[i] + ac[l]] and b[br[l] + bc[j]]
#define LANETILE(C, V, A, B, R, S, FINISH) \
  INLINE void laneTile_##C##_##A##_##B##_##R##_##S(long m, long k, const t_##A *restrict a, const int *restrict ar, const int *restrict ac, const t_##B *restrict b, const int *restrict br, const int *restrict bc, t_##C *restrict c, int add) { \
    w_##V s[R][S]; \
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int q = 0; q < S; q++) s[r][q] = (w_##V){0}; \
    for (int piece = 0; piece < OUTER_##FINISH(V); piece++) { \
      const w_##A *x[R]; const w_##B *y[S]; \
      UNROLL for (int r = 0; r < R; r++) x[r] = (const w_##A *)(a + ar[r]) + (PIECES_##A > 1 ? piece : 0); \
      UNROLL for (int q = 0; q < S; q++) y[q] = (const w_##B *)(b + bc[q]) + (PIECES_##B > 1 ? piece : 0); \
      for (long l = 0; l < k; l++) { \
        const long p = (long)ac[l] * PIECES_##A, o = (long)br[l] * PIECES_##B; \
        UNROLL for (int i = 0; i < INNER_##FINISH(V); i++) { \
          if (R < S) { \
            w_##A value[R]; \
            UNROLL for (int r = 0; r < R; r++) value[r] = x[r][p + (PIECES_##A > 1 ? i : 0)]; \
            UNROLL for (int q = 0; q < S; q++) { \
              const w_##B other = y[q][o + (PIECES_##B > 1 ? i : 0)]; \
              UNROLL for (int r = 0; r < R; r++) s[r][q] += value[r] * other; \
            } \
          } else { \
            w_##B value[S]; \
            UNROLL for (int q = 0; q < S; q++) value[q] = y[q][o + (PIECES_##B > 1 ? i : 0)]; \
            UNROLL for (int r = 0; r < R; r++) { \
              const w_##A other = x[r][p + (PIECES_##A > 1 ? i : 0)]; \
              UNROLL for (int q = 0; q < S; q++) s[r][q] += other * value[q]; \
            } \
          } \
        } \
      } \
      FINISH(R, S, V, C) \
    } \
  }
#define LANEROWS(C, V, A, B, R, S, FINISH, LAST) \
  LANETILE(C, V, A, B, R, S, FINISH) LANETILE(C, V, A, B, R, 1, LAST) \
  INLINE void laneRows_##C##_##A##_##B##_##R(long m, long k, const t_##A *restrict a, const int *restrict ar, const int *restrict ac, const t_##B *restrict b, const int *restrict br, const int *restrict bc, t_##C *restrict c, int add) { \
    long j = 0; \
    for (; j + S <= m; j += S) laneTile_##C##_##A##_##B##_##R##_##S(m, k, a, ar, ac, b, br, bc + j, c + j, add); \
    for (; j < m; j++) laneTile_##C##_##A##_##B##_##R##_1(m, k, a, ar, ac, b, br, bc + j, c + j, add); \
  }
#define LANEPRODUCT(C, V, A, B, R, S, FINISH, LAST, DEEPEST) \
  LANEROWS(C, V, A, B, R, S, FINISH, LAST) LANEROWS(C, V, A, B, 1, 8, LAST, LAST) \
  static __attribute__((noinline, unused)) void laneProduct_##C##_##A##_##B(long n, long m, long k, const t_##A *restrict a, const int *restrict ar, const int *restrict ac, const t_##B *restrict b, const int *restrict br, const int *restrict bc, t_##C *restrict c, int add) { \
    const long parts = k > DEEPEST ? (k + DEEPEST - 1) / DEEPEST : 1; \
    for (long part = 0; part < parts; part++) { \
      const long from = k * part / parts, depth = k * (part + 1) / parts - from; \
      long i = 0; \
      for (; i + R <= n; i += R) laneRows_##C##_##A##_##B##_##R(m, depth, a, ar + i, ac + from, b, br + from, bc, c + i * m, add); \
      for (; i < n; i++) laneRows_##C##_##A##_##B##_1(m, depth, a, ar + i, ac + from, b, br + from, bc, c + i * m, add); \
    } \
  }
// Where results keep their lanes, pieces are computed one after the other; where lanes are added up, together.
#define OUTER_KEEP(V) PIECES_##V
#define INNER_KEEP(V) 1
#define OUTER_SUM(V) 1
#define INNER_SUM(V) PIECES_##V
#define OUTER_SUMALL(V) 1
#define INNER_SUMALL(V) PIECES_##V
#define KEEP(R, S, V, C) \
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int q = 0; q < S; q++) { \
    w_##V *to = (w_##V *)(c + r * m + q) + piece; \
    *to = add ? *to + s[r][q] : s[r][q]; \
    s[r][q] = (w_##V){0}; \
  }
#define SUM(R, S, V, C) \
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int q = 0; q < S; q++) { \
    t_##C sum = 0; \
    REASSOCIATE_BLOCK(UNROLL for (int l = 0; l < LANES / PIECES_##V; l++) sum += s[r][q][l];) \
    c[r * m + q] += sum; \
  }
#if VECTOR == 64 && LANES == 16 && __has_builtin(__builtin_shufflevector)
// Sixteen sums over sixteen lanes as one vector of sums: each step adds halves of what is left of two.
#define ADD(a, b, ...) (__builtin_shufflevector(a, b, __VA_ARGS__))
#define STEP8(a, b) (ADD(a, b, 0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23) + ADD(a, b, 8,9,10,11,12,13,14,15,24,25,26,27,28,29,30,31))
#define STEP4(a, b) (ADD(a, b, 0,1,2,3,8,9,10,11,16,17,18,19,24,25,26,27) + ADD(a, b, 4,5,6,7,12,13,14,15,20,21,22,23,28,29,30,31))
#define STEP2(a, b) (ADD(a, b, 0,1,4,5,8,9,12,13,16,17,20,21,24,25,28,29) + ADD(a, b, 2,3,6,7,10,11,14,15,18,19,22,23,26,27,30,31))
#define STEP1(a, b) (ADD(a, b, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30) + ADD(a, b, 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31))
#define SUMALL(R, S, V, C) \
  w_##V h[8], g[4], f[2]; \
  UNROLL for (int i = 0; i < 8; i++) h[i] = STEP8(s[i / 2][i % 2 * 2], s[i / 2][i % 2 * 2 + 1]); \
  UNROLL for (int i = 0; i < 4; i++) g[i] = STEP4(h[2 * i], h[2 * i + 1]); \
  UNROLL for (int i = 0; i < 2; i++) f[i] = STEP2(g[2 * i], g[2 * i + 1]); \
  const w_##V e = STEP1(f[0], f[1]); \
  UNROLL for (int r = 0; r < 4; r++) UNROLL for (int q = 0; q < 4; q++) c[r * m + q] += e[4 * r + q];
#else
#define SUMALL(R, S, V, C) SUM(R, S, V, C)
#endif
#define WHOLE_DEPTH 0x7fffffffffffffffl
#define LANEPRODUCTS(V, v, R, S, ALL) \
  LANEPRODUCT(V, V, V, V, R, S, KEEP, KEEP, WHOLE_DEPTH) LANEPRODUCT(V, V, V, v, R, S, KEEP, KEEP, WHOLE_DEPTH) LANEPRODUCT(V, V, v, V, S, R, KEEP, KEEP, WHOLE_DEPTH) \
  LANEPRODUCT(v, V, V, V, R, S, ALL, SUM, LANEDEPTH) LANEPRODUCT(v, V, V, v, R, S, ALL, SUM, LANEDEPTH) LANEPRODUCT(v, V, v, V, S, R, ALL, SUM, LANEDEPTH)
#if VECTOR == 64
#define LANEDEPTH 128
LANEPRODUCTS(D, d, 4, 4, SUM)
LANEPRODUCTS(F, f, 4, 4, SUMALL)
#else
#define LANEDEPTH 32
LANEPRODUCTS(D, d, 3, 4, SUM)
LANEPRODUCTS(F, f, 3, 4, SUM)
#endif
