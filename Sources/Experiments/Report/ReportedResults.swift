/// Results with a page that shows them.
public protocol ReportedResults: ExperimentResults {
    /// The content of `report.html`.
    var report: Report { get }
}

extension RunResults: ReportedResults {
    var report: Report { Report(self) }
}

extension TwinResults: ReportedResults {}
