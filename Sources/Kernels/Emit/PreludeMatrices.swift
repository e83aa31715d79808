extension Prelude {
    /// The factorizations that `code` uses, of doubles and of lanes of doubles.
    static func matrices(for code: String) -> String {
        var parts: [String] = []
        for x in ["d", "D"] where code.mentions("cholesky_\(x)(") { parts.append(cholesky(x)) }
        for (l, b, x) in [("d", "d", "d"), ("d", "D", "D"), ("D", "d", "D"), ("D", "D", "D")]
        where code.mentions("triangularSolve_\(l)_\(b)_\(x)(") {
            parts.append(triangularSolve(l, b, x))
        }
        if code.mentions("symmetricEigen_d(") { parts.append(symmetricEigenOfNumbers) }
        return parts.joined(separator: "\n")
    }

    /// Column by column: what a column takes from the rows to its right is subtracted at once, along the rows in memory.
    private static func cholesky(_ x: String) -> String {
        """
        static __attribute__((noinline)) void cholesky_\(x)(long n, const t_\(x) *restrict a, t_\(x) *restrict l) {
          t_\(x) column[n];
          t_\(x) worst = SPLAT_\(x)(0.0);
          for (long i = 0; i < n; i++) {
            for (long j = 0; j <= i; j++) l[i * n + j] = a[i * n + j];
            for (long j = i + 1; j < n; j++) l[i * n + j] = SPLAT_\(x)(0.0);
          }
          for (long k = 0; k < n; k++) {
            const t_\(x) pivot = l[k * n + k], root = sqrt_\(x)(pivot), inverse = 1.0 / root;
            // A pivot that is not positive, or NaN, makes everything NaN.
            worst += select_\(x)(compare_\(x)(pivot > 0.0), SPLAT_\(x)(0.0), SPLAT_\(x)(NAN));
            l[k * n + k] = root;
            for (long i = k + 1; i < n; i++) column[i] = l[i * n + k] = l[i * n + k] * inverse;
            for (long i = k + 1; i < n; i++) {
              const t_\(x) factor = column[i];
              t_\(x) *restrict row = l + i * n;
              INDEPENDENT for (long j = k + 1; j <= i; j++) row[j] -= factor * column[j];
            }
          }
          for (long i = 0; i < n * n; i++) l[i] += worst;
        }
        """
    }

    /// Row by row of the right side; a side that is the same for all lanes is read as numbers.
    private static func triangularSolve(_ l: String, _ b: String, _ x: String) -> String {
        """
        static __attribute__((noinline)) void triangularSolve_\(l)_\(b)_\(x)(long n, long m, const t_\(l) *restrict l, const t_\(b) *restrict b, t_\(x) *restrict x, int transposed) {
          for (long i = 0; i < n * m; i++) x[i] = b[i] - (t_\(x)){0};
          for (long step = 0; step < n; step++) {
            const long i = transposed ? n - 1 - step : step;
            const t_\(l) inverse = 1.0 / l[i * n + i];
            t_\(x) *restrict row = x + i * m;
            if (!transposed) for (long k = 0; k < i; k++) {
              const t_\(l) factor = l[i * n + k];
              INDEPENDENT for (long j = 0; j < m; j++) row[j] -= factor * x[k * m + j];
            }
            INDEPENDENT for (long j = 0; j < m; j++) row[j] *= inverse;
            if (transposed) for (long k = 0; k < i; k++) {
              const t_\(l) factor = l[i * n + k];
              INDEPENDENT for (long j = 0; j < m; j++) x[k * m + j] -= factor * row[j];
            }
          }
        }
        """
    }
}
