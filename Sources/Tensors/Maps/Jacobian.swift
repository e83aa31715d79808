/// The matrix of derivatives, of shape `output + input`. The function is evaluated once; its linear part is then
/// applied to all unit vectors at once, in forward mode if there are no more inputs than outputs, else in reverse mode.
public func jacobian(of f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
    { x in
        precondition(x.type.isReal, "the jacobian with respect to a tensor of type \(x.type)")
        let linearization = Linearization({ [f($0[0])] }, at: [x])
        let y = linearization.outputs[0]
        precondition(y.type.isReal, "the jacobian of a tensor of type \(y.type)")
        if x.count <= y.count {
            let columns = vmap { (dx: Tensor) in linearization.push([dx])[0] }(unitVectors(like: x))
            return columns.reshaped([x.count, y.count]).transposed.reshaped(y.shape + x.shape)
        }
        let rows = vmap { (dy: Tensor) in linearization.pull([dy])[0] }(unitVectors(like: y))
        return rows.reshaped(y.shape + x.shape)
    }
}

/// The matrix of second derivatives of a scalar function, of shape `input + input`: forward over reverse mode. It costs
/// about as many gradients as there are inputs; where its product with a direction is enough,
/// `hessianVectorProduct` costs a few.
public func hessian(of f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor { jacobian(of: gradient(of: f)) }

private func unitVectors(like x: Tensor) -> Tensor {
    Tensor.identity(x.count, type: x.type).reshaped([x.count] + x.shape)
}
