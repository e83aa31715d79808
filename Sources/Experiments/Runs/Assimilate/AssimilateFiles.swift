import Foundation
import Studies

extension AssimilateResults: ReportedResults {
    /// The content of `results.json`.
    private struct Summary: Encodable {
        var name: String
        var title: String
        var summary: String
        var version: String
        var engine: Engine
        var seed: Int
        var timeUnit: String
        var firstTime: String
        var lastObservation: String
        var parameters: [ParameterRecord]
        var methods: [InferenceRecord]
        var channels: [ChannelCounts]
        var states: [StateRecord]
        var trainings: [TrainingSummary]
        /// nil where no value was withheld.
        var withheld: JudgementSummary?
        var credits: [String]
        var warnings: [String]

        enum CodingKeys: String, CodingKey {
            case name, title, summary, version, engine, seed
            case timeUnit = "time_unit"
            case firstTime = "first_time"
            case lastObservation = "last_observation"
            case parameters, methods, channels, states, trainings, withheld, credits, warnings
        }
    }

    private struct ChannelCounts: Encodable {
        var name: String
        var formula: String
        var units: String
        var transform: String
        var counts: [String: Int]
    }

    /// A value of the state at the last observation and at the forecast times, by a method.
    private struct StateRecord: Encodable {
        var method: String
        var state: String
        var times: [String]
        var mean: [Double?]
        var sd: [Double?]
        var q05: [Double?]
        var q50: [Double?]
        var q95: [Double?]
    }

    /// States of more values are in `results.nc` alone.
    private static let mostStatesInJSON = 50

    func json() -> Data {
        let shown = states.count <= Self.mostStatesInJSON ? states.indices : 0..<0
        let last = observedCount - 1
        let records = zip(methods, series).flatMap { method, series -> [StateRecord] in
            guard let best = series.best else { return [] }
            return shown.map { state in
                func values(_ all: [Double]) -> [Double?] {
                    (last..<times.count).map { all[$0 * states.count + state].finite }
                }
                return StateRecord(
                    method: method.name, state: states[state], times: Array(timeTexts[last...]),
                    mean: values(best.mean), sd: values(best.deviation), q05: values(best.low),
                    q50: values(best.median), q95: values(best.high))
            }
        }
        return OrderedJSON.encoded(
            Summary(
                name: name, title: title, summary: summary, version: version, engine: engine, seed: seed,
                timeUnit: timeUnit, firstTime: timeTexts[0], lastObservation: timeTexts[last], parameters: parameters,
                methods: methods,
                channels: channels.map {
                    ChannelCounts(
                        name: $0.name, formula: $0.formula, units: $0.units, transform: $0.transform, counts: $0.counts)
                }, states: records, trainings: trainings, withheld: judgement.map(JudgementSummary.init),
                credits: credits,
                warnings: warnings))
    }

    func netCDF() throws(InputError) -> NetCDFFile {
        var file = NetCDFFile(attributes: [
            "title": .text(title), "summary": .text(summary), "source": .text(engine.source(version)),
            "comment": .text("Made with seed \(seed)"),
        ])
        let unit = TimeUnitName(rawValue: timeUnit)
        let instants = unit.map { unit in times.compactMap(unit.instant) } ?? []
        if instants.count == times.count {
            file.addTime(instants)
        } else {
            file.addCoordinate(
                "time", .numbers(times), attributes: ["long_name": "model time", "units": "1", "axis": "T"])
        }
        file.addVariable(
            "is_forecast", on: ["time"], .integers(times.indices.map { $0 < observedCount ? 0 : 1 }),
            attributes: ["long_name": "1 behind the last observation", "units": "1"])
        file.addCoordinate("method", .texts(methods.map(\.name)), attributes: ["long_name": "method"])
        file.addCoordinate("state", .texts(states), attributes: ["long_name": "value of the state"])
        file.addCoordinate("channel", .texts(channels.map(\.name)), attributes: ["long_name": "observed quantity"])
        addStates(to: &file)
        addObservations(to: &file)
        addParameters(to: &file)
        judgement?.add(to: &file, times: times.count, channels: channels.count)
        return file
    }

