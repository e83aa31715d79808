// Vectors of eight numbers that lie anywhere, and the vector that begins `o` places after one on a circle of `n`.
#pragma once
#include "scalars.h"

// Embedded from here on.
typedef double w_d __attribute__((vector_size(64), aligned(8), may_alias));
typedef float w_f __attribute__((vector_size(32), aligned(4), may_alias));
#define WIDE_d(p, i) (*(const w_d *)((p) + (i)))
#define WIDE_f(p, i) (*(const w_f *)((p) + (i)))
#define TURN(a, b, o) __builtin_shufflevector(a, b, (o) % 8, (o) % 8 + 1, (o) % 8 + 2, (o) % 8 + 3, (o) % 8 + 4, (o) % 8 + 5, (o) % 8 + 6, (o) % 8 + 7)
#define TURNED_d(p, i, n, o) TURN(WIDE_d(p, ((i) + (o) / 8 * 8) % (n)), WIDE_d(p, ((i) + (o) / 8 * 8 + 8) % (n)), o)
#define TURNED_f(p, i, n, o) TURN(WIDE_f(p, ((i) + (o) / 8 * 8) % (n)), WIDE_f(p, ((i) + (o) / 8 * 8 + 8) % (n)), o)
