import Assimilation
import Learning
import Tensors

/// A preprocessing and a model, both fitted to the same rows, of whatever type the model is.
public struct FittedPipeline: Sendable {
    public let preprocessing: FittedPreprocessing
    public let layout: SampleLayout
    public let model: any SupervisedModel
    public let predictor: any Predictor
    public let losses: [Double]
    public let watchedLosses: [Double]
    public let outcome: Outcome

    /// Fits both to rows of the data.
    ///
    /// - Parameter watched: rows whose loss is recorded after every epoch of a training.
    public init(
        _ model: any SupervisedModel, _ data: SupervisedData, rows: [Int], preprocessing: Preprocessing,
        watched: [Int]? = nil, setting: FitSetting
    ) {
        let fittedPreprocessing = preprocessing.fitted(to: data.inputs, rows: rows)
        let training = data.taking(rows)
        let samples = Samples(fittedPreprocessing.features(training.inputs), training.targets)
        var setting = setting
        if let watched {
            let part = data.taking(watched)
            setting.watched = Samples(fittedPreprocessing.features(part.inputs), part.targets)
        }
        self.init(model, samples, fittedPreprocessing, setting)
    }

    private init(
        _ model: some SupervisedModel, _ samples: Samples, _ preprocessing: FittedPreprocessing, _ setting: FitSetting
    ) {
        let fit = model.fitted(to: samples, setting)
        (self.preprocessing, layout, self.model, predictor) = (preprocessing, samples.layout, model, fit.predictor)
        (losses, watchedLosses, outcome) = (fit.losses, fit.watchedLosses, fit.outcome)
    }

    /// One that was saved.
    public init(
        _ model: any SupervisedModel, _ layout: SampleLayout, _ preprocessing: FittedPreprocessing,
        _ predictor: any Predictor
    ) {
        (self.model, self.layout, self.preprocessing, self.predictor) = (model, layout, preprocessing, predictor)
        (losses, watchedLosses, outcome) = ([], [], .completed)
    }

    public func predictions(_ inputs: Inputs) -> Predictions {
        Predictions(predictor.predictions(preprocessing.features(inputs)), layout.task)
    }

    /// The standard deviation of a new value at each input, where the model tells it.
    public func deviations(_ inputs: Inputs) -> [Double]? {
        predictor.deviation(preprocessing.features(inputs))?.values
    }
}
