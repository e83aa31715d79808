import Experiments
import Foundation
import Yams

/// A folder to write inputs to, and another with the files of valid runs.
struct Workplace {
    let folder: String
    let samples: Samples
    /// Called before and after a library reads a text: what ends the process in between is its fault,
    /// not the program's.
    let enteringLibrary: (Bool) -> Void

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ bytes: some Collection<UInt8>, to name: String) throws(InputError) {
        try AtomicFile.write(bytes, to: path(name))
    }

    /// Writes a configuration, and has the YAML library read it by itself.
    func write(configuration text: String, to name: String) throws(InputError) {
        try write(Array(text.utf8), to: name)
        enteringLibrary(true)
        _ = try? Yams.compose(yaml: text)
        enteringLibrary(false)
    }

    /// No observation is infinite, and errors are positive.
    func check(_ table: ObservationTable) throws {
        for variable in table.variables.indices {
            let series = table.series(variable)
            let errors = table.errorStandardDeviations(variable)
            for time in series.indices {
                if let value = series[time], !value.isFinite { throw Fault("the observation \(value)") }
                if let error = errors?[time], !(error.isFinite && error > 0) { throw Fault("the error \(error)") }
            }
        }
        for (time, next) in zip(table.times, table.times.dropFirst()) where next <= time {
            throw Fault("the times \(time) and \(next) in this order")
        }
    }
}
