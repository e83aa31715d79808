// Whole groups side by side, shared among threads where they are many; the rest one after the other.
#ifndef GROUP_PARTS
#define GROUP_PARTS 8
#endif
#pragma once
#include "cholesky.h"
#include "choleskyGroup.h"

// Embedded from here on.
#if defined(__clang__)
struct choleskies { long groups, parts; const t_d *a; t_d *l; char *scratch; int isStreamed; };
INLINE void choleskiesPart(long n, const struct choleskies *p, long part) {
  const long size = REGISTER * n * n, end = p->groups * (part + 1) / p->parts;
  t_R *m = (t_R *)(p->scratch + part * 64 * n * n);
  for (long g = p->groups * part / p->parts; g < end; g++)
    choleskyGroup_d(n, p->a + g * size, p->l + g * size, m, p->isStreamed);
  // Writes past the caches are not ordered before others without a fence.
  if (p->isStreamed) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
#else
#define choleskiesPart(n, p, part)
#endif
INLINE void choleskies_d(const struct apus_runtime *runtime, void (*body)(void *context, long part), long count, long n, const t_d *a, t_d *l, char *scratch) {
  long b = 0;
#if defined(__clang__)
  const int isStreamed = count * n * n > 1 << 19 && n * n % REGISTER == 0 && (unsigned long)l % 8 == 0;
  struct choleskies all = {count / REGISTER, count * n * n > 1 << 14 ? GROUP_PARTS : 1, a, l, scratch, isStreamed};
  if (all.parts > 1) runtime->parallel(all.parts, body, &all);
  else body(&all, 0);
  b = all.groups * REGISTER;
#endif
  for (; b < count; b++) cholesky_d(n, a + b * n * n, l + b * n * n);
}
