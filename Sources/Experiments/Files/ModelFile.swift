import Foundation
import Learning

/// A learned model on disk: `NAME.safetensors` holds its tensors and its description, `NAME.json` the description once more for
/// readers.
public enum ModelFile {
    public static func write(_ checkpoint: Checkpoint<ForecasterDescription>, to name: String) throws(InputError) {
        let bytes: [UInt8]
        do { bytes = try checkpoint.encoded() } catch {
            throw InputError(.data, at: .init(name), "the model has a number that JSON cannot hold: \(error)")
        }
        try RunFolder.makeFolder(FilePath.folder(of: name))
        try AtomicFile.write(bytes, to: "\(name).safetensors")
        try AtomicFile.write(ExactJSON.encode(checkpoint.description, pretty: true), to: "\(name).json")
    }

    /// The forecaster of a `.safetensors` file, and the names of its variables.
    public static func read(_ path: String) throws(InputError) -> (forecaster: EnsembleForecaster, variables: [String])
    {
        let bytes = try InputFile.bytes(path)
        func fault(_ problem: String) -> InputError {
            InputError(.data, at: .init(path), problem, expected: "a model that 'apus run' has saved")
        }
        let checkpoint: Checkpoint<ForecasterDescription>
        do { checkpoint = try Checkpoint(decoding: bytes) } catch { throw fault("\(error)") }
        if let problem = checkpoint.flaw { throw fault(problem) }
        do { return (try EnsembleForecaster(checkpoint), checkpoint.description.variables) } catch {
            throw fault("\(error)")
        }
    }
}
