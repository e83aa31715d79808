import Foundation
import Learning
import Studies
import Supervised
import Tensors

/// The description of a saved regression or classification: all that its tensors do not tell.
struct SupervisedDescription: Codable, Sendable {
    static let currentFormat = "apus supervised 1"

    var format = currentFormat
    var model: String
    var parameters: ParameterValues
    var layout: SampleLayout
    var preprocessing: FittedPreprocessing
    var classes: [String]
    var target: String?
    /// Columns whose values are words.
    var words: [String]
    var dates: [String]
    /// Half the width of intervals that hold the coverage's share of new values; nil where there are none.
    var halfWidth: Double?
    var coverage: Double
}

/// A fitted model and its preprocessing on disk.
enum SupervisedFile {
    static func write(
        _ fitted: FittedPipeline, _ data: SupervisedData, _ name: String, _ configuration: SupervisedConfiguration,
        half: SupervisedModelRecord.Intervals?, in folder: RunFolder
    ) throws(InputError) {
        var (classes, words): ([String], [String]) = ([], [])
        if case .classes(_, let names) = data.targets { classes = names }
        if case .table(let table) = data.inputs {
            words = table.columns.filter { if case .words = $0.values { true } else { false } }.map(\.name)
        }
        let description = SupervisedDescription(
            model: fitted.model.name, parameters: fitted.model.values, layout: fitted.layout,
            preprocessing: fitted.preprocessing, classes: classes, target: configuration.data.target, words: words,
            dates: configuration.data.dates, halfWidth: half?.halfWidth, coverage: configuration.coverage)
        try write(fitted.predictor, description, to: "models/\(FilePath.component(name))", in: folder)
    }

    private static func write(
        _ predictor: some Predictor, _ description: SupervisedDescription, to name: String, in folder: RunFolder
    ) throws(InputError) {
        try ModelFile.write(Checkpoint(predictor, description: description), to: name, in: folder)
    }

    static func read(
        _ path: String
    ) throws(InputError) -> (fitted: FittedPipeline, description: SupervisedDescription) {
        let bytes = try InputFile.bytes(path)
        func fault(_ problem: String) -> InputError {
            InputError(
                .data, at: .init(path), problem,
                expected: "a model that 'apus run' has saved from a regression or classification")
        }
        let checkpoint: Checkpoint<SupervisedDescription>
        do { checkpoint = try Checkpoint(decoding: bytes, isOwn: true) } catch { throw fault("\(error)") }
        let description = checkpoint.description
        guard description.format == SupervisedDescription.currentFormat else {
            throw fault("a file of format \(description.format.quoted)")
        }
        guard let type = SupervisedModels.all.first(where: { $0.name == description.model }) else {
            throw fault("the model \(description.model.quoted) is not known")
        }
        guard description.layout.isSound, type.isSound(description.parameters) else {
            throw fault("a parameter or a size of the model is out of range")
        }
        return (try restored(type, checkpoint, fault), description)
    }

    private static func restored<Model: SupervisedModel>(
        _ type: Model.Type, _ checkpoint: Checkpoint<SupervisedDescription>, _ fault: (String) -> InputError
    ) throws(InputError) -> FittedPipeline {
        let description = checkpoint.description
        let model = Model().with(description.parameters)
        if let problem = model.fault(description.layout) { throw fault(problem.problem) }
        let numbers = checkpoint.tensors.values.reduce(0) { $0 + $1.count }
        guard description.layout.features <= max(1_000_000, numbers) else {
            throw fault("\(description.layout.features) features for \(numbers) numbers")
        }
        do {
            let predictor = try checkpoint.restored(into: model.template(description.layout))
            guard predictor.leaves.allSatisfy({ !$0.type.isReal || $0.values.allSatisfy(\.isFinite) }) else {
                throw fault("a number of the model is not finite")
            }
            return FittedPipeline(model, description.layout, description.preprocessing, predictor)
        } catch let error as InputError { throw error } catch { throw fault("\(error)") }
    }
}

extension SampleLayout {
    /// Whether the sizes are those of samples.
    fileprivate var isSound: Bool {
        let isShape = (shape.count == 1 || shape.count == 3) && shape.allSatisfy { (1...10_000_000).contains($0) }
        return isShape && shape.reduce(1.0, { $0 * Double($1) }) < 1e8 && (1...10_000).contains(outputs)
            && (task == .classification) == (outputs > 1) && (1...1_000_000_000).contains(count)
    }
}

extension SupervisedModel {
    fileprivate static func isSound(_ values: ParameterValues) -> Bool { values.isSound(for: Self.self) }
}
