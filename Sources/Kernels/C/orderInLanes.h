// The functions of `order.h` for lanes, which are sorted one after the other, as lines whose elements are further
// apart. Truth is −1 in lanes.
#pragma once
#include "lanes.h"
#include "order.h"

// Embedded from here on.
LARGEST(D, B, L, splat_L, >) LARGEST(F, B, L, splat_L, >) LARGEST(L, B, L, splat_L, >) LARGEST(B, B, L, splat_L, <)
SORTORDER(n, >)
#define LANEORDER(X, T) \
  INLINE void argsort_##X(long count, long step, const t_##X *restrict line, t_L *restrict order, t_l *restrict w) { \
    for (int i = 0; i < LANES; i++) \
      argsort_##T(count, step * LANES, (const u_##T *)line + i, (u_l *)order + i, w); \
  }
LANEORDER(D, d) LANEORDER(F, f) LANEORDER(L, l) LANEORDER(B, n)
