import Foundation
import Testing

/// Assimilations from the command line: the examples, and runs that go on.
@Suite struct AssimilateCommandTests {
    private static let examples = ModelFileTests.root.appending(path: "Examples").path

    private struct Results: Decodable {
        struct Parameter: Decodable {
            let method: String
            let name: String
            let scale: String
            let q05: Double?
            let q50: Double?
            let q95: Double?
        }
        let parameters: [Parameter]
    }

    /// The invented examples find the numbers that their observations were made with.
    @Test(arguments: [
        ("lake", ["mixing": 0.35, "exchange": 0.6]), ("pendulum", ["stiffness": 4, "damping": 0.12]),
        ("shallow-water", [:]),
    ]) func examplesFindTheirTruth(name: String, truth: [String: Double]) throws {
        let folder = try Folder()
        let ending = try Tool.run(
            "run", "\(Self.examples)/\(name).yaml", "--quiet", "--output", folder.path + "/out", in: folder)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(folder.holds("out/results.nc") && folder.holds("out/report.html"))
        let bytes = try Data(contentsOf: URL(filePath: folder.path + "/out/results.json"))
        let results = try JSONDecoder().decode(Results.self, from: bytes)
        for (parameter, value) in truth {
            for found in results.parameters where found.name == parameter && found.scale == "identity" {
                let (low, middle, high) = (try #require(found.q05), try #require(found.q50), try #require(found.q95))
                // Twice as far as the ends of the 90 % interval, 3.3 standard deviations.
                #expect(
                    abs(value - middle) < 2 * max(high - middle, middle - low), "\(name), \(found.method): \(parameter)"
                )
            }
        }
    }

    private static let own = """
        experiment: assimilate
        name: own
        output: out
        model:
          states: [x, y]
          parameters: {k: {prior: "lognormal(-1, 0.5)", bounds: [0, inf]}}
          equations: {x: y, y: -k * x}
          integrator: {method: rk4, step: 0.1}
          start: {time: 0, x: "normal(1, 1)", y: "normal(0, 1)"}
          error: {y: 0.05}
        observations: [{file: y.csv, time: {column: t}, of: x, column: v, error: 0.2}]
        methods: [{method: etkf, members: 12}, {method: bootstrap-particles, members: 60}]

        """
    private static func rows(_ count: Int, changed: Int? = nil) -> String {
        "t,v\n"
            + (0..<count).map { row in
                let time = 0.3 * Double(row) + 0.05 * Double(row % 3)
                return "\(time),\(row == changed ? 9 : (cos(0.6 * time) * 1000).rounded() / 1000)\n"
            }.joined()
    }

    private func bytes(_ file: String, _ folder: Folder) throws -> Data {
        try Data(contentsOf: URL(filePath: folder.path + "/out/" + file))
    }

    /// A run that takes in rows as they come has the bytes of a run over everything, and notices a row that changed.
    @Test func aRunGoesOnToTheSameBytes() throws {
        let (step, whole) = (try Folder(), try Folder())
        try step.write(Self.own, to: "own.yaml")
        try whole.write(Self.own, to: "own.yaml")
        for count in [70, 71, 150, 203] {
            try step.write(Self.rows(count), to: "y.csv")
            let ending = try Tool.run("run", "own.yaml", "-q", "--continue", in: step)
            #expect(ending.status == 0, "\(ending.errors)")
        }
        try whole.write(Self.rows(203), to: "y.csv")
        #expect(try Tool.run("run", "own.yaml", "-q", in: whole).status == 0)
        for file in ["results.json", "results.nc"] {
            #expect(try bytes(file, step) == bytes(file, whole), "\(file)")
        }
        try step.write(Self.rows(210, changed: 3), to: "y.csv")
        let ending = try Tool.run("run", "own.yaml", "-q", "--continue", in: step)
        #expect(ending.output.contains("began anew"))
        try whole.write(Self.rows(210, changed: 3), to: "y.csv")
        #expect(try Tool.run("run", "own.yaml", "-q", "--force", in: whole).status == 0)
        #expect(try bytes("results.nc", step) == bytes("results.nc", whole))
    }

    @Test func watchingRewritesTheLatestStates() throws {
        let folder = try Folder()
        try folder.write(Self.own, to: "own.yaml")
        try folder.write(Self.rows(20), to: "y.csv")
        let ending = try Tool.run("watch", "own.yaml", "--interval", "0.1", "--looks", "3", in: folder)
        #expect(ending.status == 0 && ending.output.split(separator: "\n").count == 1, "\(ending.errors)")
        #expect(folder.holds("out/latest.json") && folder.holds("out/report.html"))
        let other = try Tool.run("watch", "\(Self.examples)/lorenz96.yaml", "--looks", "1", in: folder)
        #expect(other.status == 64)
        let twin = try Tool.run("run", "\(Self.examples)/lorenz96.yaml", "--continue", in: folder)
        #expect(twin.status == 64)
    }
}
