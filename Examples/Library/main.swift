import Assimilation
import Dynamics
import Tensors

struct Waves: Map {  // Lorenz's model of 1996; any function of tensors will do
    var forcing: Tensor = 8  // a leaf of the tree: can be differentiated, perturbed, learned
    func callAsFunction(_ x: Tensor) -> Tensor { (x.rolled(by: -1) - x.rolled(by: 2)) * x.rolled(by: 1) - x + forcing }
    mutating func walk<V: TreeVisitor>(_ visitor: inout V) { visitor.visit(&forcing, "forcing") }
}
let model = { (forcing: Tensor) in RungeKutta4(Waves(forcing: forcing), step: 0.05) }
let truth = model(8).trajectory(from: Key(1).normal([40]), steps: 500)

let (tangent, dx, dy) = (model(8).linearized(at: truth[499]), Key(2).normal([40]), Key(3).normal([40]))
print("⟨M dx, dy⟩ = \(tangent(dx).dot(dy)), ⟨dx, M* dy⟩ = \(dx.dot(tangent.adjoint(dy)))")

let mask = Tensor((0..<500).map { 300..<310 ~= $0 ? 0 : 1 }).expanded(axis: 1) * Tensor.ones([500, 40])  // a gap
let observations = Observations(
    values: truth + 0.5 * Key(4).normal([500, 40]), mask: mask, errorCovariance: 0.25 * Tensor.identity(40),
    operator: LinearOperator(Tensor.identity(40)))
let members = Ensemble(members: truth[0] + Key(5).normal([50, 40]), key: Key(6))
let filter = { (f: Tensor) in Cycle(EachMember(model(f)), Inflated(ETKF(), by: 1.05))(from: members, observations) }

let error = (filter(8).analyses.mean - truth).squared().mean(axes: [1]).sqrt()
print("RMSE before the gap \(error[200..<300].mean()), at its end \(error[309]), after it \(error[400..<500].mean())")
let (value, slope) = valueAndGradient(of: { filter($0).logLikelihood })(7.8)
print("at a forcing of 7.8: log-likelihood \(value), its derivative through the filter \(slope)")
