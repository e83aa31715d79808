#pragma once
// BLAS and LAPACK as OpenBLAS and LAPACKE declare them.
#include <cblas.h>
#include <lapacke.h>
