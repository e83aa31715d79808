import Dynamics
import Kernels
import Tensors

/// The equation of Kuramoto and Sivashinsky, twenty steps in one loop, from points to points.
private struct Forecast: Sendable {
    let model: KuramotoSivashinsky

    /// Points as far from one another as 128 on the interval of the reference.
    init(points: Int) { model = KuramotoSivashinsky(points: points, length: 32 * .pi * Double(points) / 128) }

    func callAsFunction(_ u: Tensor) -> Tensor { model.grid(model.repeated(20)(model.modes(u))) }

    /// The adjoint, along one direction.
    func adjoint(at u: Tensor, of direction: Tensor) -> Tensor { vjp({ self($0) }, at: u).pullback(direction) }

    var start: Tensor {
        let x = 2 * .pi / Double(model.points) * Tensor.range(model.points).cast(to: .float64)
        return (2 * x).cos() * (1 + x.sin()) + 0.1 * (5 * x).cos()
    }
}

private func steps(_ points: Int) -> Prepared {
    let forecast = Forecast(points: points)
    return prepared(forecast.start) { forecast($0) }
}

private func adjoint(_ points: Int) -> Prepared {
    let forecast = Forecast(points: points)
    return prepared(Pair(forecast.start, uniform(3, [points]))) { forecast.adjoint(at: $0.first, of: $0.second) }
}

let spectralRows: [String: @Sendable () -> Prepared] = [
    "spectral/128/step": { steps(128) },
    "spectral/1024/step": { steps(1024) },
    "spectral/128/adjoint": { adjoint(128) },
    "spectral/1024/adjoint": { adjoint(1024) },
]
