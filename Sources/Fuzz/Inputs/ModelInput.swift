import Experiments
import Foundation

extension InputKind {
    func readModel(_ random: inout Generator, _ place: Workplace) throws {
        try place.write(random.damagedModel(random.pick(place.samples.models)), to: "model.safetensors")
        let path = place.path("model.safetensors")
        guard try ModelFile.isStructural(path) else {
            _ = try ModelFile.read(path)
            return
        }
        _ = try forecast(of: path, SampleText.structural, place, leads: 1)
    }

    /// A model and observations that are nearly right.
    func readForecast(_ random: inout Generator, _ place: Workplace) throws {
        let model = random.pick(place.samples.models)
        try place.write(random.chance(0.7) ? random.damagedModel(model) : model, to: "model.safetensors")
        var data = Array(place.samples.data.utf8)
        if random.chance(0.5) { data = random.damaged(data) }
        let path = place.path("model.safetensors")
        let isStructural = try ModelFile.isStructural(path)
        var text = isStructural == random.chance(0.95) ? SampleText.structural : SampleText.forecast
        if random.chance(0.2) {
            let places = KeyPlace.all(isStructural ? .structural : .forecast).filter { $0.path.first == "data" }
            text = random.keyed(Tree(text), places).yaml
        }
        try place.check(
            forecast: try forecast(
                of: path, text, place, data: data, leads: random.chance(0.02) ? 10_000 : random.pick([1, 3, 12])))
    }

    private func forecast(
        of model: String, _ text: String, _ place: Workplace, data: [UInt8]? = nil, leads: Int
    ) throws -> String {
        try place.write(data ?? Array(place.samples.data.utf8), to: "data.csv")
        try place.write(configuration: text, to: "config.yaml")
        let configuration = place.path("config.yaml")
        return try ModelFile.isStructural(model)
            ? SavedStructuralForecast(model: model, configuration: configuration, leads: leads).csv
            : SavedForecast(model: model, configuration: configuration, leads: leads).csv
    }
}

extension Workplace {
    /// No number of a forecast is none.
    func check(forecast csv: String) throws {
        for line in csv.split(separator: "\n").dropFirst() {
            let numbers = line.split(separator: ",", omittingEmptySubsequences: false).suffix(6)
            guard numbers.count == 6, numbers.allSatisfy({ Double($0)?.isFinite ?? false }) else {
                throw Fault("the forecast \(line)")
            }
        }
    }
}
