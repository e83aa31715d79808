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

    /// The forecaster of a `.safetensors` file.
    public static func read(_ path: String) throws(InputError) -> EnsembleForecaster {
        let bytes = try InputFile.bytes(path)
        do {
            return try EnsembleForecaster(Checkpoint(decoding: bytes))
        } catch {
            throw InputError(.data, at: .init(path), "\(error)", expected: "a model that 'apus run' has saved")
        }
    }
}
