import Networks
import Tensors

/// An echo state network: a random recurrent network that the state drives and that remembers its past, of which only
/// what comes out is learned, by ridge regression in closed form.
///
///     r' = (1 − leak) r + leak · tanh(r W + z A + a),   x' = x + (z, r') C + b
///
/// with `z` what is seen of `x` at a place; with a view of near variables every place has a reservoir of its own, of
/// the same weights. Its state is the model's state with all reservoirs behind it, so that it is an autonomous model
/// for every filter; `FirstVariables` lets an operator see the model's state only.
/// The spectral radius of `W` says how long it remembers.
///
/// Shapes: `[..., n + places · units]` to the same. Cost: O(units²) a place.
///
/// References: Jaeger & Haas, *Harnessing nonlinearity*, Science 304 (2004), 78–80; Pathak, Hunt, Girvan, Lu & Ott,
/// *Model-free prediction of large spatiotemporally chaotic systems from data: a reservoir computing approach*, Phys.
/// Rev. Lett. 120 (2018), 024102.
public struct Reservoir: Map {
    public let view: PlaceView
    public let leak: Double
    /// Penalty of the squared weights, for a mean squared error.
    public let ridge: Double
    /// `W`, `[units, units]`
    public var recurrent: Tensor
    /// `A` and `a`, `[inputs, units]`
    public var input: Dense
    /// `C` and `b`, `[inputs + units, outputs]`
    public var readout: Dense

    /// A reservoir that says persistence before a fit.
    ///
    /// - Parameters:
    ///   - spectralRadius: of `W`, the largest magnitude of an eigenvalue.
    ///   - density: the fraction of the weights in `W` that are not zero.
    ///   - inputScale: the size of `A` for inputs in units of their standard deviation.
    ///   - states: a sample, `[samples, n]`, for the scale of the inputs.
    public init(
        units: Int, view: PlaceView = .wholeState, spectralRadius: Double = 0.4, density: Double = 0.1,
        inputScale: Double = 0.3, leak: Double = 1, ridge: Double = 1e-9, like states: Tensor, key: Key
    ) {
        precondition(
            units > 0 && spectralRadius >= 0 && density > 0 && 0 < leak && leak <= 1 && states.rank == 2,
            "Reservoir: \(units) units, spectral radius \(spectralRadius), density \(density), leak \(leak)")
        (self.view, self.leak, self.ridge) = (view, leak, ridge)
        let keys = key.split(4)
        let links = (keys[0].uniform([units, units]) .< Tensor(density)).cast(to: .float64)
        let weights = links * (2 * keys[1].uniform([units, units]) - 1)
        let radius = weights.spectralRadius().scalar
        recurrent = radius > 0 ? weights * Tensor(spectralRadius / radius) : weights
        let seen = view.rows(view.inputs(states))
        let inputs = seen.shape[1]
        let scale = inputScale / seen.variance(axes: [0]).sqrt()
        let weight = scale.expanded(axis: -1) * (2 * keys[2].uniform([inputs, units]) - 1)
        let center = seen.mean(axes: [0]).expanded(axis: 0).matrixProduct(weight).flattened()
        input = Dense(weight: weight, bias: 2 * keys[3].uniform([units]) - 1 - center)
        let outputs = view == .wholeState ? inputs : 1
        readout = Dense(weight: Tensor.zeros([inputs + units, outputs]), bias: Tensor.zeros([outputs]))
    }

    public var units: Int { recurrent.shape[0] }

    /// How many numbers it remembers behind a state of `n` variables.
    public func memory(of n: Int) -> Int { view.places(n) * units }

    /// How many variables the model's state has in an augmented one of so many.
    public func variables(of count: Int) -> Int {
        switch view {
        case .wholeState: count - units
        case .near: count / (1 + units)
        }
    }

