import Studies

/// The judgement by withheld values as `results.json` has it.
struct JudgementSummary: Encodable {
    var by: String
    var folds: Int
    var blocks: Int
    var scores: [WithheldScore]
    var comparisons: [WithheldComparison]

    init(_ judgement: WithheldJudgement) {
        (by, folds, blocks) = (judgement.grouping.rawValue, judgement.folds, judgement.blocks)
        (scores, comparisons) = (judgement.scores, judgement.comparisons)
    }
}

extension WithheldJudgement {
    /// The scores over all channels, in the order of the configuration.
    var table: TextTable {
        let clear = withinNoise.isEmpty && comparisons.contains { $0.probability != nil }
        var table = TextTable(
            title: "Values that were withheld, \(groupingText)"
                + (clear ? "; marked: lower than all others beyond noise" : ""),
            columns: [
                .init("Method"), .init("Uses"), .init("Values"), .init("RMSE"), .init("CRPS [95 %]"),
                .init("90 % intervals hold", units: "%"),
            ])
        for score in overall {
            table.add(row(score), best: clear && score.method == best?.method && !score.isSmoothed ? [4] : [])
        }
        return table
    }

    /// More channels are in `results.json` alone.
    private static var mostChannels: Int { 40 }

    /// The scores of each channel, in its unit; nil where there is one channel, or too many for a page.
    var channelTable: TextTable? {
        let own = scores.filter { $0.channel != nil }
        let channels = own.map(\.channel).reduce(into: [String?]()) { if $0.last != $1 { $0.append($1) } }
        let names = Set(channels)
        guard !own.isEmpty, names.count <= Self.mostChannels else { return nil }
        var table = TextTable(
            title: "The same for each channel, in its unit",
            columns: [
                .init("Channel"), .init("Method"), .init("Uses"), .init("Values"), .init("RMSE"),
                .init("CRPS [95 %]"), .init("90 % intervals hold", units: "%"),
            ])
        for channel in channels.prefix(names.count) {
            for score in own where score.channel == channel { table.add([.text(channel ?? "")] + row(score)) }
        }
        return table
    }

    private func row(_ score: WithheldScore) -> [TextTable.Cell] {
        [
            .text(score.method), .text(score.isSmoothed ? "all times" : "times so far"),
            .number(Double(score.count), decimals: 0), .quantity(score.error),
            .quantity(score.crps, low: score.low, high: score.high),
            .number(score.coverage.map { 100 * $0 }, decimals: 0),
        ]
    }

    private var groupingText: String {
        switch grouping {
        case .time: "\(blocks) blocks of time in \(folds) folds"
        case .place: "whole places in \(folds) folds"
        case .value: "single values in \(folds) folds"
        }
    }

    /// The best method, and those that cannot be told from it.
    var sentences: [String] {
        guard let best, let score = best.crps else {
            return [
                "By withheld values no method can be judged: all have diverged, or use observations after the time."
            ]
        }
        var sentences: [String] = []
        let near = withinNoise
        let format = NumberFormat(overall.map(\.crps))
        let start =
            "By values that were withheld \(best.method) has the smallest CRPS of what uses observations so far, "
            + "\(format.text(score)) standard deviations"
        if comparisons.allSatisfy({ $0.probability == nil }) {
            sentences.append("\(start); fewer than 3 blocks of time tell nothing of the difference to others.")
        } else if near.isEmpty {
            sentences.append("\(start), lower than that of every other beyond noise.")
        } else {
            sentences.append("\(start), within noise of \(near.joined(separator: ", ")).")
        }
        for score in overall where score.crps == nil {
            sentences.append("\(score.method) has no finite estimates of withheld values: it has diverged.")
        }
        for score in overall where !SimpleEstimate.allCases.contains(where: { $0.rawValue == score.method }) {
            guard let coverage = score.coverage, score.count >= 20, abs(coverage - 0.9) > 0.1 else { continue }
            sentences.append(
                "\(score.method)\(score.isSmoothed ? " by all times" : ""): 90 % intervals hold "
                    + "\(Int((100 * coverage).rounded())) % of the withheld values: they are too "
                    + (coverage < 0.9 ? "narrow." : "wide."))
        }
        return sentences
    }

    func add(to file: inout NetCDFFile, times: Int, channels: Int) {
        let names = estimates.map { $0.isSmoothed ? "\($0.method), all times" : $0.method }
        file.addCoordinate(
            "estimator", .texts(names), attributes: ["long_name": "method of estimates of withheld values"])
        for (part, title, values) in [
            ("mean", "mean", estimates.flatMap(\.means)),
            ("spread", "standard deviation", estimates.flatMap(\.deviations)),
        ] {
            file.addVariable(
                "withheld_\(part)", on: ["estimator", "time", "channel"], .numbers(values),
                attributes: [
                    "long_name": .text("\(title) of the estimate of a value that was withheld, under the transform")
                ])
        }
    }
}
