/// Settings that papers made known, by their names in a configuration; scores as the package DAPPER collects them, and
/// those of the sparse setting as the literature on learned filters reports them.
enum PublishedSettingName: String, CaseIterable, Sendable {
    case sakov2008, sakov2012, anderson2010, bocquet2010
    case bocquet2010Large = "bocquet2010-40"
    case bocquet2019 = "bocquet2019"
    case sparseLorenz96 = "sparse-lorenz96"

    var setting: TwinSetting {
        switch self {
        case .sakov2008: .sakov2008
        case .sakov2012: .sakov2012
        case .anderson2010: .anderson2010
        case .bocquet2010: .bocquet2010
        case .bocquet2010Large: .bocquet2010Large
        case .bocquet2019: .bocquet2019
        case .sparseLorenz96: .sparseLorenz96
        }
    }
}

extension TwinSetting {
    /// Whether a published score is of a method with these parameters.
    func publishes(_ candidate: MethodCandidate, of kind: TwinMethodKind) -> Bool {
        if kind.isBaseline { return true }
        guard let name = PublishedSettingName(rawValue: name),
            let list = try? ConfigurationNode(yaml: name.methods, file: name.rawValue).list()
        else { return false }
        return list.contains { node in
            guard let method = try? TwinMethod(node, models: [], budget: 1000), method.kind == kind else {
                return false
            }
            return method.candidates.contains { known in kind.parameters.allSatisfy { known[$0] == candidate[$0] } }
        }
    }
}

extension PublishedSettingName {
    /// Methods with the parameters that were published for them, as a configuration says it.
    var methods: String {
        switch self {
        case .sakov2008:
            """
            - {method: 3dvar, scale: 0.02}
            - {method: stochastic-enkf, members: 40, inflation: 1.06}
            - {method: denkf, members: 40, inflation: 1.01}
            - {method: etkf, members: 24, inflation: 1.013, rotates: 1}
            - {method: enkf-n, members: 24, rotates: 1}
            - {method: letkf, members: 7, inflation: 1.04, radius: 4}
            """
        case .sakov2012:
            """
            - {method: 3dvar, scale: 0.1}
            - {method: etkf, members: 3, inflation: 1.3}
            - {method: stochastic-enkf, members: 100, inflation: 1.01}
            - {method: enkf-n, members: 3}
            - {method: bootstrap-particles, members: 800, threshold: 0.2, jitter: 0.9}
            """
        case .anderson2010: "- {method: enkf-n, members: 20}"
        case .bocquet2010:
            """
            - {method: enkf-n, members: 8, rotates: 1}
            - {method: bootstrap-particles, members: 800, threshold: 0.3, jitter: 0.4}
            """
        case .bocquet2010Large: "- {method: enkf-n, members: 24, rotates: 1}"
        case .bocquet2019: "- {method: letkf, members: 16, inflation: 1.02, radius: 11}"
        case .sparseLorenz96:
            """
            - {method: letkf, members: 10, inflation: 1.04, radius: 1}
            - {method: local-stochastic-enkf, members: 10, inflation: [1.02, 1.06, 1.1], radius: [2, 3, 4]}
            """
        }
    }
}

extension TwinSetting {
    static let sakov2008 = TwinSetting(
        name: "sakov2008", title: "Lorenz-96, everything observed at every step",
        reference:
            "Sakov & Oke, A deterministic formulation of the ensemble Kalman filter, Tellus A 60 (2008), 361–371",
        model: ModelChoice(name: .lorenz96, variables: 40, step: 0.05, stepsBetween: 1), observed: Array(0..<40),
        error: 1, cycles: 1500, spinup: 300,
        published: [
            .init(method: "climatology", error: 3.6, tolerance: 0.1),
            .init(method: "optimal-interpolation", error: 0.95, tolerance: 0.03),
            .init(method: "3dvar", error: 0.41, tolerance: 0.03),
            .init(method: "stochastic-enkf", error: 0.22, tolerance: 0.02),
            .init(method: "denkf", error: 0.18, tolerance: 0.02), .init(method: "etkf", error: 0.18, tolerance: 0.02),
            .init(method: "enkf-n", error: 0.21, tolerance: 0.02), .init(method: "letkf", error: 0.22, tolerance: 0.02),
        ])

