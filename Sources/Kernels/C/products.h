// Products of matrices: packed panels, work shared among threads, small products by sums. Written for doubles, from
// which floats follow; `multiply` is generated, with tiles of so many rows as the processor and the program ask for.
#pragma once
#include "scalars.h"
#include "transposes.h"
// For readers: what is generated.
enum { PANEL_d = 2 * WIDE_d };
void multiply_d(long n, long m, long k, const t_d *a, long row, long column, const t_d *b, long down, long across, t_d *c, int add);

// Embedded from here on.
static __attribute__((noinline, unused)) void pack_d(long m, long k, const t_d *restrict b, long row, long column, t_d *restrict packed) {
  for (long j = 0; j < m; j += PANEL_d) {
    const long columns = m - j < PANEL_d ? m - j : PANEL_d;
    t_d *to = packed + j * k;
    if (columns < PANEL_d) memset(to, 0, k * PANEL_d * sizeof(t_d));
    if (columns == PANEL_d && column == 1)
      for (long l = 0; l < k; l++) for (int q = 0; q < PANEL_d; q++) to[l * PANEL_d + q] = b[l * row + j + q];
    else {
      long l = 0;
      if (columns == PANEL_d && row == 1) for (; l + WIDE_d <= k; l += WIDE_d) {
        transpose_d(b + j * column + l, column, to + l * PANEL_d, PANEL_d, 0);
        transpose_d(b + (j + WIDE_d) * column + l, column, to + l * PANEL_d + WIDE_d, PANEL_d, 0);
      }
      for (; l < k; l++) for (long q = 0; q < columns; q++) to[l * PANEL_d + q] = b[l * row + (j + q) * column];
    }
  }
}
// A large product shared out among threads: first panels of the right side to pack,
// then blocks of rows of the result, each with what follows from it while it is in the nearest cache
struct product_d {
  long n, m, k; const t_d *a; long row, column; const t_d *b; long down, across; t_d *packed, *c; int add;
  void (*then)(void *context, long row, long end); void *context;
};
enum { BLOCK_d = 12 };
static __attribute__((unused)) void packPanel_d(void *context, long panel) {
  const struct product_d *p = context;
  const long j = panel * PANEL_d;
  pack_d(p->m - j < PANEL_d ? p->m - j : PANEL_d, p->k, p->b + j * p->across, p->down, p->across, p->packed + j * p->k);
}
static __attribute__((unused)) void multiplyBlock_d(void *context, long block) {
  const struct product_d *p = context;
  const long i = block * BLOCK_d, rows = p->n - i < BLOCK_d ? p->n - i : BLOCK_d;
  multiply_d(rows, p->m, p->k, p->a + i * p->row, p->row, p->column, p->packed, PANEL_d, p->k, p->c + i * p->m, p->add);
  if (p->then) p->then(p->context, i, i + rows);
}
static __attribute__((unused)) void sharedProduct_d_d_d(const struct apus_runtime *runtime, long n, long m, long k, const t_d *a, const t_d *b, t_d *c, int ta, int tb, int add, char *packed, void (*then)(void *, long, long), void *context) {
  struct product_d p = {n, m, k, a, ta ? 1 : k, ta ? n : 1, b, tb ? 1 : m, tb ? k : 1, (t_d *)packed, c, add, then, context};
  // A few microseconds of packing take less time than threads need to meet.
  const long panels = (m + PANEL_d - 1) / PANEL_d;
  if (m * k > 1 << 16) runtime->parallel(panels, packPanel_d, &p);
  else for (long panel = 0; panel < panels; panel++) packPanel_d(&p, panel);
  runtime->parallel((n + BLOCK_d - 1) / BLOCK_d, multiplyBlock_d, &p);
}
// c (+)= a b, or of their transposes
INLINE void product_d_d_d(long n, long m, long k, const t_d *restrict a, const t_d *restrict b, t_d *restrict c, int ta, int tb, int add, char *packed) {
  if (n * m * k <= 4096 || m == 1) {
    for (long i = 0; i < n; i++) {
      if (!tb && m > 1) {
        if (!add) for (long j = 0; j < m; j++) c[i * m + j] = 0;
        for (long l = 0; l < k; l++) {
          const t_d s = ta ? a[l * n + i] : a[i * k + l];
          INDEPENDENT for (long j = 0; j < m; j++) c[i * m + j] += s * b[l * m + j];
        }
      } else for (long j = 0; j < m; j++) {
        REASSOCIATE
        t_d s = add ? c[i * m + j] : 0;
        for (long l = 0; l < k; l++) s += (ta ? a[l * n + i] : a[i * k + l]) * (tb ? b[j * k + l] : b[l * m + j]);
        c[i * m + j] = s;
      }
    }
  } else if (!tb && m % WIDE_d == 0 && k * m <= 4096) {
    multiply_d(n, m, k, a, ta ? 1 : k, ta ? n : 1, b, m, 1, c, add);
  } else {
    pack_d(m, k, b, tb ? 1 : m, tb ? k : 1, (t_d *)packed);
    multiply_d(n, m, k, a, ta ? 1 : k, ta ? n : 1, (const t_d *)packed, PANEL_d, k, c, add);
  }
}
