// Two vectors interleaved: the first half of what comes of it, and the second.
#pragma once
#include "vectorWidth.h"

// Embedded from here on.
#if VECTOR == 64
#define LOW_d(a, b) __builtin_shufflevector(a, b, 0,8,1,9,2,10,3,11)
#define HIGH_d(a, b) __builtin_shufflevector(a, b, 4,12,5,13,6,14,7,15)
#elif VECTOR == 32
#define LOW_d(a, b) __builtin_shufflevector(a, b, 0,4,1,5)
#define HIGH_d(a, b) __builtin_shufflevector(a, b, 2,6,3,7)
#elif VECTOR == 16
#define LOW_d(a, b) __builtin_shufflevector(a, b, 0,2)
#define HIGH_d(a, b) __builtin_shufflevector(a, b, 1,3)
#endif
#if VECTOR == 64
#define LOW_f(a, b) __builtin_shufflevector(a, b, 0,16,1,17,2,18,3,19,4,20,5,21,6,22,7,23)
#define HIGH_f(a, b) __builtin_shufflevector(a, b, 8,24,9,25,10,26,11,27,12,28,13,29,14,30,15,31)
#elif VECTOR == 32
#define LOW_f(a, b) __builtin_shufflevector(a, b, 0,8,1,9,2,10,3,11)
#define HIGH_f(a, b) __builtin_shufflevector(a, b, 4,12,5,13,6,14,7,15)
#elif VECTOR == 16
#define LOW_f(a, b) __builtin_shufflevector(a, b, 0,4,1,5)
#define HIGH_f(a, b) __builtin_shufflevector(a, b, 2,6,3,7)
#endif
