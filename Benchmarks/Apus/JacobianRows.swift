import Dynamics
import Tensors

let jacobianRows: [String: @Sendable () -> Prepared] = [
    "jacobian": {
        let forecast = model.repeated(20)
        return prepared(2 + 3 * uniform(1, [40]), jacobian(of: { forecast($0) }))
    }
]
