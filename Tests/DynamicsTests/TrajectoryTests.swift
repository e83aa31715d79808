import Dynamics
import Foundation
import Tensors
import Testing

/// Trajectories against SciPy's: `Tests/Oracles/trajectories.py` writes what is read here.
@Suite struct TrajectoryTests {
    struct Reference: Decodable {
        let start: [Double]
        let times: [Double]
        let states: [[Double]]
    }
    private let references: [String: Reference]

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Oracles/trajectories.json")
        references = try JSONDecoder().decode([String: Reference].self, from: Data(contentsOf: file))
    }

    private func error<M: StateMap>(_ name: String, _ model: M, stepsToEach count: Int) throws -> Double {
        let reference = try #require(references[name])
        let path = model.repeated(count).trajectory(from: Tensor(reference.start), steps: reference.times.count)
        #expect(path.shape == [reference.times.count, reference.start.count])
        return (path - Tensor(rows: reference.states)).absolute().maximum().scalar
    }

    @Test func agreeWithScipy() throws {
        #expect(try error("lorenz63", RungeKutta4(Lorenz63(), step: 5e-4), stepsToEach: 1000) < 1e-8)
        #expect(try error("lorenz96", RungeKutta4(Lorenz96(), step: 2.5e-4), stepsToEach: 1000) < 1e-8)
        let twoScale = RungeKutta4(TwoScaleLorenz96(large: 8, small: 4), step: 1e-4)
        #expect(try error("twoScaleLorenz96", twoScale, stepsToEach: 1000) < 1e-8)
    }

    @Test func oneStepAgreesToRounding() throws {
        #expect(try error("step", RungeKutta4(Lorenz96(), step: 0.05), stepsToEach: 1) < 1e-13)
    }

    @Test func aTrajectoryIsTheLoop() {
        let model = RungeKutta4(Lorenz63(), step: 0.01)
        var state = Tensor([1, 1, 20])
        let path = model.trajectory(from: state, steps: 4)
        for t in 0..<4 {
            state = model(state)
            #expect(path[t].values == state.values)
        }
    }
}
