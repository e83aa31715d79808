import Assimilation
import Dynamics
import Tensors

struct Waves: Map {  // Lorenz's model of 1996; any function of tensors will do
    var forcing: Tensor = 8  // a leaf of the tree: can be differentiated, perturbed, learned
    func callAsFunction(_ x: Tensor) -> Tensor {
        (x.rolled(by: -1) - x.rolled(by: 2)) * x.rolled(by: 1) - x + forcing
    }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&forcing, "forcing") }
}
func model(_ forcing: Tensor) -> RungeKutta4<Waves> { RungeKutta4(Waves(forcing: forcing), step: 0.05) }

let truth = model(8).trajectory(from: Key(1).normal([40]), steps: 500)
let tangent = model(8).linearized(at: truth[499])  // M dx and, with the adjoint, M* dy: derived, not written
let (dx, dy) = (Key(2).normal([40]), Key(3).normal([40]))
print("⟨M dx, dy⟩ = \(tangent(dx).dot(dy)), ⟨dx, M* dy⟩ = \(dx.dot(tangent.adjoint(dy)))")

let seen = LinearOperator(Tensor.identity(40).slice(axis: 0, by: 2))  // every other variable
let noisy = vmap { seen($0) }(truth) + 0.5 * Key(4).normal([500, 20])
let mask = Tensor((0..<500).map { 300..<310 ~= $0 ? 0 : 1 }).expanded(axis: 1) * Tensor.ones([500, 20])  // a gap
let observations = Observations(
    values: mask * noisy, mask: mask, errorCovariance: 0.25 * Tensor.identity(20), operator: seen)
let members = Ensemble(members: truth[0] + Key(5).normal([50, 40]), key: Key(6))
let filter = { (forcing: Tensor) in
    Cycle(EachMember(model(forcing)), Inflated(ETKF(), by: 1.05))(from: members, observations)
}
let error = (filter(8).analyses.mean - truth).squared().mean(axes: [1]).sqrt()
print("RMSE before the gap \(error[200..<300].mean()), at its end \(error[309]), after it \(error[400..<500].mean())")
let (value, gradient) = valueAndGradient(of: { filter($0).logLikelihood })(7.8)
print("at a forcing of 7.8: log-likelihood \(value), its derivative \(gradient)")
