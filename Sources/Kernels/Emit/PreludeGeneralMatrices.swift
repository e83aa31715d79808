extension Prelude {
    /// LU decomposition by rows.
    static let luInPlace = """
        // Factors in place by partial pivoting, and the order of the rows; a zero pivot stays.
        static __attribute__((noinline, unused)) int luInPlace_d(long n, t_d *restrict m, t_l *restrict order) {
          int isSingular = 0;
          for (long i = 0; i < n; i++) order[i] = i;
          for (long k = 0; k < n; k++) {
            long p = k;
            for (long i = k + 1; i < n; i++) if (__builtin_fabs(m[i * n + k]) > __builtin_fabs(m[p * n + k])) p = i;
            if (p != k) {
              const t_l place = order[k];
              order[k] = order[p];
              order[p] = place;
              for (long j = 0; j < n; j++) { const t_d x = m[k * n + j]; m[k * n + j] = m[p * n + j]; m[p * n + j] = x; }
            }
            const t_d pivot = m[k * n + k];
            if (pivot == 0) { isSingular = 1; continue; }
            const t_d inverse = __builtin_fabs(pivot) >= 0x1p-1021 ? 1 / pivot : 0;
            const t_d *restrict upper = m + k * n;
            for (long i = k + 1; i < n; i++) {
              t_d *restrict row = m + i * n;
              const t_d factor = row[k] = inverse != 0 ? row[k] * inverse : row[k] / pivot;
              INDEPENDENT for (long j = k + 1; j < n; j++) row[j] -= factor * upper[j];
            }
          }
          return isSingular;
        }
        """

    /// The factors, packed.
    static let lu = """
        static __attribute__((unused)) void lu_d(long n, const t_d *a, t_d *factors, t_l *order) {
          memcpy(factors, a, n * n * sizeof(t_d));
          luInPlace_d(n, factors, order);
        }
        """

    /// `A X = B` for any square `A`; NaN where it is singular.
    static let solve = """
        static __attribute__((noinline, unused)) void solve_d(long n, long m, const t_d *a, const t_d *restrict b, t_d *restrict x) {
          t_d lu[n * n];
          t_l order[n];
          memcpy(lu, a, n * n * sizeof(t_d));
          if (luInPlace_d(n, lu, order)) {
            for (long i = 0; i < n * m; i++) x[i] = NAN;
            return;
          }
          for (long i = 0; i < n; i++) {
            t_d *restrict row = x + i * m;
            for (long j = 0; j < m; j++) row[j] = b[order[i] * m + j];
            for (long k = 0; k < i; k++) {
              const t_d factor = lu[i * n + k];
              INDEPENDENT for (long j = 0; j < m; j++) row[j] -= factor * x[k * m + j];
            }
          }
          for (long i = n - 1; i >= 0; i--) {
            t_d *restrict row = x + i * m;
            for (long k = i + 1; k < n; k++) {
              const t_d factor = lu[i * n + k];
              INDEPENDENT for (long j = 0; j < m; j++) row[j] -= factor * x[k * m + j];
            }
            const t_d pivot = lu[i * n + i];
            INDEPENDENT for (long j = 0; j < m; j++) row[j] /= pivot;
          }
        }
        """

    /// `A = Q R`, thin.
    static let qr = """
        // Householder's reflections of the m rows; the diagonal of r is turned to be positive.
        static __attribute__((noinline, unused)) void qr_d(long m, long n, const t_d *a, t_d *restrict q, t_d *restrict r) {
          t_d w[m * n], sums[n], first[n], tau[n];
          memcpy(w, a, sizeof w);
          for (long k = 0; k < n; k++) {
            t_d largest = 0, check = 0, sigma = 0;
            for (long i = k; i < m; i++) {
              const t_d size = __builtin_fabs(w[i * n + k]);
              check += size * 0;
              if (size > largest) largest = size;
            }
            // In units of the largest element squares neither overflow nor vanish.
            const t_d unit = check != 0 ? NAN : largest == 0 ? 1 : largest;
            for (long i = k; i < m; i++) w[i * n + k] /= unit;
            for (long i = k + 1; i < m; i++) sigma += w[i * n + k] * w[i * n + k];
            const t_d alpha = w[k * n + k], mu = sqrt_d(alpha * alpha + sigma), beta = sigma == 0 ? alpha : alpha > 0 ? -mu : mu;
            first[k] = alpha - beta;
            tau[k] = sigma == 0 ? 0 : 2 / (sigma + first[k] * first[k]);
            w[k * n + k] = unit * beta;
            const t_d *restrict column = w + k;
            for (long j = k + 1; j < n; j++) sums[j] = first[k] * w[k * n + j];
            for (long i = k + 1; i < m; i++) for (long j = k + 1; j < n; j++) sums[j] += column[i * n] * w[i * n + j];
            for (long j = k + 1; j < n; j++) { sums[j] *= tau[k]; w[k * n + j] -= first[k] * sums[j]; }
            for (long i = k + 1; i < m; i++) {
              const t_d factor = w[i * n + k];
              for (long j = k + 1; j < n; j++) w[i * n + j] -= factor * sums[j];
            }
          }
          for (long i = 0; i < m * n; i++) q[i] = 0;
          for (long k = n - 1; k >= 0; k--) {
            q[k * n + k] = 1;
            for (long j = k; j < n; j++) sums[j] = first[k] * q[k * n + j];
            for (long i = k + 1; i < m; i++) for (long j = k; j < n; j++) sums[j] += w[i * n + k] * q[i * n + j];
            for (long j = k; j < n; j++) { sums[j] *= tau[k]; q[k * n + j] -= first[k] * sums[j]; }
            for (long i = k + 1; i < m; i++) {
              const t_d factor = w[i * n + k];
              for (long j = k; j < n; j++) q[i * n + j] -= factor * sums[j];
            }
          }
          for (long i = 0; i < n; i++) {
            const t_d sign = w[i * n + i] < 0 ? -1 : 1;
            for (long j = 0; j < n; j++) r[i * n + j] = j < i ? 0 : sign * w[i * n + j];
            if (sign < 0) for (long k = 0; k < m; k++) q[k * n + i] = -q[k * n + i];
          }
        }
        """
}
