import Experiments
import Foundation

/// The files of valid runs, made once for a campaign.
struct Samples {
    let folder: String
    let models: [[UInt8]]
    /// Of twin experiments, by their kinds.
    let dynamicalModels: [(kind: String, bytes: [UInt8])]
    let marker: [UInt8]
    let data = SampleText.data
    /// Runs that are complete but for their results, with their kinds.
    var runs: [(folder: String, configuration: String)] {
        Self.complete.map { ("\(folder)/\($0.name)/out", $0.text) }
    }
    var training: String { "\(folder)/training/out" }

    private static let complete = [
        (name: "forecast", text: SampleText.forecast), (name: "structural", text: SampleText.structural),
        (name: "models", text: SampleText.models),
    ]

    /// Runs their configurations.
    static func make(in folder: String) throws {
        for (name, text) in complete + [("training", SampleText.training)] {
            let place = "\(folder)/\(name)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try AtomicFile.write(Array(SampleText.data.utf8), to: "\(place)/data.csv")
            try AtomicFile.write(Array(text.utf8), to: "\(place)/config.yaml")
            if name == "training" {
                try keepCheckpoint(in: place)
            } else {
                let run = try RunFolder(claiming: "\(place)/out", fingerprint: "f", as: .new)
                _ = try ExperimentFile("\(place)/config.yaml").experiment.run(in: run, options: options)
            }
        }
    }

    private static let options = RunOptions(threads: 1, isQuiet: true)

    /// A training that is killed as soon as it has a checkpoint.
    private static func keepCheckpoint(in place: String) throws {
        let long = SampleText.training.replacingOccurrences(of: "steps: 40", with: "steps: 1000000")
        try AtomicFile.write(Array(long.utf8), to: "\(place)/long.yaml")
        let training = try Subprocess(Subprocess.tool, ["train", "long.yaml", "--quiet"], in: place)
        let file = "\(place)/out/stages/training/learned-gain.safetensors"
        // Of its own time: a campaign that gives way to all others has hardly any.
        let limit = Date(timeIntervalSinceNow: 3600)
        while !FileManager.default.fileExists(atPath: file) && training.processorSeconds < 120 && Date() < limit
            && training.isRunning
        { usleep(5000) }
        training.signal(SIGKILL)
        let ending = training.wait(seconds: 10)
        guard FileManager.default.fileExists(atPath: file) else {
            throw Fault("a training of two minutes of the processor keeps no checkpoint: \(ending.errors)")
        }
        // Of the same run as the inputs that begin from it.
        let marker = Tree(String(decoding: try InputFile.bytes("\(place)/out/run.json"), as: UTF8.self))
        let own = marker.setting(["fingerprint"], to: .text("f"))
        try AtomicFile.write(Array(own.json.utf8), to: "\(place)/out/run.json")
    }

    init(in folder: String) throws(InputError) {
        self.folder = folder
        var models: [[UInt8]] = []
        for name in ["linear", "network", "corrected"] {
            models.append(try InputFile.bytes("\(folder)/forecast/out/models/\(name).safetensors"))
        }
        models.append(try InputFile.bytes("\(folder)/structural/out/models/structural.safetensors"))
        self.models = models
        var dynamical: [(String, [UInt8])] = []
        for (kind, _) in SampleText.learnedModels {
            dynamical.append((kind, try InputFile.bytes("\(folder)/models/out/models/\(kind).safetensors")))
        }
        dynamicalModels = dynamical
        marker = try InputFile.bytes("\(folder)/forecast/out/run.json")
    }
}
