import Checks
import Dynamics
import Foundation
import Tensors
import Testing

/// The spectral model against the same scheme in NumPy and against SciPy: `Tests/Oracles/kuramoto_sivashinsky.py`.
@Suite struct KuramotoSivashinskyTests {
    struct Trajectory: Decodable {
        let points: Int
        let length: Double
        let step: Double
        let count: Int
        let start: [Double]
        let end: [Double]
    }
    struct References: Decodable {
        let scheme: [Trajectory]
        let exact: Trajectory
    }
    private let references: References

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Oracles/kuramoto_sivashinsky.json")
        references = try JSONDecoder().decode(References.self, from: Data(contentsOf: file))
    }

    private func end(_ model: KuramotoSivashinsky, _ start: Tensor, _ count: Int) -> Tensor {
        model.grid(model.repeated(count)(model.modes(start)))
    }

    @Test func agreesWithTheSameScheme() {
        for reference in references.scheme {
            let model = KuramotoSivashinsky(points: reference.points, length: reference.length, step: reference.step)
            let found = end(model, Tensor(reference.start), reference.count)
            #expect((found - Tensor(reference.end)).absolute().maximum().scalar < 1e-12)
        }
    }

    @Test func convergesToTheSolution() {
        let exact = references.exact
        let model = KuramotoSivashinsky(points: exact.points, length: exact.length, step: 0.0125)
        let error = end(model, Tensor(exact.start), 320) - Tensor(exact.end)
        #expect(error.absolute().maximum().scalar < 1e-7)

        // On few points the equation is hardly stiff; where it is, the order is seen at shorter steps only.
        func solution(_ step: Double) -> Tensor {
            let model = KuramotoSivashinsky(points: 16, length: 22, step: step)
            return end(model, Key(2).normal([16]), Int((2 / step).rounded()))
        }
        #expect(
            checkOrderOfConvergence(
                "KuramotoSivashinsky", order: 4, steps: [0.04, 0.02, 0.01], exact: solution(0.00125), solution) == [])
    }

    @Test func isLawful() {
        let model = KuramotoSivashinsky(points: 8, length: 22, step: 0.1)
        let state = model.modes(Key(3).normal([8]))
        let names = ["decay", "halfDecay", "half", "first", "middle", "last", "derivative"]
        #expect(checkModel(model, at: state, ignoring: Set(names.map { "coefficients.\($0)" })) == [])
        let laws: Set<OperationLaw> = [.recorded, .values, .tangent, .adjoint, .batch]
        #expect(checkOperation("in single precision", at: state.cast(to: .float32), laws: laws) { model($0) } == [])
    }

    /// Both terms are derivatives along the periodic interval: the mean stays.
    @Test func keepsTheMean() {
        let model = KuramotoSivashinsky(points: 64, length: 40)
        let start = Key(5).normal([64])
        #expect(abs((end(model, start, 20).mean() - start.mean()).scalar) < 1e-13)
    }

    @Test func aStateOfTheWrongShapeStopsWithIt() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = KuramotoSivashinsky()(Tensor.zeros([128]))
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            message.contains("KuramotoSivashinsky") && message.contains("[128]") && message.contains("[..., 65, 2]"))
    }
}
