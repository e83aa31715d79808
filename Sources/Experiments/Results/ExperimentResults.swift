import Foundation
import Studies

/// The results of an experiment of any kind, as plain values.
public protocol ExperimentResults: Sendable {
    /// The way in which programs were run; set after the experiment.
    var engine: Engine { get set }
    /// The content of `results.json`; the same bytes for the same results.
    func json() -> Data
    /// The content of `results.nc`.
    func netCDF() throws(InputError) -> NetCDFFile
    /// The tables for the terminal.
    var terminalTables: [TextTable] { get }
    /// The conclusions from the numbers, one sentence each.
    var verdict: [String] { get }
}
