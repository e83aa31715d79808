import Dynamics
import Learning
import Studies
import Supervised

/// The lists of `apus list` and the models of `apus explain`.
public enum Catalog {
    /// A model that can be explained: its programs as text.
    public struct Model: Sendable {
        public let name: String
        public let title: String
        public let formula: String
        public let program: Program
        public let tangent: Program
        public let adjoint: Program

        init<M: StateMap>(_ name: String, _ title: String, _ formula: String, _ map: M, count: Int) {
            (self.name, self.title, self.formula) = (name, title, formula)
            let state = Signature([count])
            program = Program.tracing([state]) { [map($0[0])] }
            tangent = Program.tracing([state, state]) { [map.linearized(at: $0[0])($0[1])] }
            adjoint = Program.tracing([state, state]) { [map.linearized(at: $0[0]).adjoint($0[1])] }
        }
    }

    public static var models: [Model] {
        [
            Model(
                "lorenz63", "Lorenz 1963: three variables of convection",
                "dx/dt = σ (y − x),  dy/dt = x (ρ − z) − y,  dz/dt = x y − β z", Lorenz63(), count: 3),
            Model(
                "lorenz96", "Lorenz 1996: waves on a circle of latitude, 40 variables",
                "dx[i]/dt = (x[i+1] − x[i−2]) x[i−1] − x[i] + F", Lorenz96(), count: 40),
            Model(
                "lorenz96-rk4", "Lorenz 1996, one step of the fourth-order Runge–Kutta method, dt = 0.05",
                "x + dt (k1 + 2 k2 + 2 k3 + k4) / 6", RungeKutta4(Lorenz96(), step: 0.05), count: 40),
        ]
    }

    public static func model(named name: String) throws(InputError) -> Model {
        let models = self.models
        if let model = models.first(where: { $0.name == name }) { return model }
        let names = models.map(\.name)
        throw InputError(
            .usage, at: nil, "there is no model \(name.quoted)\(Spelling.suggestion(for: name, among: names))",
            expected: Spelling.oneOf(names))
    }

    public struct Section: Sendable, Codable {
        public let title: String
        public let entries: [Entry]
    }
    public struct Entry: Sendable, Codable {
        public let name: String
        public let what: String
    }

    public static var sections: [Section] {
        [
            Section(title: "Models for 'apus explain'", entries: models.map { Entry(name: $0.name, what: $0.title) }),
            Section(
                title: "Kinds of experiment, after 'experiment:' in a configuration",
                entries: ExperimentKind.allCases.map { Entry(name: $0.rawValue, what: $0.text) }),
            Section(
                title: "Methods of a forecast experiment",
                entries: ModelKind.allCases.map { Entry(name: $0.rawValue, what: $0.text) }),
            Section(
                title: "Ensemble filters of a forecast experiment",
                entries: EnsembleFilter.all.map { Entry(name: $0.name, what: $0.summary) }),
            Section(
                title: "Settings of twin experiments",
                entries: Literature.all.map { Entry(name: $0.name, what: $0.title) }),
            Section(
                title: "Methods of twin experiments and assimilations",
                entries: Methods.all.map { Entry(name: $0.name, what: $0.summary) }),
            Section(
                title: "Methods of assimilations alone",
                entries: Inferences.all.map { Entry(name: $0.name, what: $0.summary) }),
            Section(
                title: "Models of twin experiments",
                entries: TestModels.all.map { Entry(name: $0.name, what: $0.summary) }),
            Section(
                title: "Forecast models of twin experiments",
                entries: [Entry(name: ForecastPlan.physicalKind, what: ForecastPlan.physicalSummary)]
                    + Surrogates.all.map { Entry(name: $0.name, what: $0.summary) }),
            Section(
                title: "Models of regressions and classifications",
                entries: SupervisedModels.all.map { Entry(name: $0.name, what: $0.summary) }),
            Section(title: "Baselines", entries: Baseline.allCases.map { Entry(name: $0.rawValue, what: $0.text) }),
        ]
    }
}

extension ExperimentKind {
    var text: String {
        switch self {
        case .forecast: "forecast models learned from a table of observations, assimilated and compared"
        case .structural: "one series as trend, season and a learned remainder"
        case .assimilate: "a model of one's own and observations at their own times: states, parameters, forecasts"
        case .twin: "filters on truths that a model made, compared by how far they stay from the truth"
        case .regression: "numbers from a table, by models that a test compares"
        case .classification:
            "classes from a table or pictures, by models that a test compares"
        }
    }
}
