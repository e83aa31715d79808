// What Swift cannot say of the system: an instruction, and declarations that its headers hide.
#pragma once
#include <spawn.h>

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
#endif
