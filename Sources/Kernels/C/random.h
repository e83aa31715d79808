// Two numbers from each counter; normal ones by the transform of Box and Muller, blocks of uniform ones at a time.
// Written for one key, from which a key in each lane follows.
#pragma once
#include "elementary.h"
#include "trigonometry.h"
#include "randomRounds.h"

// Embedded from here on.
INLINE void threefry_l(t_l key, t_l other, t_u a, t_u b, t_u *first, t_u *second) {
  const t_u p = (t_u)key, q = (t_u)other, r = 0x1BD11BDAA9FC1A22ul ^ p ^ q;
  a = a + p; b = b + q;
  FOURA INJECT(q, r, 1) FOURB INJECT(r, p, 2) FOURA INJECT(p, q, 3) FOURB INJECT(q, r, 4) FOURA INJECT(r, p, 5)
  *first = a; *second = b;
}
INLINE t_d unit_l(t_u word) { return (WHOLE_l(word >> 12) + 0.5) * 0x1p-52; }
static __attribute__((noinline, unused)) void uniform_l(t_l key, t_l other, long start, long n, t_d *restrict to) {
  for (long i = 0; i < n / 2; i++) {
    t_u a, b;
    threefry_l(key, other, (t_u){0} + (unsigned long)(start + i), (t_u){0}, &a, &b);
    to[2 * i] = unit_l(a); to[2 * i + 1] = unit_l(b);
  }
  if (n % 2 == 1) {
    t_u a, b;
    threefry_l(key, other, (t_u){0} + (unsigned long)(start + n / 2), (t_u){0}, &a, &b);
    to[n - 1] = unit_l(a);
  }
}
static __attribute__((noinline, unused)) void normal_l(t_l key, t_l other, long n, t_d *restrict to) {
  t_d block[64], cosine[32], sine[32];
  for (long s = 0; s < n; s += 64) {
    const long count = n - s < 64 ? n - s : 64, pairs = (count + 1) / 2;
    uniform_l(key, other, s / 2, 2 * pairs, block);
    for (long i = 0; i < pairs; i++) {
      const t_d radius = sqrt_d(-2.0 * log_d(block[2 * i])), angle = 0x1.921fb54442d18p+2 * block[2 * i + 1];
      cosine[i] = radius * cosNear_d(angle);
      sine[i] = radius * sinNear_d(angle);
    }
    for (long i = 0; i < count; i++) to[s + i] = i % 2 == 0 ? cosine[i / 2] : sine[i / 2];
  }
}
INLINE void split_l(t_l key, t_l other, long n, t_l *restrict to) {
  for (long i = 0; i < n; i++) {
    t_u a, b;
    threefry_l(key, other, (t_u){0} + (unsigned long)i, (t_u){0} + 1ul, &a, &b);
    to[2 * i] = (t_l)a; to[2 * i + 1] = (t_l)b;
  }
}
INLINE void fold_l(t_l key, t_l other, t_l data, t_l *restrict to) {
  t_u a, b;
  threefry_l(key, other, (t_u)data, (t_u){0} + 2ul, &a, &b);
  to[0] = (t_l)a; to[1] = (t_l)b;
}
