import Assimilation
import Dynamics
import Experiments
import Kernels
import Tensors

func differentiatingAFilter() -> Figure {
    // Observations of Lorenz's model of 1996 with a forcing of 8, and a filter that knows all but the forcing.
    let model = { (forcing: Tensor) in RungeKutta4(Lorenz96(forcing: forcing), step: 0.05) }
    let truth = model(8).trajectory(from: model(8).repeated(200)(8 + Key(1).normal([20])), steps: 100)
    let observations = Observations(
        values: truth + Key(2).normal([100, 20]), errorCovariance: Tensor.identity(20),
        operator: LinearOperator(Tensor.identity(20)))
    let members = Ensemble(members: truth[0] + Key(3).normal([25, 20]), key: Key(4))
    let logLikelihood = { (forcing: Tensor) in
        Cycle(EachMember(model(forcing)), Inflated(ETKF(), by: 1.05))(from: members, observations).logLikelihood
    }
    // The filter is a function: one more line differentiates it, through all cycles.
    let both = compile(like: Tensor(8.0)) { Pair(logLikelihood($0), gradient(of: logLikelihood)($0)) }
    let difference = (both(Tensor(8.001)).first - both(Tensor(7.999)).first).scalar / 0.002
    print("at 8: derivative", rounded(both(8).second.scalar), "by differences", rounded(difference))
    var forcing = 7.0
    for _ in 0..<40 { forcing += 0.001 * both(Tensor(forcing)).second.scalar }
    print("the ascent from 7 ends at", rounded(forcing, 2))
    let forcings = (0...16).map { 7 + 0.125 * Double($0) }
    let found = forcings.map { both(Tensor($0)).first.scalar }
    return chart("forcing", "log-likelihood", curve(nil, forcings, found, .blue, .disk))
}
