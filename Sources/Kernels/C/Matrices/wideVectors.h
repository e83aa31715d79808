// Vectors of eight doubles, for code on one matrix.
#pragma once
#include "../scalars.h"

// Embedded from here on.
typedef t_d __attribute__((may_alias)) t_a;
typedef double t_W __attribute__((vector_size(64), aligned(64), may_alias));
typedef long t_Z __attribute__((vector_size(64), aligned(64), may_alias));
