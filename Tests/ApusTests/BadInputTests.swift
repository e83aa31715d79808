import Foundation
import Testing

/// One thing that is wrong with an otherwise good input, and what the tool must say of it.
struct BadInput: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var configuration = SmallExperiment.configuration
    var data: Data? = Data(SmallExperiment.data.utf8)
    let status: Int32
    /// What the line begins with after `apus: `.
    let place: String
    /// Words that the line holds.
    let words: [String]

    /// A configuration in which one text takes the place of another.
    static func configuration(
        _ name: String, _ old: String, _ new: String, of text: String = SmallExperiment.configuration,
        status: Int32 = 78, at place: String, _ words: String...
    ) -> BadInput {
        precondition(text.contains(old), "no '\(old)' in the configuration")
        return BadInput(
            testDescription: name, configuration: text.replacingOccurrences(of: old, with: new), status: status,
            place: place, words: words)
    }

    static func data(_ name: String, _ data: Data?, status: Int32 = 65, at place: String, _ words: String...)
        -> BadInput
    {
        BadInput(testDescription: name, data: data, status: status, place: place, words: words)
    }

    static func data(_ name: String, _ text: String, at place: String, _ words: String...) -> BadInput {
        BadInput(testDescription: name, data: Data(text.utf8), status: 65, place: place, words: words)
    }

    /// A cell of the table with another text; rows are counted as lines of the file.
    static func cell(_ name: String, line: Int, column: Int, _ text: String, at place: String, _ words: String...)
        -> BadInput
    {
        let table = SmallExperiment.data(column: column) { $0 == line - 2 ? text : $1 }
        return BadInput(testDescription: name, data: Data(table.utf8), status: 65, place: place, words: words)
    }
}

extension BadInput {
    private static let rows = SmallExperiment.rows

    private static func edited(_ edit: (inout [[String]]) -> Void) -> String {
        var rows = rows
        edit(&rows)
        return SmallExperiment.table(rows)
    }

    static let tables: [BadInput] = [
        .data("no file", nil, status: 66, at: "data.csv: ", "no such file"),
        .data("empty file", "", at: "data.csv: ", "empty", "expected"),
        .data("header alone", "year,month,a,b\n", at: "data.csv: ", "no rows", "expected"),
        .data(
            "missing column", SmallExperiment.table(rows, header: "year,month,a,c"), at: "data.csv:1", "'b'",
            "year, month, a, c"),
        .data(
            "duplicate column", SmallExperiment.table(rows, header: "year,month,a,a"), at: "data.csv:1:14", "duplicate",
            "'a'"),
        .data(
            "short row", edited { $0[9] = ["1990", "10", "3"] }, at: "data.csv:11:",
            "3 fields", "expected 4"),
        .cell(
            "text in a number", line: 12, column: 2, "warm", at: "data.csv:12:9", "'warm'", "expected a finite number"),
        .cell("infinite", line: 14, column: 2, "inf", at: "data.csv:14:8", "infinite", "expected"),
        .cell("overflow", line: 14, column: 2, "1e999", at: "data.csv:14:8", "infinite", "expected"),
        .cell("too large", line: 14, column: 2, "1e200", at: "data.csv:14:8", "too large", "expected"),
        .cell("thirteenth month", line: 5, column: 1, "13", at: "data.csv:5:6", "'13' is not a month", "1 to 12"),
        .data(
            "unsorted times", edited { $0.swapAt(5, 6) }, at: "data.csv:8:1",
            "1990-06-01 comes after 1990-07-01", "expected increasing"),
        .data(
            "duplicate time", edited { $0.insert($0[4], at: 5) }, at: "data.csv:7:1",
            "duplicate time", "line 6", "expected"),
        .data(
            "irregular step", edited { $0.remove(at: 5) }, at: "data.csv:7", "irregular step",
            "expected", "aggregate"),
        .data(
            "all missing", SmallExperiment.data(column: 3) { _, _ in "" }, at: "data.csv:1:14", "no values", "expected"),
        .data(
            "not UTF-8", Data("year,month,a,b\n1990,1,2,".utf8) + [0xFF, 0x0A], at: "data.csv:2:10", "0xFF", "expected",
            "UTF-8"),
        .data(
            "constant", SmallExperiment.data(column: 2) { _, _ in "5.1" }, at: "data.csv: ", "'a'", "does not vary",
            "expected"),
        .data(
            "seasons alone", SmallExperiment.data(column: 3) { row, _ in "\(row % 12)" }, at: "data.csv: ", "'b'",
            "does not vary", "expected"),
        .data(
            "copies", SmallExperiment.table(rows.map { [$0[0], $0[1], $0[2], $0[2]] }), at: "data.csv: ", "'b'",
            "linear combination", "expected"),
        .data(
            "no training values", SmallExperiment.data(column: 2) { $0 < 120 ? "" : $1 }, at: "data.csv: ", "'a'",
            "no value in the training period", "expected"),
        .data(
            "no validation values", SmallExperiment.data(column: 2) { 120..<168 ~= $0 ? "" : $1 }, at: "data.csv: ",
            "validation period", "expected"),
        .data(
            "no test values", SmallExperiment.data(column: 2) { $0 >= 168 ? "" : $1 }, at: "data.csv: ", "test period",
            "expected"),
    ]

