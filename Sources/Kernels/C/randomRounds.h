// Threefry-2x64 with 20 rounds: the bits are those of `Tensors`. Reference: Salmon, Moraes, Dror & Shaw, Parallel
// random numbers: as easy as 1, 2, 3 (SC 2011).
#pragma once
#include "scalars.h"

// Embedded from here on.
#define WHOLE_l(x) ((t_d)(t_l)(x))
#define MIX(R) a = a + b; b = ((b << R) | (b >> (64 - R))) ^ a;
#define INJECT(x, y, round) a = a + x; b = b + y + round##ul;
#define FOURA MIX(16) MIX(42) MIX(12) MIX(31)
#define FOURB MIX(16) MIX(32) MIX(24) MIX(21)
