extension Prelude {
    /// The factorizations that `code` uses, with what they are made of.
    static func matrices(for code: String) -> String {
        func uses(_ names: String...) -> Bool { names.contains { code.mentions($0 + "(") } }
        var parts: [String] = []
        let eigen = uses("symmetricEigen_d", "symmetricEigens_d")
        let functions = uses("sqrtm_d", "symmetricSylvester_d")
        let triangular = uses("triangularSolve_d_d_d")
        let cholesky = uses("cholesky_d", "choleskies_d")
        if eigen || functions || triangular || cholesky { parts.append(wideVectors) }
        if cholesky { parts.append(choleskyOfNumbers) }
        if uses("cholesky_D", "choleskies_d") { parts.append(choleskyBlocks) }
        if uses("cholesky_D") { parts.append(choleskyInLanes) }
        if triangular { parts.append(triangularSolveOfNumbers) }
        for (l, b) in [("d", "D"), ("D", "d"), ("D", "D")] where uses("triangularSolve_\(l)_\(b)_D") {
            parts.append(triangularSolveInLanes(l, b))
        }
        if eigen || functions { parts.append(eigenRows) }
        if eigen { parts.append(symmetricEigen) }
        if functions { parts.append(crossProduct) }
        if uses("sqrtm_d") { parts.append(sqrtm) }
        if uses("symmetricSylvester_d") { parts.append(symmetricSylvester) }
        if uses("lu_d", "solve_d") { parts.append(luInPlace) }
        if uses("lu_d") { parts.append(lu) }
        if uses("solve_d") { parts.append(solve) }
        if uses("qr_d") { parts.append(qr) }
        // Groups are written with what clang knows of vectors.
        if uses("choleskies_d", "symmetricEigens_d") { parts += ["#if defined(__clang__)", groups] }
        if uses("choleskies_d") { parts.append(choleskyGroup) }
        if uses("symmetricEigens_d") { parts += [groupReduction, groupSteps] }
        if uses("choleskies_d", "symmetricEigens_d") { parts.append("#endif") }
        if uses("choleskies_d") { parts.append(choleskies) }
        if uses("symmetricEigens_d") { parts.append(symmetricEigens) }
        return parts.joined(separator: "\n")
    }

    private static let choleskyInLanes = """
        CHOLESKYBLOCK(D, 4, 2) CHOLESKYBLOCK(D, 1, 2) CHOLESKYBLOCK(D, 1, 1)
        CHOLESKYROWS(D)
        static __attribute__((noinline)) void cholesky_D(long n, const t_D *restrict a, t_D *restrict l) {
          t_D inverse[n], worst = SPLAT_D(0.0);
          for (long i = 0; i < n * n; i++) l[i] = a[i];
          for (long i = 0; i < n;) i += choleskyRows_D(n, i, l, inverse, &worst);
          // Blocks on the diagonal reach beyond it.
          for (long i = 0; i < n; i++) {
            for (long j = 0; j <= i; j++) l[i * n + j] += worst;
            for (long j = i + 1; j < n; j++) l[i * n + j] = worst;
          }
        }
        """

    /// Row by row of the right side; a side that is the same for all lanes is read as numbers.
    private static func triangularSolveInLanes(_ l: String, _ b: String) -> String {
        """
        static __attribute__((noinline)) void triangularSolve_\(l)_\(b)_D(long n, long m, const t_\(l) *restrict l, const t_\(b) *restrict b, t_D *restrict x, int transposed) {
          for (long i = 0; i < n * m; i++) x[i] = b[i] - (t_D){0};
          for (long step = 0; step < n; step++) {
            const long i = transposed ? n - 1 - step : step;
            const t_\(l) inverse = 1.0 / l[i * n + i];
            t_D *restrict row = x + i * m;
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