    static let configurations: [BadInput] = [
        .configuration("no text", SmallExperiment.configuration, "", at: "config.yaml: ", "empty", "expected"),
        .configuration("no YAML", "target: a", "\ttarget: a", at: "config.yaml:16:1", "YAML"),
        .configuration(
            "unknown key", "members: 16", "membrs: 16", at: "config.yaml:17:46: forecast.membrs", "unknown key",
            "did you mean 'members'?", "expected"),
        .configuration(
            "unknown top key", "bootstrap: {", "bootstrp: {", at: "config.yaml:26:1: bootstrp",
            "did you mean 'bootstrap'?"),
        .configuration(
            "duplicate key", "target: a", "target: a\ntarget: b", at: "config.yaml:", "duplicate key 'target'"),
        .configuration("missing key", "target: a\n", "", at: "config.yaml:1:1", "'target' is missing", "expected"),
        .configuration(
            "text for a number", "leads: 3,", "leads: three,", at: "config.yaml:17:19: forecast.leads", "'three'",
            "expected an integer"),
        .configuration(
            "list for a word", "target: a", "target: [a]", at: "config.yaml:16:9: target", "found a list",
            "expected text"),
        .configuration(
            "word for a list", "[[4]], memory: [1], ridge: [0.01], epochs: 5, patience: 3}\ncor", "4, memory: 1}\ncor",
            at: "config.yaml:20:19: network.hidden", "expected a list"),
        .configuration(
            "unknown experiment", "experiment: forecast", "experiment: forcast", at: "config.yaml:1:13: experiment",
            "did you mean 'forecast'?", "expected one of"),
        .configuration(
            "unknown filter", "[etkf, enkf]", "[etkf, letkf]", at: "config.yaml:22:32: assimilation.filters[1]",
            "'letkf'", "expected one of: etkf, enkf"),
        .configuration(
            "filter twice", "[etkf, enkf]", "[etkf, etkf]", at: "config.yaml:22:32: assimilation.filters[1]", "twice"),
        .configuration(
            "zero leads", "leads: 3,", "leads: 0,", at: "config.yaml:17:19: forecast.leads", "0 is out of range",
            "expected 1 to 1000"),
        .configuration(
            "negative seed", "seed: 7", "seed: -7", at: "config.yaml:3:7: seed", "-7", "expected 0 to 400000"),
        .configuration(
            "zero ridge", "ridge: [1]}", "ridge: [0]}", at: "config.yaml:19:34: linear.ridge[0]",
            "expected a number above 0"),
        .configuration(
            "negative memory", "memory: [1, 2]", "memory: [1, -2]", at: "config.yaml:19:22: linear.memory[1]", "-2",
            "expected 1 to 10000"),
        .configuration(
            "infinite inflation", "inflation: [1, 1.2]", "inflation: [.inf]",
            at: "config.yaml:22:51: assimilation.inflation[0]", "expected a finite number"),
        .configuration(
            "fraction above one", "fraction: 0.3", "fraction: 30", at: "config.yaml:24:22: gaps.random.fraction",
            "expected"),
        .configuration(
            "zero scale", "{name: a, units: degC}", "{name: a, scale: 0}",
            at: "config.yaml:10:24: data.variables[0].scale", "expected a number other than 0"),
        .configuration(
            "no learner's step", "  step: month\n", "", at: "config.yaml:6:3: data", "regular step",
            "expected a key 'step'"),
        .configuration(
            "too few steps", "step: month", "step: 5 months\n  aggregate: mean", at: "config.yaml:", "24 steps",
            "too few", "expected at least"),
        .configuration(
            "other step than the data's", "step: month", "step: 2 months", status: 65, at: "data.csv:3",
            "irregular step", "expected"),
        .configuration(
            "test outside the data", "2009-12", "2019-12", at: "config.yaml:13:3: split", "test period",
            "after the data", "expected an end by 2010-01-01"),
        .configuration(
            "training outside the data", "[1990-01, 1999", "[1970-01, 1999", at: "config.yaml:13:3: split",
            "training period", "expected"),
        .configuration(
            "training overlaps test", "[1990-01, 1999-12]", "[1990-01, 2005-12]", at: "config.yaml:13:3: split",
            "overlap", "expected train before validation before test"),
        .configuration(
            "period backwards", "[2004-01, 2009-12]", "[2009-12, 2004-01]", at: "config.yaml:15:9: split.test",
            "ends before it begins", "expected"),
        .configuration(
            "no date", "[2004-01, 2009-12]", "[2004-13, 2009-12]", at: "config.yaml:15:10: split.test[0]", "'2004-13'",
            "expected a date"),
        .configuration(
            "memory longer than training", "memory: [1, 2]", "memory: [200]", at: "config.yaml:13:3: split",
            "memory of 200", "expected at least 227"),
        .configuration(
            "network's memory longer than training", "network: {hidden: [[4]], memory: [1]",
            "network: {hidden: [[4]], memory: [200]", at: "config.yaml:13:3: split", "memory of 200", "expected"),
        .configuration(
            "correction that sees more than the model", "correction: {hidden: [[4]], memory: [1]",
            "correction: {hidden: [[4]], memory: [6]", at: "config.yaml:21:13: correction", "memory of 6",
            "expected memories of at most 1"),
        .configuration(
            "more seasonal lags than memory", "ridge: [1]}", "ridge: [1], seasonal_lags: [5]}",
            at: "config.yaml:19:53: linear.seasonal_lags", "expected at most 1"),
        .configuration(
            "leads longer than validation", "leads: 3,", "leads: 48,", at: "config.yaml:13:3: split",
            "validation of 48", "expected each longer than the 48 leads"),
        .configuration(
            "too few data for the folds", "folds: 3", "folds: 50",
            of: SmallExperiment.configuration.replacingOccurrences(of: "[1990-01, 1999-12]", with: "[1990-01, 1992-12]")
                .replacingOccurrences(of: "[2000-01, 2003-12]", with: "[1993-01, 1993-12]"),
            at: "config.yaml:13:3: split", "too few for 50 folds", "expected at least 100"),
        .configuration(
            "unknown target", "target: a", "target: aa", at: "config.yaml:16:9: target", "did you mean 'a'?",
            "expected one of: a, b"),
        .configuration(
            "unknown variable of gaps", "outage: {variable: a", "outage: {variable: bb",
            at: "config.yaml:25:22: gaps.outage.variable", "'bb'", "did you mean 'b'?", "expected one of: a, b"),
        .configuration(
            "outage outside the data", "[2005-03, 2006-02]", "[2031-03, 2032-02]",
            at: "config.yaml:25:33: gaps.outage.period", "no value of 'a'", "expected"),
        .configuration(
            "truth of one variable alone", "{name: a, units: degC}", "{name: a, truth: b}", at: "config.yaml:6:3: data",
            "b: no truth", "expected"),
        .configuration(
            "a folder as data", "file: data.csv", "file: .", status: 66, at: ".", "is a folder", "expected a file"),
        .configuration(
            "NetCDF that is none", "file: data.csv\n  time: {columns: [year, month]}",
            "file: data.csv\n  format: netcdf", status: 65, at: "data.csv", "NetCDF"),
        .configuration(
            "two variables of a structural model", "- {name: a, units: ppm}", "- {name: a}",
            of: SmallExperiment.structural.replacingOccurrences(
                of: "[{name: a, units: ppm}]", with: "\n    - {name: a, units: ppm}\n    - {name: b}"),
            at: "config.yaml:5:3: data", "2 variables", "expected one"),
        .configuration(
            "withheld outside the data", "[1995-01, 1995-06]", "[2020-01, 2020-06]", of: SmallExperiment.structural,
            at: "config.yaml:12:11: withhold", "no value", "expected"),
    ]
}

