// Whole groups side by side, the rest one after the other.
#pragma once
#include "symmetricEigen.h"
#include "groupSteps.h"

// Embedded from here on.
static __attribute__((unused)) void symmetricEigens_d(long count, long n, const t_d *a, t_d *values, t_d *vectors, char *scratch) {
  long b = 0;
#if defined(__clang__)
  for (; b + GROUP <= count; b += GROUP)
    symmetricEigenGroup_d(n, a + b * n * n, values + b * n, vectors + b * n * n, (t_G *)scratch);
#endif
  for (; b < count; b++) symmetricEigen_d(n, a + b * n * n, values + b * n, vectors + b * n * n);
}
