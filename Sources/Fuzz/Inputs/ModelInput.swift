import Experiments
import Foundation

extension InputKind {
    func readModel(_ random: inout Generator, _ place: Workplace) throws {
        try place.write(random.damagedModel(random.pick(place.samples.models)), to: "model.safetensors")
        _ = try ModelFile.read(place.path("model.safetensors"))
    }

    /// A model and observations that are nearly right.
    func readForecast(_ random: inout Generator, _ place: Workplace) throws {
        let model = random.pick(place.samples.models)
        try place.write(random.chance(0.7) ? random.damagedModel(model) : model, to: "model.safetensors")
        var data = Array(place.samples.data.utf8)
        if random.chance(0.5) { data = random.damaged(data) }
        try place.write(data, to: "data.csv")
        try place.write(configuration: SampleText.forecast, to: "config.yaml")
        let forecast = try SavedForecast(
            model: place.path("model.safetensors"), configuration: place.path("config.yaml"),
            leads: random.pick([1, 3, 12]))
        for line in forecast.csv.split(separator: "\n").dropFirst() {
            for field in line.split(separator: ",").dropFirst(3) {
                guard let number = Double(field), number.isFinite else { throw Fault("the forecast \(line)") }
            }
        }
    }
}

extension Generator {
    /// A file of tensors whose header, description, numbers or bytes are changed.
    mutating func damagedModel(_ bytes: [UInt8]) -> [UInt8] {
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, length + 8 <= bytes.count, chance(0.85) else { return damaged(bytes) }
        guard var header = Tree(valid: String(decoding: bytes[8..<(8 + length)], as: UTF8.self)) else {
            return damaged(bytes)
        }
        var data = Array(bytes[(8 + length)...])
        if chance(0.5), case .mapping(let pairs) = header,
            let place = pairs.firstIndex(where: { $0.key == "__metadata__" }),
            case .mapping(let texts) = pairs[place].value,
            let index = texts.firstIndex(where: { $0.key == "description" }),
            case .text(let description) = texts[index].value
        {
            header = header.setting(
                ["__metadata__", "description"],
                to: .text(Tree(valid: description).map { mutated($0).json } ?? description))
        } else if chance(0.5) {
            header = mutated(header)
        } else if data.count >= 8 {
            for _ in 0..<few() {
                let number = pick([Double.nan, .infinity, 0, -1, 1e308, 1e-308, 1e10])
                let place = 8 * int(0...(data.count / 8 - 1))
                data.replaceSubrange(
                    place..<(place + 8), with: withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init))
            }
        }
        let text = Array(header.json.utf8)
        let count = chance(0.95) ? text.count : pick([0, text.count + 1, text.count - 1, 1 << 40, -1])
        return withUnsafeBytes(of: UInt64(truncatingIfNeeded: count).littleEndian, Array.init) + text + data
    }
}
