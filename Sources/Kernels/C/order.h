// The largest element of a line and the order of a line, each line `step` elements apart; NaN is the largest, and
// equal elements keep their order.
#pragma once
#include "scalars.h"

// Embedded from here on.
#define LARGEST(X, C, L, INDEX, GREATER) \
  static __attribute__((unused)) void argmax_##X(long n, long step, const t_##X *restrict x, t_##L *restrict index) { \
    t_##X best = x[0]; \
    t_##L place = INDEX(0); \
    for (long i = 1; i < n; i++) { \
      const t_##X a = x[i * step]; \
      const t_##C c = compare_##X(a GREATER best) | (compare_##X(a != a) & compare_##X(best == best)); \
      best = select_##X(c, a, best); \
      place = select_##L(c, INDEX(i), place); \
    } \
    *index = place; \
  }
#define NUMBER_l(i) (i)
LARGEST(d, b, l, NUMBER_l, >) LARGEST(f, b, l, NUMBER_l, >) LARGEST(l, b, l, NUMBER_l, >) LARGEST(b, b, l, NUMBER_l, >)
typedef t_d u_d __attribute__((may_alias)); typedef t_f u_f __attribute__((may_alias));
typedef t_l u_l __attribute__((may_alias)); typedef t_b u_b __attribute__((may_alias)); typedef t_l u_n __attribute__((may_alias));
// Merges sorted runs of twice the length, again and again, between the two halves of w.
#define SORTORDER(T, BEFORE) \
  INLINE int before_##T(t_l i, t_l j, const u_##T *line, long step) { \
    const u_##T first = line[i * step], second = line[j * step]; \
    return (first BEFORE second) || (first == first && second != second); \
  } \
  static __attribute__((unused)) void argsort_##T(long n, long step, const u_##T *line, u_l *order, t_l *w) { \
    t_l *from = w, *to = w + n; \
    for (long s = 0; s < n; s += 8) for (long i = s; i < s + 8 && i < n; i++) { \
      long j = i; \
      for (; j > s && before_##T(i, from[j - 1], line, step); j--) from[j] = from[j - 1]; \
      from[j] = i; \
    } \
    for (long run = 8; run < n; run *= 2) { \
      for (long s = 0; s < n; s += 2 * run) { \
        const long middle = s + run < n ? s + run : n, end = middle + run < n ? middle + run : n; \
        long i = s, j = middle; \
        for (long k = s; k < end; k++) { \
          const int isSecond = i == middle || (j < end && before_##T(from[j], from[i], line, step)); \
          to[k] = isSecond ? from[j++] : from[i++]; \
        } \
      } \
      t_l *const other = from; from = to; to = other; \
    } \
    for (long i = 0; i < n; i++) order[i * step] = from[i]; \
  }
SORTORDER(d, <) SORTORDER(f, <) SORTORDER(l, <) SORTORDER(b, <)
