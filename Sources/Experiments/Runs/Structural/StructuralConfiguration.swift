import Learning

/// What a configuration file says of a structural experiment.
struct StructuralConfiguration: Sendable {
    let data: DataSource
    let step: TimeStep
    let split: ForecastSetting.Split
    /// What may be chosen from, in the order of the tables.
    let variants: [StructuralSetting]
    /// In steps, ascending.
    let leads: [Int]
    /// What no fit and no filter may see, to be estimated from the rest.
    let withheld: Range<Instant>?
    let withheldPlace: ConfigurationNode?
    let resamples: Int

    init(_ keys: inout ConfigurationMapping) throws(InputError) {
        let dataNode = try keys.required("data")
        data = try DataSource(dataNode)
        guard let step = data.step else {
            throw dataNode.error("a structural model needs a regular step", expected: "a key 'step' such as 'week'")
        }
        guard data.variables.count == 1 else {
            throw dataNode.error(
                "\(data.variables.count) variables", expected: "one: a structural model is of one series")
        }
        self.step = step
        split = try ForecastSetting.Split(try keys.required("split"))
        variants = try Self.variants(try keys.required("components"), step)
        leads = try keys.required("forecast").mapping { (keys) throws(InputError) in
            let leads = try integers(keys.required("leads"), default: [], .within(1...100_000))
            return Set(leads).sorted()
        }
        withheldPlace = keys.optional("withhold")
        if let withheldPlace { withheld = try period(withheldPlace) } else { withheld = nil }
        resamples =
            try keys.optional("bootstrap")?.mapping { (keys) throws(InputError) in
                try keys.required("resamples").integer(.within(100...100_000))
            } ?? 1000
    }

    /// Every number of harmonics with every order of the remainder.
    private static func variants(_ node: ConfigurationNode, _ step: TimeStep) throws(InputError) -> [StructuralSetting]
    {
        let period = step.stepsPerYear
        let (harmonics, orders) = try node.mapping { (keys) throws(InputError) in
            (
                try integers(keys.required("harmonics"), default: [], .within(0...20)),
                try integers(keys.optional("remainder"), default: [0], .within(0...12))
            )
        }
        if let most = harmonics.max(), most > 0, Double(2 * most) >= period {
            throw node.error(
                "\(most) harmonics of a year of \(NumberText.fixed(period, decimals: 1)) steps",
                expected: "fewer than half as many as steps in a year")
        }
        var all: [StructuralSetting] = []
        for order in orders {
            for count in harmonics {
                let variant = StructuralSetting(period: period, harmonics: count, remainderOrder: order)
                if !all.contains(variant) { all.append(variant) }
            }
        }
        return all
    }
}

extension StructuralSetting {
    /// The name of the method, as `3 harmonics + AR(1)`.
    var name: String {
        let season = harmonics == 0 ? "trend" : "\(harmonics) harmonic\(harmonics == 1 ? "" : "s")"
        return remainderOrder == 0 ? season : "\(season) + AR(\(remainderOrder))"
    }

    /// One sentence on what the method does.
    var text: String {
        let season =
            harmonics == 0 ? "" : " and a season of \(harmonics) harmonic\(harmonics == 1 ? "" : "s") that may change"
        let remainder = remainderOrder == 0 ? "" : " and an autoregressive remainder of order \(remainderOrder)"
        return
            "local linear trend\(season)\(remainder); variances by maximum likelihood of the Kalman filter's innovations"
    }
}
