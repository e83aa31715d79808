import Foundation
import Testing

/// Files of a run that were damaged after they were written: nothing of them is believed.
@Suite struct DamageTests {
    private static let damages: [(String, @Sendable (inout Data) -> Void)] = [
        ("cut", { $0 = $0.prefix($0.count / 2) }),
        ("empty", { $0 = Data() }),
        ("a byte more", { $0 += [UInt8(ascii: " ")] }),
        (
            "a digit",
            { data in
                // The last digit of a number: still JSON of the same type, and safetensors of the same layout.
                let place = data.lastIndex { (UInt8(ascii: "1")...UInt8(ascii: "8")).contains($0) } ?? data.startIndex
                data[place] ^= 1
            }
        ),
        ("a bit", { $0[$0.startIndex + $0.count / 2] ^= 4 }),
        ("another type", { $0 = Data("[1, 2]".utf8) }),
        ("text", { $0 = Data("not JSON".utf8) }),
    ]

    @Test func aDamagedStageIsComputedAgain() throws {
        let folder = try SmallExperiment.folder()
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: folder).status == 0)
        let results = try folder.read("out/results.json")
        let stages = folder.files(below: "out/stages").filter { $0.hasSuffix(".json") }
        #expect(stages.count >= 4)
        for (name, damage) in Self.damages {
            let stage = "out/stages/\(stages.randomElement() ?? "")"
            var data = try folder.read(stage)
            damage(&data)
            try folder.write(data, to: stage)
            let ending = try Tool.run("run", "config.yaml", "--quiet", "--resume", in: folder)
            #expect(ending.status == 0, "\(name) of \(stage): \(ending.errors)")
            #expect(ending.errors == "apus: \(stage) is damaged: the stage is computed again\n", "\(name) of \(stage)")
            #expect(try folder.read("out/results.json") == results, "\(name) of \(stage)")
        }
        // A stage in another's place.
        let pair = stages.filter { $0.hasPrefix("forecasts/") }.prefix(2).map { "out/stages/\($0)" }
        let (first, second) = (try folder.read(pair[0]), try folder.read(pair[1]))
        try folder.write(second, to: pair[0])
        try folder.write(first, to: pair[1])
        let ending = try Tool.run("run", "config.yaml", "--quiet", "--resume", in: folder)
        #expect(ending.status == 0 && ending.lines.count == 2, "\(ending.errors)")
        #expect(try folder.read("out/results.json") == results)
    }

    @Test func aDamagedModelIsTrainedAgain() throws {
        let folder = try Folder()
        try folder.write(ClaimTests.twin, to: "twin.yaml")
        #expect(try Tool.run("train", "twin.yaml", "--quiet", in: folder).status == 0)
        let model = "out/models/learned-gain.safetensors"
        let trained = try folder.read(model)
        for (name, damage) in Self.damages {
            var data = trained
            damage(&data)
            try folder.write(data, to: model)
            let ending = try Tool.run("train", "twin.yaml", "--quiet", "--resume", in: folder)
            #expect(
                ending.status == 0 && ending.errors == "apus: \(model) is damaged: it is trained again\n", "\(name)")
            #expect(try folder.read(model) == trained, "\(name)")
        }
    }

    @Test func aDamagedCheckpointBeginsAgain() throws {
        let folder = try Folder()
        try folder.write(
            ClaimTests.twin.replacingOccurrences(of: "steps: 16", with: "steps: 40000"), to: "twin.yaml")
        let checkpoint = "out/stages/training/learned-gain.safetensors"
        let running = try Tool.start(["train", "twin.yaml", "--quiet"], in: folder)
        let limit = Date(timeIntervalSinceNow: 40)
        while !folder.holds(checkpoint) && Date() < limit { usleep(2000) }
        running.signal(SIGKILL)
        _ = running.wait()
        var data = try folder.read(checkpoint)
        data[data.count - 100] ^= 16
        try folder.write(data, to: checkpoint)
        let again = try Tool.start(["train", "twin.yaml", "--quiet", "--resume"], in: folder)
        usleep(12_000_000)
        again.signal(SIGKILL)
        #expect(again.wait().errors == "apus: \(checkpoint) is damaged: the training begins again\n")
    }

    /// A model that a configuration or a command names must be the one that was saved.
    @Test func aDamagedModelFileIsRefused() throws {
        let folder = try SmallExperiment.folder()
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: folder).status == 0)
        let model = "out/models/linear.safetensors"
        let saved = try folder.read(model)
        for (name, damage) in Self.damages {
            var data = saved
            damage(&data)
            try folder.write(data, to: model)
            let ending = try Tool.run("forecast", model, "config.yaml", in: folder)
            #expect(
                ending.status == 65 && ending.lines.count == 1 && ending.output.isEmpty, "\(name): \(ending.errors)")
        }
    }

    /// Version 0.1.0 and other programs write no checksum.
    @Test func aModelWithoutAChecksumOpens() throws {
        let folder = try SmallExperiment.folder()
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: folder).status == 0)
        let model = "out/models/linear.safetensors"
        let expected = try Tool.run("forecast", model, "config.yaml", in: folder)
        let bytes = try folder.read(model)
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var header = try #require(
            JSONSerialization.jsonObject(with: bytes.dropFirst(8).prefix(length)) as? [String: Any])
        var metadata = try #require(header["__metadata__"] as? [String: String])
        #expect(metadata.removeValue(forKey: "checksum") != nil)
        header["__metadata__"] = metadata
        let changed = try JSONSerialization.data(withJSONObject: header)
        let size = (0..<8).map { UInt8(truncatingIfNeeded: changed.count >> (8 * $0)) }
        try folder.write(Data(size) + changed + bytes.dropFirst(8 + length), to: model)
        let ending = try Tool.run("forecast", model, "config.yaml", in: folder)
        #expect(expected.status == 0 && ending.status == 0 && ending.output == expected.output, "\(ending.errors)")
    }
}
