import Experiments
import Foundation

extension InputKind {
    /// The file that tells which run a folder holds.
    func readMarker(_ random: inout Generator, _ place: Workplace) throws {
        let folder = place.path("run")
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let tree = Tree(String(decoding: place.samples.marker, as: UTF8.self))
        let bytes = random.chance(0.7) ? Array(random.mutated(tree).json.utf8) : random.damaged(place.samples.marker)
        try place.write(bytes, to: "run/run.json")
        _ = try RunFolder(
            claiming: folder, fingerprint: "f",
            as: random.pick([RunFolder.Claim.new, .force, .resume, .resumeOfOtherProgram]))
    }

    /// A run that goes on from files of stages of which some are changed.
    func readStages(_ random: inout Generator, _ place: Workplace) throws {
        let run = random.pick(place.samples.runs)
        try resume(&random, place, run.folder, run.configuration, damaging: "stages")
    }

    func readCheckpoint(_ random: inout Generator, _ place: Workplace) throws {
        try resume(&random, place, place.samples.training, SampleText.training, damaging: "stages/training")
    }

    /// A model of an earlier run that a configuration names.
    func readNamedModel(_ random: inout Generator, _ place: Workplace) throws {
        let model = random.pick(place.samples.dynamicalModels)
        try place.write(random.damagedModel(model.bytes), to: "named.safetensors")
        try place.write(configuration: SampleText.namedModel(model.kind), to: "config.yaml")
        let file = try ExperimentFile(place.path("config.yaml"))
        let folder = place.path("named")
        try? FileManager.default.removeItem(atPath: folder)
        let run = try RunFolder(claiming: folder, fingerprint: "f", as: .new)
        _ = try file.experiment.run(in: run, options: RunOptions(threads: 1, isQuiet: true)).json()
    }

    private func resume(
        _ random: inout Generator, _ place: Workplace, _ sample: String, _ text: String, damaging part: String
    ) throws {
        let folder = place.path("run")
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.copyItem(atPath: sample, toPath: folder)
        let files = (FileManager.default.enumerator(atPath: "\(folder)/\(part)")?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".json") || $0.hasSuffix(".safetensors") }.sorted()
        guard !files.isEmpty else { throw Fault("no files in \(part) of a valid run") }
        for _ in 0..<random.few() {
            let name = "run/\(part)/\(random.pick(files))"
            let bytes = try InputFile.bytes(place.path(name))
            guard !bytes.isEmpty else { continue }
            // A file that has been changed before may be no tree any more.
            if name.hasSuffix(".json"), random.chance(0.8),
                let tree = Tree(valid: String(decoding: bytes, as: UTF8.self))
            {
                try place.write(Array(random.mutated(tree).json.utf8), to: name)
            } else {
                try place.write(name.hasSuffix(".json") ? random.damaged(bytes) : random.damagedModel(bytes), to: name)
            }
        }
        try place.write(Array(place.samples.data.utf8), to: "data.csv")
        try place.write(configuration: text, to: "config.yaml")
        let file = try ExperimentFile(place.path("config.yaml"))
        let run = try RunFolder(claiming: folder, fingerprint: "f", as: .resumeOfOtherProgram)
        _ = try file.experiment.run(in: run, options: RunOptions(threads: 1, isQuiet: true)).json()
    }
}
