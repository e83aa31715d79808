extension Prelude {
    /// The product of a transposed matrix with another, both as rows of vectors.
    static let crossProduct = """
        // x = lᵀ r for matrices whose rows are padded to whole vectors
        static __attribute__((noinline, unused)) void crossProduct_W(long n, const t_W *restrict l, const t_W *restrict r, t_W *restrict x) {
          const long stride = (n + 7) / 8, row = 8 * stride;
          for (long i = 0; i < n; i += 4) for (long q = 0; q < stride; q++) {
            t_W s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
            const t_a *left = (const t_a *)l + i;
            for (long k = 0; k < n; k++) {
              const t_W y = r[k * stride + q];
              s0 += left[k * row] * y; s1 += left[k * row + 1] * y;
              s2 += left[k * row + 2] * y; s3 += left[k * row + 3] * y;
            }
            t_W *to = x + i * stride + q;
            to[0] = s0;
            if (i + 1 < n) to[stride] = s1;
            if (i + 2 < n) to[2 * stride] = s2;
            if (i + 3 < n) to[3 * stride] = s3;
          }
        }
        """

    /// `V Λ^±½ Vᵀ`.
    static let sqrtm = """
        static __attribute__((unused)) void sqrtm_d(long n, const t_d *a, t_d *x, int inverse) {
          const long stride = (n + 7) / 8;
          t_W rows[n * stride], scaled[n * stride], root[n * stride];
          t_d d[n];
          if (!eigenRows_d(n, a, d, rows)) {
            for (long i = 0; i < n * n; i++) x[i] = NAN;
            return;
          }
          for (long k = 0; k < n; k++) {
            // What rounding made negative counts as zero.
            const t_d part = d[k] > 0 ? sqrt_d(d[k]) : 0, factor = inverse ? 1 / part : part;
            for (long q = 0; q < stride; q++) scaled[k * stride + q] = factor * rows[k * stride + q];
          }
          crossProduct_W(n, scaled, rows, root);
          const t_a *m = (const t_a *)root;
          for (long i = 0; i < n; i++) for (long j = 0; j <= i; j++) x[i * n + j] = x[j * n + i] = m[i * 8 * stride + j];
        }
        """

    /// `X` in `A X + X A = B`, zero between eigenvectors of eigenvalue zero.
    static let symmetricSylvester = """
        // x = V (F ∘ Vᵀ b V) Vᵀ
        static __attribute__((unused)) void symmetricSylvester_d(long n, const t_d *a, const t_d *b, t_d *x) {
          const long stride = (n + 7) / 8, row = 8 * stride;
          t_W rows[n * stride], columns[n * stride], w0[n * stride], w1[n * stride];
          t_d d[n], largest = -INFINITY;
          if (!eigenRows_d(n, a, d, rows)) {
            for (long i = 0; i < n * n; i++) x[i] = NAN;
            return;
          }
          memset(columns, 0, sizeof columns);
          memset(w0, 0, sizeof w0);
          t_a *v = (t_a *)rows, *t = (t_a *)columns, *m = (t_a *)w0;
          for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) { t[j * row + i] = v[i * row + j]; m[i * row + j] = b[i * n + j]; }
          crossProduct_W(n, w0, columns, w1);
          crossProduct_W(n, columns, w1, w0);
          for (long i = 0; i < n; i++) if (2 * d[i] > largest) largest = 2 * d[i];
          for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) {
            const t_d total = d[i] + d[j];
            m[i * row + j] = total <= 1e-13 * largest ? 0 : m[i * row + j] / total;
          }
          crossProduct_W(n, w0, rows, w1);
          crossProduct_W(n, rows, w1, w0);
          for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) x[i * n + j] = m[i * row + j];
        }
        """
}