    public func callAsFunction(_ state: Tensor) -> Tensor {
        let n = variables(of: state.shape[state.rank - 1])
        let x = state.slice(axis: -1, from: 0, to: n)
        let memory = state.slice(axis: -1, from: n)
        let next = driven(memory.reshaped(x.shape.dropLast() + [view.places(n), units]), by: x)
        let change = view.state(readout(Tensor.concatenated([view.inputs(x), next], axis: -1)))
        return Tensor.concatenated([x + change, next.reshaped(memory.shape)], axis: -1)
    }

    /// The next state `[..., places, units]` of reservoirs, driven by a state `[..., n]`.
    func driven(_ memory: Tensor, by x: Tensor) -> Tensor {
        let old = memory.reshaped([-1, units]).matrixProduct(recurrent).reshaped(memory.shape)
        return Tensor(1 - leak) * memory + Tensor(leak) * (old + input(view.inputs(x))).tanh()
    }

    /// The reservoirs after each time of a trajectory `[T, n]`, `[T, places, units]`, from rest.
    func memories(_ trajectory: Tensor) -> Tensor {
        let rest = Tensor.zeros([view.places(trajectory.shape[1]), units])
        return scan(over: trajectory, from: rest) { memory, x in
            let next = driven(memory, by: x)
            return (next, next)
        }.outputs
    }

    /// The augmented state at the end of a trajectory `[T, n]` that the reservoirs have seen up to the time before:
    /// from here it forecasts.
    public func state(after trajectory: Tensor) -> Tensor {
        let count = trajectory.shape[0]
        precondition(count > 1, "a reservoir warmed by a trajectory of shape \(trajectory.shape)")
        let memory = memories(trajectory[0..<(count - 1)])[count - 2]
        return Tensor.concatenated([trajectory[count - 1], memory.flattened()])
    }

    /// The augmented states at all times of a trajectory `[T, n]` but the first, `[T − 1, n + places · units]`.
    public func states(along trajectory: Tensor) -> Tensor {
        let count = trajectory.shape[0] - 1
        let memories = memories(trajectory[0..<count]).reshaped([count, -1])
        return Tensor.concatenated([trajectory[1..<(count + 1)], memories], axis: -1)
    }

    /// The reservoir whose forecasts of the next time of a trajectory `[T, n]` fit it, when the trajectory drives it.
    ///
    /// - Parameter warmUp: how many times at the start only drive it, until it has forgotten its rest.
    public func fitted(to trajectory: Tensor, warmUp: Int = 100) -> Reservoir {
        let count = trajectory.shape[0] - 1
        precondition(
            trajectory.rank == 2 && warmUp >= 0 && count > warmUp,
            "a reservoir fitted to a trajectory of shape \(trajectory.shape), of which \(warmUp) warm it")
        let before = trajectory[0..<count]
        let seen = Tensor.concatenated([view.inputs(before), memories(before)], axis: -1)[warmUp..<count]
        let changes = (trajectory[1..<(count + 1)] - before)[warmUp..<count]
        var result = self
        result.readout = ridgeRegression(view.rows(seen), view.rows(view.outputs(changes)), ridge)
        return result
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&recurrent, "recurrent")
        visitor.visit(&input, "input")
        visitor.visit(&readout, "readout")
    }
}

extension Tensor {
    /// The largest magnitude of an eigenvalue of a square matrix: `‖Aᵏ‖^{1/k}`, with `k` doubled thirty times.
    ///
    /// Reference: Gelfand's formula, as in Horn & Johnson, *Matrix analysis* (2013), corollary 5.6.14.
    func spectralRadius() -> Tensor {
        var (power, logarithm, share) = (self, Tensor(0.0), 1.0)
        for _ in 0..<30 {
            let norm = power.norm()
            if !(norm.scalar > 0) { return 0 }
            logarithm = logarithm + share * norm.log()
            power = power / norm
            power = power.matrixProduct(power)
            share *= 0.5
        }
        return (logarithm + share * power.norm().maximum(1e-300).log()).exp()
    }
}
