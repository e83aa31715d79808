import Experiments
do {
    let file = try ExperimentFile(CommandLine.arguments[1])
    let run = try file.run(claim: .force, options: RunOptions())
    print(run.results.summaryTable(.rmse).rendered(color: false))
    print(run.results.summaryTable(.crps).rendered(color: false))
    print(run.results.summaryTable(.coverage90).rendered(color: false))
    print(run.results.summaryTable(.rmse, gaps: .random30).rendered(color: false))
    print(run.results.verdict.joined(separator: "\n"))
    print(run.results.choice)
    for g in run.results.gapFilling { print(g.gaps, g.variable, g.estimator, g.rmse ?? .nan, g.count) }
    print(run.failures, run.folder)
} catch { print(error) }
