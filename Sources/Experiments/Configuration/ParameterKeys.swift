import Studies

/// Parameters of methods, models and surrogates as keys of a configuration.
extension ParameterDescription {
    /// - Parameter isListed: whether a list of values to choose from may be given.
    func key(isListed: Bool) -> ConfigurationKey {
        let value: ConfigurationKey.Value =
            switch domain {
            case .integer(let range): .integer(.within(range))
            case .real(let range): .number(.within(range))
            case .flag: .integer(.within(0...1))
            case .choice(let words): .choice(words)
            }
        return ConfigurationKey(
            name, isListed ? .list(value) : value, .usual(domain.text(usual).replacing("−", with: "-")), unit: unit,
            summary)
    }

    /// The values of the key, or its default.
    func values(_ keys: inout ConfigurationMapping) throws(InputError) -> [Double] {
        switch domain {
        case .integer, .flag: return try keys.integers(name).map(Double.init)
        case .real: return try keys.numbers(name)
        case .choice(let words):
            var values: [Double] = []
            for node in try keys.value(name).listOrSingle() {
                let word = try node.choice(among: words)
                values.append(Double(words.firstIndex(of: word) ?? 0))
            }
            return values
        }
    }

    /// The single value of the key, or its default.
    func value(_ keys: inout ConfigurationMapping) throws(InputError) -> Double {
        switch domain {
        case .integer, .flag: return Double(try keys.integer(name))
        case .real: return try keys.number(name)
        case .choice(let words):
            return Double(words.firstIndex(of: try keys.value(name).choice(among: words)) ?? 0)
        }
    }
}

extension Parameterized {
    /// Its parameters as keys.
    static func keys(isListed: Bool) -> [ConfigurationKey] {
        parameterDescriptions.map { $0.key(isListed: isListed) }
    }

    /// The same with the values that a mapping gives.
    func with(_ keys: inout ConfigurationMapping, except unread: [String] = []) throws(InputError) -> Self {
        var values = ParameterValues()
        for description in Self.parameterDescriptions
        where !unread.contains(description.name) && keys.optional(description.name) != nil {
            values[description.name] = try description.value(&keys)
        }
        return with(values)
    }
}
