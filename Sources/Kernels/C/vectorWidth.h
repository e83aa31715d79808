// The width of a vector of the processor, and writes past its caches.
#pragma once

// Embedded from here on.
#if defined(__AVX512F__) && !defined(NARROW_VECTORS)
#define VECTOR 64
#elif defined(__AVX__)
#define VECTOR 32
#else
#define VECTOR 16
#endif
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
#define DEPTH 384
// More than caches hold is written past them, where whole vectors are;
// such writes are not ordered before others without a fence.
#if defined(__clang__)
#define STREAMED(count, row, to, wide) ((count) > 1 << 19 && (row) % (wide) == 0 && (unsigned long)(to) % VECTOR == 0)
#define STREAM(value, to, type) __builtin_nontemporal_store(value, (type *)(to))
#else
#define STREAMED(count, row, to, wide) 0
#define STREAM(value, to, type) *(type *)(to) = value
#endif
