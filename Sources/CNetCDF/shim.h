#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <netcdf.h>
#include <netcdf_mem.h>
#include <stddef.h>
#include <stdint.h>

/// Keeps HDF5, on which NetCDF-4 rests, from printing its own traces on the calling thread.
///
/// NetCDF does this only for the thread that called it first, and then looks for attributes that need not be there.
static inline void netcdf_silence_traces(void) {
    int (*set)(int64_t, void *, void *) = (int (*)(int64_t, void *, void *))dlsym(RTLD_DEFAULT, "H5Eset_auto2");
    if (set) set(0, NULL, NULL);
}
