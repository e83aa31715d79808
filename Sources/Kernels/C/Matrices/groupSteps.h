// QL steps of a group, and the order of what they give.
#pragma once
#include "groupReduction.h"

// Embedded from here on.
#if defined(__clang__)
enum { SWEEPS = 4 };
// The columns of z through sweeps of rotations, `turns` with their cosines and sines
static __attribute__((noinline, unused)) void rotateGroup(long n, long count, const long *from, const long *to, const t_G *restrict turns, t_G *restrict z) {
  for (long r = 0; r < n; r += 2) {
    t_G *restrict z0 = z + r * n, *restrict z1 = r + 1 < n ? z0 + n : z + n * n;
    for (long q = 0; q < count; q++) {
      const t_G *restrict turn = turns + q * 2 * n;
      t_G w0 = z0[to[q]], w1 = z1[to[q]];
      for (long i = to[q] - 1; i >= from[q]; i--) {
        const t_G c = turn[2 * i], s = turn[2 * i + 1], x0 = z0[i], x1 = z1[i];
        z0[i + 1] = c * w0 + s * x0;
        z1[i + 1] = c * w1 + s * x1;
        w0 = c * x0 - s * w0;
        w1 = c * x1 - s * w1;
      }
      z0[from[q]] = w0;
      z1[from[q]] = w1;
    }
  }
}
// QL steps with explicit shifts; where they do not end is returned.
// Each lane works on its own first block that is still coupled
static __attribute__((noinline, unused)) t_N stepsGroup(long n, t_G *restrict d, t_G *restrict e, t_G *restrict turns, t_G *restrict z) {
  t_N l = {0};
  t_G shift = {0}, largest = {0};
  for (long i = 0; i < n; i++) {
    const t_G size = absolute_G(d[i]) + absolute_G(e[i]);
    largest = choose_G(size > largest, size, largest);
  }
  largest *= 1.1e-16;
  long from[SWEEPS], to[SWEEPS], count = 0;
  t_N isStarted = {0};
  for (long round = 0; round < 30 * n + 30; round++) {
    isStarted = (t_N){0};
    t_N isEnded = {0}, last = splat_N(-1), first = splat_N(n);
    t_G x = {0}, y = {0}, coupling = 1 - (t_G){0};
    for (long i = __builtin_reduce_min(l); i < n; i++) {
      const t_N isSmall = i + 1 < n ? (t_N)(absolute_G(e[i]) <= largest) : ~(t_N){0};
      const t_N starts = ~isSmall & ~isStarted & (splat_N(i) >= l), ends = isSmall & isStarted & ~isEnded;
      first = (starts & i) | (~starts & first);
      last = (ends & i) | (~ends & last);
      x = choose_G(starts, d[i], x);
      if (i + 1 < n) y = choose_G(starts, d[i + 1], y);
      coupling = choose_G(starts, e[i], coupling);
      isStarted |= starts; isEnded |= ends;
      // What is before the block has converged to its eigenvalue.
      const t_N isDone = ~isStarted & (splat_N(i) >= l);
      d[i] += (t_G)((t_N)shift & isDone);
      if (__builtin_reduce_and(isEnded)) break;
    }
    l = first;
    const long high = __builtin_reduce_max(last);
    if (high < 0) break;
    const long low = __builtin_reduce_min(l);
    t_G g = (y - x) / (2 * coupling), r = __builtin_elementwise_sqrt(g * g + 1);
    const t_G divisor = g + choose_G(g < 0, -r, r), near = coupling / divisor;
    const t_G step = (t_G)((t_N)(x - near) & isStarted);
    shift += step;
    for (long i = low; i < n; i++) d[i] -= (t_G)((t_N)step & (splat_N(i) >= l));
    t_G c = 1 - (t_G){0}, s = {0}, p = {0};
    t_G *restrict turn = turns + count * 2 * n;
    for (long i = high - 1; i >= low; i--) {
      const t_N isInside = (splat_N(i) < last) & (splat_N(i) >= l);
      const t_G coupled = e[i], own = d[i], next = d[i + 1];
      p = choose_G(splat_N(i + 1) == last, next, p);
      const t_G square = p * p + coupled * coupled, r = __builtin_elementwise_sqrt(square);
      const t_G inverse = r * (1 / square), g = c * coupled, h = c * p;
      const t_G numerator = p * own - coupled * g;
      e[i + 1] = choose_G(isInside, s * r, e[i + 1]);
      const t_G sine = coupled * inverse, cosine = p * inverse;
      d[i + 1] = choose_G(isInside, h + sine * (cosine * g + sine * own), next);
      p = choose_G(isInside, numerator * inverse, p);
      s = choose_G(isInside, sine, s);
      c = choose_G(isInside, cosine, c);
      turn[2 * i] = choose_G(isInside, cosine, 1 - (t_G){0});
      turn[2 * i + 1] = (t_G)((t_N)sine & isInside);
    }
    for (long i = low; i <= __builtin_reduce_max(l & (l < n)); i++) {
      const t_N isFirst = (splat_N(i) == l) & isStarted;
      d[i] = choose_G(isFirst, c * p, d[i]);
      e[i] = choose_G(isFirst, s * p, e[i]);
    }
    from[count] = low; to[count++] = high;
    if (count == SWEEPS) { rotateGroup(n, count, from, to, turns, z); count = 0; }
  }
  rotateGroup(n, count, from, to, turns, z);
  return isStarted;
}
static __attribute__((noinline, unused)) void symmetricEigenGroup_d(long n, const t_d *a, t_d *values, t_d *vectors, t_G *restrict m) {
  t_G *z = m + n * n, *d = z + (n + 1) * n, *e = d + n, *tau = e + n, *p = tau + n, *turns = p + n, largest = {0}, check = {0};
  gatherLanes(GROUP, n * n, a, n * n, (t_d *)m);
  for (long i = 0; i < n; i++) for (long j = 0; j <= i; j++) {
    const t_G x = absolute_G(m[i * n + j]);
    check += x * 0;
    largest = choose_G(x > largest, x, largest);
  }
  // A matrix that is not finite is left out; the others are scaled by a power of two.
  t_N exponent = (t_N)largest >> 52;
  t_N isFinite = check == 0;
  exponent = (t_N)choose_G(largest == 0, (t_G)splat_N(1023), (t_G)exponent);
  exponent = (t_N)choose_G(exponent < 1, (t_G)splat_N(1), (t_G)exponent);
  exponent = (t_N)choose_G(exponent > 2045, (t_G)splat_N(2045), (t_G)exponent);
  const t_G scale = (t_G)((2046 - exponent) << 52), back = (t_G)(exponent << 52);
  for (long i = 0; i < n; i++) for (long j = 0; j <= i; j++) m[i * n + j] = (t_G)((t_N)(scale * m[i * n + j]) & isFinite);
  tridiagonalGroup(n, m, d, e, tau, p);
  reflectionsGroup(n, m, tau, z);
  isFinite &= ~stepsGroup(n, d, e, turns, z);
  long order[GROUP * n];
  t_d rows[GROUP * n];
  for (int w = 0; w < GROUP; w++) {
    const t_d *own = (const t_d *)d + w;
    long *places = order + w * n;
    for (long i = 0; i < n; i++) {
      long place = i;
      for (; place > 0 && own[places[place - 1] * GROUP] > own[i * GROUP]; place--) places[place] = places[place - 1];
      places[place] = i;
    }
    for (long k = 0; k < n; k++) values[w * n + k] = isFinite[w] ? back[w] * own[places[k] * GROUP] : NAN;
  }
  for (long j = 0; j < n; j++) {
    scatterLanes(GROUP, n, (const t_d *)(z + j * n), rows, n);
    for (int w = 0; w < GROUP; w++)
      for (long k = 0; k < n; k++) vectors[(w * n + j) * n + k] = rows[w * n + order[w * n + k]];
  }
  for (int w = 0; w < GROUP; w++) if (!isFinite[w]) for (long i = 0; i < n * n; i++) vectors[w * n * n + i] = NAN;
}
#endif
