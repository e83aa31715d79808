// What Swift cannot say of the system: an instruction, and what headers hide from it.
#pragma once
#include <dlfcn.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sched.h>
#include <spawn.h>
#include <unistd.h>

// Tells the processor that this thread waits in a loop, so that its other half and the memory are left alone.
static inline void apus_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

#ifdef __linux__
// In glibc since 2.29 and 2.34.
extern int posix_spawn_file_actions_addfchdir_np(posix_spawn_file_actions_t *actions, int folder);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int sched_getaffinity(pid_t process, size_t bytes, cpu_set_t *cores);
#ifndef __USE_GNU
typedef struct { const char *dli_fname; void *dli_fbase; const char *dli_sname; void *dli_saddr; } Dl_info;
extern int dladdr(const void *address, Dl_info *info);
#endif
#endif

// The file of the library that a function of this process comes from; null where the system does not say.
static inline const char *apus_library(const char *function) {
    Dl_info info;
    void *address = dlsym(dlopen((const char *)0, RTLD_NOW), function);
    return address && dladdr(address, &info) ? info.dli_fname : (const char *)0;
}

// The cores that this process is bound to.
static inline long apus_cores(void) {
#ifdef __linux__
    unsigned long bits[128] = {0};
    if (sched_getaffinity(0, sizeof bits, (cpu_set_t *)bits) == 0) {
        long count = 0;
        for (int i = 0; i < 128; i++) count += __builtin_popcountl(bits[i]);
        return count;
    }
#endif
    return sysconf(_SC_NPROCESSORS_ONLN);
}

// Lets the allocator take memory of up to so many bytes from what it holds, and hold so many that nothing uses; 0 if it does not.
static inline int apus_keep_memory(int largest, int unused) {
#ifdef __GLIBC__
    return mallopt(M_MMAP_THRESHOLD, largest) && mallopt(M_TRIM_THRESHOLD, unused);
#else
    return 0;
#endif
}

// A hash of 64 bits of bytes, eight at a time in four lanes: fast without optimisation too. It tells contents apart; it is no guard
// against malice.
static inline unsigned long long apus_hash(const void *bytes, size_t count) {
    const unsigned long long factor = 0x9e3779b97f4a7c15ull;
    unsigned long long lanes[4] = {1, 2, 3, 4}, words[4];
    const unsigned char *next = (const unsigned char *)bytes;
    size_t left = count;
    for (; left >= 32; next += 32, left -= 32) {
        __builtin_memcpy(words, next, 32);
        for (int i = 0; i < 4; i++) {
            lanes[i] = (lanes[i] ^ words[i]) * factor;
            lanes[i] ^= lanes[i] >> 29;
        }
    }
    unsigned long long hash = count;
    for (int i = 0; i < 4; i++) {
        hash = (hash ^ lanes[i]) * factor;
        hash ^= hash >> 32;
    }
    for (; left > 0; next++, left--) hash = (hash ^ *next) * factor;
    return hash ^ hash >> 32;
}