    private func addStates(to file: inout NetCDFFile) {
        let nothing = [Double](repeating: .nan, count: times.count * states.count)
        let kinds: [(String, String, KeyPath<InferenceSeries, InferenceSeries.Moments?>)] = [
            ("background", "before the observations of the time", \.background),
            ("analysis", "given the observations up to the time", \.analysis),
            ("smoothed", "given all observations", \.smoothed),
        ]
        let parts: [(String, String, KeyPath<InferenceSeries.Moments, [Double]>)] = [
            ("mean", "mean", \.mean), ("spread", "standard deviation", \.deviation), ("q05", "5 % quantile", \.low),
            ("q50", "median", \.median), ("q95", "95 % quantile", \.high),
        ]
        for (kind, when, path) in kinds where series.contains(where: { $0[keyPath: path] != nil }) {
            for (part, what, values) in parts {
                file.addVariable(
                    "\(kind)_\(part)", on: ["method", "time", "state"],
                    .numbers(series.flatMap { $0[keyPath: path].map { $0[keyPath: values] } ?? nothing }),
                    attributes: ["long_name": .text("\(what) \(when)")])
            }
        }
    }

    private func addObservations(to file: inout NetCDFFile) {
        let shape = ["time", "channel"]
        file.addVariable(
            "observed", on: shape,
            .numbers(times.indices.flatMap { time in channels.map { $0.values[time] ?? .nan } }),
            attributes: ["long_name": "observed values, before the transform"])
        file.addVariable(
            "channel_units", on: ["channel"], .texts(channels.map(\.units)))
        let words = ValueFlag.allCases.map(\.word).joined(separator: " ")
        let flags = methods.indices.flatMap { method in
            times.indices.flatMap { time in
                channels.indices.map { channel -> Int32 in
                    let flag = channels[channel].flags[time]
                    guard flag == ValueFlag.used.rawValue, let used = series[method].used else { return Int32(flag) }
                    let isUsed = used[time * channels.count + channel] > 0
                    return Int32(isUsed ? flag : ValueFlag.rejected.rawValue)
                }
            }
        }
        file.addVariable(
            "flag", on: ["method"] + shape, .integers(flags),
            attributes: [
                "long_name": "use of the value", "units": "1",
                "flag_values": .integers(ValueFlag.allCases.map { Int32($0.rawValue) }), "flag_meanings": .text(words),
            ])
        guard series.contains(where: { $0.forecasts != nil }) else { return }
        let nothing = [Double](repeating: .nan, count: times.count * channels.count)
        file.addVariable(
            "forecast_value", on: ["method"] + shape, .numbers(series.flatMap { $0.forecasts ?? nothing }),
            attributes: ["long_name": "mean of the forecast of the value, under the transform"])
        file.addVariable(
            "forecast_value_spread", on: ["method"] + shape,
            .numbers(series.flatMap { $0.forecastDeviations ?? nothing }),
            attributes: ["long_name": "standard deviation of it, the error of the observation included"])
    }

    private func addParameters(to file: inout NetCDFFile) {
        let names = series.first { !$0.parameterNames.isEmpty }?.parameterNames ?? []
        guard !names.isEmpty else { return }
        file.addCoordinate("parameter", .texts(names), attributes: ["long_name": "unknown parameter"])
        let nothing = [Double](repeating: .nan, count: times.count * names.count)
        for (part, what, values) in [
            ("mean", "mean", series.map { $0.parameters?.mean }),
            ("spread", "standard deviation", series.map { $0.parameters?.deviation }),
        ] {
            file.addVariable(
                "parameter_\(part)", on: ["method", "time", "parameter"], .numbers(values.flatMap { $0 ?? nothing }),
                attributes: ["long_name": .text("\(what) of the parameter given the observations up to the time")])
        }
    }
}
