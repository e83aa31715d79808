import Studies

extension IndexedResults {
    var methods: ReportSection {
        var table = TextTable(columns: ["Method", "Kind", "What it does", "Settings"].map { .init($0) })
        for method in results.methods {
            let settings = method.parameters.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
            table.add(
                [.text(method.name), .text(method.kind.rawValue), .text(method.description), .text(settings)],
                isEmphasized: method.name == results.chosen)
        }
        var parts: [ReportPart] = [.table(table)]
        if !results.errorModels.isEmpty { parts.append(.table(errorTable)) }
        return ReportSection(identifier: "methods", title: "Methods and settings", parts: parts)
    }

    private var errorTable: TextTable {
        var table = TextTable(
            title: "Errors that the assimilation assumes, as standard deviations, and its inflation",
            columns: ["Method", "Variable", "Unit", "Observation error", "Model error of a step", "Inflation"].map {
                .init($0)
            })
        for model in results.errorModels {
            let variable = variable(model.variable)
            // Each row has a unit of its own.
            let own = NumberFormat([model.observationError, model.modelError])
            table.add([
                .text(model.method), .text(variable.longName), .text(UnitText.display(variable.units)),
                .text(own.text(model.observationError)), .text(own.text(model.modelError)),
                .number(model.inflation, decimals: 3),
            ])
        }
        return table
    }

    var credits: ReportSection {
        ReportSection(
            identifier: "data", title: "Data",
            parts: results.dataCredits.isEmpty ? [] : [.list(results.dataCredits)])
    }

    var reproducibility: ReportSection {
        var table = TextTable(columns: [.init("What"), .init("Value")])
        table.add([.text("Run"), .text(results.name)])
        table.add([.text("Software"), .text(results.source)])
        table.add([.text("Seed"), .text("\(results.seed)")])
        for split in results.splits {
            table.add([.text("Period: \(split.name)"), .text("\(split.start) to \(split.end)")])
        }
        return ReportSection(
            identifier: "reproducibility", title: "Reproducibility",
            parts: [
                .paragraph(
                    "The same configuration with the same data, seed and version gives the same numbers, byte for "
                        + "byte, on any number of threads. All scores of this page are in results.json and results.nc "
                        + "beside it, the command and the time that it took in run.json."),
                .table(table),
            ])
    }
}
