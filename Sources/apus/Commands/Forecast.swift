import ArgumentParser
import Experiments
import Foundation

struct Forecast: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Forecast with a saved model from the observations of a configuration.",
        discussion: """
            Runs the saved model's filter through the observations and prints the ensemble's mean and quantiles 1, 2, …
            steps after the last one, as CSV.

                apus forecast runs/enso/models/linear.safetensors Examples/enso.yaml --leads 6
            """)

    @Argument(help: "The model, a .safetensors file.", completion: .file(extensions: ["safetensors"]))
    var model: String

    @Argument(
        help: "The configuration whose data section tells where observations are.",
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "How many steps ahead.")
    var leads = 12

    func validate() throws {
        if !(1...10_000).contains(leads) { throw ValidationError("--leads \(leads): expected 1 to 10000") }
    }

    func run() throws {
        try reportingFaults { () throws(InputError) in
            try requireLinearAlgebra()
            let csv =
                try ModelFile.isStructural(model)
                ? SavedStructuralForecast(model: model, configuration: file, leads: leads).csv
                : SavedForecast(model: model, configuration: file, leads: leads).csv
            try StandardStream.line(csv)
        }
    }
}
