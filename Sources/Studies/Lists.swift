/// The methods that a configuration can name, in the order of tables and help.
public enum Methods {
    public static let all: [any AssimilationMethod.Type] = [
        ClimatologyMethod.self,
        OptimalInterpolation.self,
        ThreeDVar.self,
        ExtendedKalman.self,
        StochasticEnKFMethod.self,
        ETKFMethod.self,
        DeterministicEnKFMethod.self,
        SerialEnSRFMethod.self,
        FiniteSizeEnKF.self,
        LETKFMethod.self,
        LocalStochasticEnKF.self,
        RankHistogramMethod.self,
        FourDVar.self,
        IterativeSmoother.self,
        BootstrapParticles.self,
        OptimalParticles.self,
        ScoreFilterMethod.self,
        LearnedGainMethod.self,
        LearnedEnsembleGain.self,
        ResidualNetworkMethod.self,
        LearnedInflationMethod.self,
        LearnedLocalizationMethod.self,
        JointNetworksMethod.self,
        SetTransformerMethod.self,
    ]

    /// Those that stand in every table.
    public static var baselines: [any AssimilationMethod.Type] { all.filter { $0.isBaseline } }
}

/// The methods that infer the unknowns of a system as a whole, besides those of ``Methods``.
public enum Inferences {
    public static let all: [any InferenceMethod.Type] = [
        MaximumAPosteriori.self,
        KalmanInference.self,
        InnovationLikelihood.self,
    ]
}

/// The modifiers that the analyses of ensemble methods can have, in the order in which they act.
public enum ModifierParameters {
    public static let all: [ModifierParameter] = [
        .perturbationRelaxation, .spreadRelaxation, .rotation, .inflation,
    ]
}

/// The models that truths are made with.
public enum TestModels {
    public static let all: [any TestModel.Type] = [
        Lorenz63Model.self,
        Lorenz96Model.self,
        KuramotoSivashinskyModel.self,
        CubicLorenz96Model.self,
        TwoScaleLorenz96Model.self,
        Lorenz2005Model.self,
        EquationsModel.self,
    ]
}

/// The forecast models that are learned.
public enum Surrogates {
    public static let all: [any Surrogate.Type] = [
        ConvolutionSurrogate.self,
        DenseSurrogate.self,
        DictionarySurrogate.self,
        RandomFeaturesSurrogate.self,
        GaussianProcessSurrogate.self,
        ReservoirSurrogate.self,
    ]
}

/// The settings of papers.
public enum Literature {
    public static let all: [TwinSetting] = [
        .sakov2008, .sakov2012, .anderson2010, .bocquet2010, .bocquet2010Large, .bocquet2013, .bocquet2019,
        .sparseLorenz96,
    ]
}
