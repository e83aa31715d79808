import Foundation
import Learning

/// A learned model on disk: `NAME.safetensors` holds its tensors and its description, `NAME.json` the description once
/// more for readers.
public enum ModelFile {
    public static func write<Description: Codable & Sendable>(
        _ checkpoint: Checkpoint<Description>, to name: String, in folder: RunFolder
    ) throws(InputError) {
        let bytes: [UInt8]
        do { bytes = try checkpoint.encoded() } catch {
            throw InputError(
                .data, at: .init(folder.path(name)), "the model has a number that JSON cannot hold: \(error)")
        }
        try folder.write(bytes, to: "\(name).safetensors")
        try folder.write(ExactJSON.encode(checkpoint.description, pretty: true), to: "\(name).json")
    }

    /// Whether a `.safetensors` file holds a structural model, by the format that its description names.
    public static func isStructural(_ path: String) throws(InputError) -> Bool {
        struct Format: Codable, Sendable { var format: String? }
        let checkpoint = try? Checkpoint<Format>(decoding: try InputFile.bytes(path))
        return checkpoint?.description.format == StructuralDescription.currentFormat
    }

    /// The structural model of a `.safetensors` file.
    static func readStructural(
        _ path: String
    ) throws(InputError) -> (model: StructuralModel, description: StructuralDescription) {
        let bytes = try InputFile.bytes(path)
        func fault(_ problem: String) -> InputError {
            InputError(.data, at: .init(path), problem, expected: "a model that 'apus run' has saved")
        }
        do {
            let checkpoint = try Checkpoint<StructuralDescription>(decoding: bytes)
            let model = try StructuralModel(checkpoint)
            guard model.leaves.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else {
                throw fault("a number of the model is not finite")
            }
            return (model, checkpoint.description)
        } catch let error as InputError { throw error } catch { throw fault("\(error)") }
    }

    /// The forecaster of a `.safetensors` file and its description.
    public static func read(
        _ path: String
    ) throws(InputError) -> (forecaster: EnsembleForecaster, description: ForecasterDescription) {
        let bytes = try InputFile.bytes(path)
        func fault(_ problem: String) -> InputError {
            InputError(.data, at: .init(path), problem, expected: "a model that 'apus run' has saved")
        }
        let checkpoint: Checkpoint<ForecasterDescription>
        do { checkpoint = try Checkpoint(decoding: bytes) } catch { throw fault("\(error)") }
        if let problem = checkpoint.flaw { throw fault(problem) }
        do { return (try EnsembleForecaster(checkpoint), checkpoint.description) } catch {
            throw fault("\(error)")
        }
    }
}
