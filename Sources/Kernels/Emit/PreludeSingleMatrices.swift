extension Prelude {
    /// Vectors of eight doubles, for code on one matrix.
    static let wideVectors = """
        typedef t_d __attribute__((may_alias)) t_a;
        typedef double t_W __attribute__((vector_size(64), aligned(64), may_alias));
        typedef long t_Z __attribute__((vector_size(64), aligned(64), may_alias));
        """

    /// The Cholesky factor of one matrix, by its transpose: rows of that begin with the vector in which their pivot
    /// lies, and what stands before the pivot is never looked at.
    static let choleskyOfNumbers = """
        // Column by column; a pivot that is not positive, or NaN, makes everything NaN.
        static __attribute__((noinline, unused)) t_d smallCholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
          t_d worst = 0;
          for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) l[i * n + j] = j <= i ? a[i * n + j] : 0;
          for (long k = 0; k < n; k++) {
            const t_d pivot = l[k * n + k], root = sqrt_d(pivot), inverse = root * (1 / pivot);
            worst += pivot > 0 ? 0 : NAN;
            l[k * n + k] = root;
            for (long i = k + 1; i < n; i++) l[i * n + k] *= inverse;
            for (long i = k + 1; i < n; i++) for (long j = k + 1; j <= i; j++) l[i * n + j] -= l[i * n + k] * l[j * n + k];
          }
          return worst;
        }
        // What four rows take from another, in whose place `F` has their numbers
        #define FACTORS(F, i) const t_d F##0 = ((t_a *)r0)[i], F##1 = ((t_a *)r1)[i], F##2 = ((t_a *)r2)[i], F##3 = ((t_a *)r3)[i]
        #define TAKEN(F) ((F##0 * r0[q] + F##1 * r1[q]) + (F##2 * r2[q] + F##3 * r3[q]))
        // Four rows at a time: what they take from the rest is subtracted at once
        static __attribute__((noinline, unused)) t_d largeCholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
          const long s = (n + 7) / 8, whole = n / WIDE_d * WIDE_d;
          t_W u[n][s];
          t_d worst = 0;
          for (long i = 0; i < n; i++) u[i][s - 1] = (t_W){0};
          for (long i = 0; i < whole; i += WIDE_d)
            for (long j = 0; j <= i; j += WIDE_d) transpose_d(a + i * n + j, n, (t_a *)u[j] + i, 8 * s, 0);
          for (long i = whole; i < n; i++) for (long j = 0; j <= i; j++) ((t_a *)u[j])[i] = a[i * n + j];
          long k = 0;
          for (; k + 4 <= n; k += 4) {
            // The factor of their first four columns, then the rows
            t_d p[4][4], root[4], inverse[4];
            UNROLL for (int c = 0; c < 4; c++) UNROLL for (int b = c; b < 4; b++) p[c][b] = ((t_a *)u[k + c])[k + b];
            UNROLL for (int c = 0; c < 4; c++) {
              worst += p[c][c] > 0 ? 0 : NAN;
              root[c] = sqrt_d(p[c][c]);
              inverse[c] = root[c] * (1 / p[c][c]);
              UNROLL for (int b = c + 1; b < 4; b++) p[c][b] *= inverse[c];
              UNROLL for (int b = c + 1; b < 4; b++) UNROLL for (int d = b; d < 4; d++) p[b][d] -= p[c][b] * p[c][d];
            }
            t_W *restrict r0 = u[k], *restrict r1 = u[k + 1], *restrict r2 = u[k + 2], *restrict r3 = u[k + 3];
            for (long q = k / 8; q < s; q++) {
              r0[q] *= inverse[0];
              r1[q] = (r1[q] - p[0][1] * r0[q]) * inverse[1];
              r2[q] = (r2[q] - p[0][2] * r0[q] - p[1][2] * r1[q]) * inverse[2];
              r3[q] = (r3[q] - p[0][3] * r0[q] - p[1][3] * r1[q] - p[2][3] * r2[q]) * inverse[3];
            }
            for (int c = 0; c < 4; c++) ((t_a *)u[k + c])[k + c] = root[c];
            long i = k + 4;
            for (; i + 2 <= n; i += 2) {
              FACTORS(f, i); FACTORS(g, i + 1);
              for (long q = i / 8; q < s; q++) { u[i][q] -= TAKEN(f); u[i + 1][q] -= TAKEN(g); }
            }
            for (; i < n; i++) {
              FACTORS(f, i);
              for (long q = i / 8; q < s; q++) u[i][q] -= TAKEN(f);
            }
          }
          for (; k < n; k++) {
            const t_d pivot = ((t_a *)u[k])[k], root = sqrt_d(pivot), inverse = root * (1 / pivot);
            worst += pivot > 0 ? 0 : NAN;
            for (long q = k / 8; q < s; q++) u[k][q] *= inverse;
            ((t_a *)u[k])[k] = root;
            for (long i = k + 1; i < n; i++) {
              const t_d factor = ((t_a *)u[k])[i];
              for (long q = i / 8; q < s; q++) u[i][q] -= factor * u[k][q];
            }
          }
          for (long i = 0; i < whole; i += WIDE_d)
            for (long j = 0; j <= i; j += WIDE_d) transpose_d((t_a *)u[j] + i, 8 * s, l + i * n + j, n, 0);
          for (long i = whole; i < n; i++) for (long j = 0; j <= i; j++) l[i * n + j] = ((t_a *)u[j])[i];
          for (long i = 0; i < n; i++) for (long j = i + 1; j < n; j++) l[i * n + j] = 0;
          return worst;
        }
        static __attribute__((noinline, unused)) void cholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
          const t_d worst = n < 8 ? smallCholesky_d(n, a, l) : largeCholesky_d(n, a, l);
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
          t_d check = 0;
          for (long i = 0; i < n; i++) inverse[i] = 1 / first[i * (down + right)];
          { REASSOCIATE for (long i = 0; i < n; i++) check += 0 * inverse[i]; }
          for (long q = 0; q < m; q += 8) {
            const long columns = m - q < 8 ? m - q : 8;
            for (long i = 0; i < n; i++) {
              const t_d *from = b + (transposed ? n - 1 - i : i) * m + q;
              if (columns == 8) memcpy(w + i, from, 64);
              else { w[i] = (t_W){0}; for (long j = 0; j < columns; j++) w[i][j] = from[j]; }
            }
            // Before the first row that is not zero all stay zero, as in the inverse of a factor;
            // not behind a factor that is none.
            long start = 0;
            for (; start + 4 <= n && check == 0; start += 4) {
              const t_Z bits = ((t_Z)w[start] | (t_Z)w[start + 1]) | ((t_Z)w[start + 2] | (t_Z)w[start + 3]);
              long any = 0;
              for (int j = 0; j < 8; j++) any |= bits[j];
              if (any) break;
            }
            long i = start;
            for (; i + 4 <= n; i += 4) {
              t_W s0 = w[i], s1 = w[i + 1], s2 = w[i + 2], s3 = w[i + 3];
              const t_d *r0 = first + i * down, *r1 = r0 + down, *r2 = r1 + down, *r3 = r2 + down;
              for (long k = start; k < i; k++) {
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
              for (long k = start; k < i; k++) s -= first[i * down + k * right] * w[k];
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
