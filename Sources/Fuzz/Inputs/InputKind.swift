import Experiments

/// A kind of input; each makes an input from a generator and reads it.
enum InputKind: Int, CaseIterable {
    case table, netCDF, configuration, model, forecast, marker, stages, checkpoint, namedModel

    var name: String {
        switch self {
        case .table: "tables of text and their options"
        case .netCDF: "NetCDF"
        case .configuration: "configurations"
        case .model: "models"
        case .forecast: "inputs of apus forecast"
        case .marker: "run.json"
        case .stages: "files of stages"
        case .checkpoint: "checkpoints of trainings"
        case .namedModel: "models named by a configuration"
        }
    }

    /// How many of ten thousand inputs; those that compute are few.
    private var weight: Int {
        switch self {
        case .table: 3800
        case .netCDF: 1500
        case .configuration: 2700
        case .model: 1000
        case .forecast: 500
        case .marker: 300
        case .stages: 30
        case .checkpoint: 20
        case .namedModel: 150
        }
    }

    init(_ random: inout Generator) {
        var place = random.int(0...(Self.allCases.reduce(-1) { $0 + $1.weight }))
        for kind in Self.allCases {
            if place < kind.weight {
                self = kind
                return
            }
            place -= kind.weight
        }
        self = .table
    }

    /// Makes an input and reads it.
    ///
    /// - Throws: `InputError`, as it should, or ``Fault``.
    func read(_ random: inout Generator, in place: Workplace) throws {
        switch self {
        case .table: try readTable(&random, place)
        case .netCDF: try readNetCDF(&random, place)
        case .configuration: try readConfiguration(&random, place)
        case .model: try readModel(&random, place)
        case .forecast: try readForecast(&random, place)
        case .marker: try readMarker(&random, place)
        case .stages: try readStages(&random, place)
        case .checkpoint: try readCheckpoint(&random, place)
        case .namedModel: try readNamedModel(&random, place)
        }
    }
}

/// A fault of the program that is no trap.
struct Fault: Error {
    let text: String
    init(_ text: String) { self.text = text }
}
