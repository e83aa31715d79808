import ArgumentParser
import Experiments

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Predict with a saved regression or classification.",
        discussion: """
            Reads the columns that the model was fitted to by their names, or pictures, and prints a prediction for each
            row as CSV: numbers with the interval that cross-validation found, or the class and all probabilities.

                apus predict runs/houses/models/ridge.safetensors new-houses.csv
            """)

    @Argument(help: "The model, a .safetensors file.", completion: .file(extensions: ["safetensors"]))
    var model: String

    @Argument(help: "The table: CSV, NetCDF or NumPy; or pictures as IDX or NumPy arrays.", completion: .file())
    var table: String

    func run() throws {
        try reportingFaults { () throws(InputError) in
            try requireLinearAlgebra()
            try StandardStream.line(SavedPrediction(model: model, table: table).csv)
        }
    }
}
