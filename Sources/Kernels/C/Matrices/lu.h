// The factors, packed.
#pragma once
#include "luInPlace.h"

// Embedded from here on.
static __attribute__((unused)) void lu_d(long n, const t_d *a, t_d *factors, t_l *order) {
  memcpy(factors, a, n * n * sizeof(t_d));
  luInPlace_d(n, factors, order);
}
