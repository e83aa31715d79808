extension Prelude {
    /// Vectors of eight doubles, for code on one matrix.
    static let wideVectors = """
        typedef t_d __attribute__((may_alias)) t_a;
        typedef double t_W __attribute__((vector_size(64), aligned(64), may_alias));
        """

    /// The Cholesky factor of one matrix.
    static let choleskyOfNumbers = """
        // Four columns at a time: what they take from the rest is subtracted at once.
        static __attribute__((noinline, unused)) void cholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
          t_d columns[4][n], worst = 0;
          for (long i = 0; i < n; i++) {
            for (long j = 0; j <= i; j++) l[i * n + j] = a[i * n + j];
            for (long j = i + 1; j < n; j++) l[i * n + j] = 0;
          }
          for (long k = 0; k < n; k += 4) {
            const long width = n - k < 4 ? n - k : 4, next = k + width;
            for (long i = k; i < n; i++) for (long c = 0; c < width; c++) columns[c][i] = l[i * n + k + c];
            for (long c = 0; c < width; c++) {
              t_d *restrict column = columns[c];
              const t_d pivot = column[k + c], root = sqrt_d(pivot), inverse = 1 / root;
              // A pivot that is not positive, or NaN, makes everything NaN.
              worst += pivot > 0 ? 0 : NAN;
              column[k + c] = root;
              for (long i = k + c + 1; i < n; i++) column[i] *= inverse;
              for (long b = c + 1; b < width; b++) {
                const t_d factor = column[k + b];
                t_d *restrict other = columns[b];
                for (long i = k + b; i < n; i++) other[i] -= factor * column[i];
              }
            }
            for (long i = k; i < n; i++) for (long c = 0; c < width && c <= i - k; c++) l[i * n + k + c] = columns[c][i];
            for (long i = next; i < n; i++) {
              const t_d f0 = columns[0][i], f1 = columns[1][i], f2 = columns[2][i], f3 = columns[3][i];
              t_d *restrict row = l + i * n;
              INDEPENDENT for (long j = next; j <= i; j++)
                row[j] -= (f0 * columns[0][j] + f1 * columns[1][j]) + (f2 * columns[2][j] + f3 * columns[3][j]);
            }
          }
          if (worst != 0) for (long i = 0; i < n * n; i++) l[i] = NAN;
        }
        """

    /// Triangular systems of one matrix.
    static let triangularSolveOfNumbers = """
        // Eight columns of the right side at a time, and four rows of them; backwards where the factor is transposed.
        static __attribute__((noinline, unused)) void triangularSolve_d_d_d(long n, long m, const t_d *restrict l, const t_d *restrict b, t_d *restrict x, int transposed) {
          const t_d *first = transposed ? l + n * n - 1 : l;
          const long down = transposed ? -1 : n, right = transposed ? -n : 1;
          t_d inverse[n];
          t_W w[n];
          for (long i = 0; i < n; i++) inverse[i] = 1 / first[i * (down + right)];
          for (long q = 0; q < m; q += 8) {
            const long columns = m - q < 8 ? m - q : 8;
            for (long i = 0; i < n; i++) {
              const t_d *from = b + (transposed ? n - 1 - i : i) * m + q;
              if (columns == 8) memcpy(w + i, from, 64);
              else { w[i] = (t_W){0}; for (long j = 0; j < columns; j++) w[i][j] = from[j]; }
            }
            long i = 0;
            for (; i + 4 <= n; i += 4) {
              t_W s0 = w[i], s1 = w[i + 1], s2 = w[i + 2], s3 = w[i + 3];
              const t_d *r0 = first + i * down, *r1 = r0 + down, *r2 = r1 + down, *r3 = r2 + down;
              for (long k = 0; k < i; k++) {
                const t_W y = w[k];
                s0 -= r0[k * right] * y; s1 -= r1[k * right] * y; s2 -= r2[k * right] * y; s3 -= r3[k * right] * y;
              }
              const long at = i * right;
              w[i] = s0 *= inverse[i];
              w[i + 1] = s1 = (s1 - r1[at] * s0) * inverse[i + 1];
              w[i + 2] = s2 = (s2 - r2[at] * s0 - r2[at + right] * s1) * inverse[i + 2];
              w[i + 3] = (s3 - r3[at] * s0 - r3[at + right] * s1 - r3[at + 2 * right] * s2) * inverse[i + 3];
            }
            for (; i < n; i++) {
              t_W s = w[i];
              for (long k = 0; k < i; k++) s -= first[i * down + k * right] * w[k];
              w[i] = s * inverse[i];
            }
            for (long i = 0; i < n; i++) {
              t_d *to = x + (transposed ? n - 1 - i : i) * m + q;
              if (columns == 8) memcpy(to, w + i, 64);
              else for (long j = 0; j < columns; j++) to[j] = w[i][j];
            }
          }
        }
        """
}
