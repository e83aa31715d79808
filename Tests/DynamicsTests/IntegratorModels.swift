import Dynamics
import Foundation
import Tensors

/// Hares and lynxes; the parameters are α, β, γ, δ.
struct LotkaVolterra: Tendency {
    var parameters = Tensor([0.55, 0.028, 0.84, 0.026])
    func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor {
        let (hare, lynx, p) = (state[0], state[1], parameters)
        return Tensor.stacked([(p[0] - p[1] * lynx) * hare, (-p[2] + p[3] * hare) * lynx])
    }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&parameters, "parameters") }
}

/// A damped pendulum that is driven; the parameters are damping, strength and frequency.
struct DrivenPendulum: Tendency {
    var parameters = Tensor([0.2, 1.2, 2.0 / 3])
    func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor {
        let (angle, velocity, p) = (state[0], state[1], parameters)
        return Tensor.stacked([velocity, -angle.sin() - p[0] * velocity + p[1] * (p[2] * time).cos()])
    }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&parameters, "parameters") }
}

/// Three reactions at rates that differ by nine orders of magnitude.
struct Robertson: Tendency {
    func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor {
        let (a, b, c) = (state[0], state[1], state[2])
        let (slow, middle, fast) = (0.04 * a, 1e4 * b * c, 3e7 * b * b)
        return Tensor.stacked([middle - slow, slow - middle - fast, fast])
    }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) {}
}

struct VanDerPol: Tendency {
    var stiffness = Tensor(1000)
    func callAsFunction(_ state: Tensor, time: Tensor) -> Tensor {
        let (x, v) = (state[0], state[1])
        return Tensor.stacked([v, stiffness * (1 - x * x) * v - x])
    }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&stiffness, "stiffness") }
}

/// SciPy's solutions: `Tests/Oracles/integrators.py` writes what is read here.
struct IntegratorReference: Decodable {
    let start: [Double]
    let times: [Double]
    let states: [[Double]]

    static func all() throws -> [String: IntegratorReference] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Oracles/integrators.json")
        return try JSONDecoder().decode([String: IntegratorReference].self, from: Data(contentsOf: file))
    }
}
