import Foundation
import Testing

/// A regression that is killed while networks are trained goes on to the same bits.
@Suite struct SupervisedInterruptionTests {
    private static let files = ["results.json", "models/dense.safetensors", "models/recurrent.safetensors"]

    private func folder() throws -> Folder {
        let folder = try Folder()
        let rows = (0..<60).map { "\(sin(Double($0) * 1.3)),\(cos(Double($0) * 0.7)),\(sin(Double($0) * 1.3 + 0.5))\n" }
        try folder.write("x,z,y\n" + rows.joined(), to: "t.csv")
        try folder.write(
            """
            experiment: regression
            name: small
            output: out
            data: {file: t.csv, target: y}
            validation: {folds: 3}
            intervals: {resamples: 100}
            learning_curve: {shares: [0.5, 1]}
            models:
              - {model: dense, width: [8, 16], epochs: 60, batch: 8}
              - {model: recurrent, units: 8, epochs: 30, batch: 8}

            """, to: "config.yaml")
        return folder
    }

    @Test func aKilledTrainingGoesOnToTheSameBits() throws {
        let whole = try folder()
        let start = Date()
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: whole).status == 0)
        let duration = Date().timeIntervalSince(start)
        for share in [0.2, 0.5, 0.8] {
            let killed = try folder()
            let running = try Tool.start(["run", "config.yaml", "--quiet", "--threads", "1"], in: killed)
            usleep(UInt32(share * duration * 1e6))
            running.signal(SIGKILL)
            _ = running.wait()
            let resumed = try Tool.run("run", "config.yaml", "--quiet", "--resume", in: killed)
            #expect(resumed.status == 0, "killed after \(share) of \(duration) s: \(resumed.errors)")
            for name in Self.files {
                #expect(try killed.read("out/\(name)") == whole.read("out/\(name)"), "\(name), killed after \(share)")
            }
        }
    }
}