    static let sakov2012 = TwinSetting(
        name: "sakov2012", title: "Lorenz-63, everything observed every 25 steps",
        reference:
            "Sakov, Oliver & Bertino, An iterative EnKF for strongly nonlinear systems, MWR 140 (2012), 1988–2004",
        model: ModelChoice(name: .lorenz63, variables: 3, step: 0.01, stepsBetween: 25), observed: [0, 1, 2],
        error: 2.0.squareRoot(), cycles: 1500, spinup: 200,
        published: [
            .init(method: "climatology", error: 7.6, tolerance: 0.3),
            .init(method: "optimal-interpolation", error: 1.25, tolerance: 0.05),
            .init(method: "3dvar", error: 1.04, tolerance: 0.05), .init(method: "etkf", error: 0.80, tolerance: 0.05),
            .init(method: "stochastic-enkf", error: 0.56, tolerance: 0.05),
            .init(method: "enkf-n", error: 0.60, tolerance: 0.05),
            .init(method: "bootstrap-particles", error: 0.28, tolerance: 0.05),
        ])

    static let anderson2010 = TwinSetting(
        name: "anderson2010", title: "Lorenz-63, everything observed every 12 steps with large errors",
        reference: "Anderson, A non-Gaussian ensemble filter update for data assimilation, MWR 138 (2010), 4186–4198",
        model: ModelChoice(name: .lorenz63, variables: 3, step: 0.01, stepsBetween: 12), observed: [0, 1, 2],
        error: 8.0.squareRoot(), cycles: 2000, spinup: 200,
        published: [.init(method: "enkf-n", error: 0.87, tolerance: 0.05)])

    static let bocquet2010 = TwinSetting(
        name: "bocquet2010", title: "Lorenz-96 of ten variables, half of them observed",
        reference:
            "Bocquet, Pires & Wu, Beyond Gaussian statistical modeling in geophysical data assimilation, MWR 138 "
            + "(2010)",
        model: ModelChoice(name: .lorenz96, variables: 10, step: 0.05, stepsBetween: 1),
        observed: [0, 2, 4, 6, 8], error: 1.5, cycles: 1500, spinup: 300,
        published: [
            .init(method: "enkf-n", error: 0.44, tolerance: 0.03),
            .init(method: "bootstrap-particles", error: 0.29, tolerance: 0.03),
            .init(method: "optimal-particles", error: 0.28, tolerance: 0.03),
        ])

    static let bocquet2010Large = TwinSetting(
        name: "bocquet2010-40", title: "Lorenz-96, half of the variables observed",
        reference:
            "Bocquet, Pires & Wu, Beyond Gaussian statistical modeling in geophysical data assimilation, MWR 138 "
            + "(2010)",
        model: ModelChoice(name: .lorenz96, variables: 40, step: 0.05, stepsBetween: 1),
        observed: Array(stride(from: 0, to: 40, by: 2)), error: 1.5, cycles: 1500, spinup: 300,
        published: [.init(method: "enkf-n", error: 0.58, tolerance: 0.03)])

    static let bocquet2019 = TwinSetting(
        name: "bocquet2019", title: "Kuramoto–Sivashinsky, 128 points, observed at every point",
        reference:
            "Bocquet & Farchi, On the consistency of the local ensemble square root Kalman filter, Tellus A 71 (2019)",
        model: ModelChoice(name: .kuramotoSivashinsky, variables: 128, step: 0.5, stepsBetween: 2),
        observed: Array(0..<128), error: 1, cycles: 1000, spinup: 200,
        published: [
            .init(method: "climatology", error: 1.3, tolerance: 0.1),
            .init(method: "optimal-interpolation", error: 0.5, tolerance: 0.05),
            .init(method: "letkf", error: 0.11, tolerance: 0.02),
        ])

    static let sparseLorenz96 = TwinSetting(
        name: "sparse-lorenz96", title: "Lorenz-96, a quarter of the variables observed every 0.15",
        reference:
            "Bach, Baptista, Calvello, Chen & Stuart, Learning enhanced ensemble filters (2025), arXiv 2504.17836",
        model: ModelChoice(name: .lorenz96, variables: 40, step: 0.03, stepsBetween: 5),
        observed: Array(stride(from: 0, to: 40, by: 4)), error: 1, cycles: 1500, spinup: 300,
        published: [.init(method: "letkf", error: 2.020, tolerance: 0.1)])
}