@Suite struct BadInputTests {
    @Test(arguments: BadInput.tables + BadInput.configurations)
    func isOneClearLine(_ input: BadInput) throws {
        let folder = try Folder()
        try folder.write(input.configuration, to: "config.yaml")
        if let data = input.data { try folder.write(data, to: "data.csv") }
        let ending = try Tool.run("run", "config.yaml", "--quiet", in: folder)
        expectFault(ending, input.status, at: input.place, input.words)
        #expect(!folder.holds("out/results.json"))
    }

    @Test func aStructuralSeriesMustVary() throws {
        let folder = try SmallExperiment.folder(
            SmallExperiment.structural, data: SmallExperiment.data(column: 2) { _, _ in "5.1" })
        expectFault(
            try Tool.run("run", "config.yaml", "--quiet", in: folder), 65, at: "data.csv: ",
            ["does not vary", "expected"])
    }

    @Test(arguments: [
        (["run", "nothing.yaml"], Int32(66), "nothing.yaml: ", ["no such file"]),
        (["run", "."], 66, ".: ", ["is a folder", "expected a file"]),
        (["run"], 64, "", ["<file>"]),
        (["run", "config.yaml", "--threads", "0"], 64, "", ["--threads 0", "expected at least 1"]),
        (["run", "config.yaml", "--threads", "two"], 64, "", ["'two'", "--threads"]),
        (["run", "config.yaml", "--resume", "--force"], 64, "", ["--resume", "--force"]),
        (["run", "config.yaml", "--colour"], 64, "", ["--colour"]),
        (["rum", "config.yaml"], 64, "", ["rum"]),
        (["explain", "lorenz69"], 64, "", ["no model 'lorenz69'", "did you mean 'lorenz6", "expected one of"]),
        (["forecast", "config.yaml"], 64, "", ["<file>"]),
        (["forecast", "config.yaml", "config.yaml"], 65, "config.yaml: ", ["safetensors", "expected"]),
        (["forecast", "none", "config.yaml", "--leads", "0"], 64, "", ["--leads 0", "expected"]),
        (["forecast", "none", "config.yaml"], 66, "none: ", ["no such file"]),
    ])
    func argumentsAreCheckedToo(_ arguments: [String], _ status: Int32, _ place: String, _ words: [String]) throws {
        let folder = try SmallExperiment.folder()
        expectFault(try Tool.start(arguments, in: folder).wait(), status, at: place, words)
    }

    @Test func threadsOfTheEnvironmentAreChecked() throws {
        let ending = try Tool.run(
            "run", "config.yaml", in: SmallExperiment.folder(), environment: ["APUS_THREADS": "-1"])
        expectFault(ending, 64, at: "APUS_THREADS: ", ["'-1'", "expected"])
    }
}

/// One line on standard error that says where and what, nothing on standard output, and the exit status.
func expectFault(
    _ ending: Tool.Ending, _ status: Int32, at place: String, _ words: [String],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(!ending.isSignalled && ending.status == status, "\(ending.errors)", sourceLocation: sourceLocation)
    #expect(ending.lines.count == 1, "\(ending.errors)", sourceLocation: sourceLocation)
    #expect(ending.errors.hasPrefix("apus: \(place)"), "\(ending.errors)", sourceLocation: sourceLocation)
    for word in words {
        #expect(ending.errors.contains(word), "\(ending.errors)", sourceLocation: sourceLocation)
    }
    #expect(ending.output.isEmpty, sourceLocation: sourceLocation)
}
