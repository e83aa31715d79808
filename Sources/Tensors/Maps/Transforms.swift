/// The transforms of functions of trees. Each takes a function and gives a callable or a value; they nest in any order.

/// The value of `f` at `x`, and its change along `dx`: `(f(x), M dx)` with `M` the tangent-linear map.
/// Costs about two `f`.
public func jvp<A: Tree, B: Tree>(_ f: (A) -> B, at x: A, along dx: A) -> (value: B, tangent: B) {
    var structure: B?
    let (y, dy) = forwardMode(
        { leaves in
            let result = f(x.replacingLeaves(leaves))
            structure = result
            return result.leaves
        }, x.leaves, tangents(dx.leaves, of: x.leaves, "jvp: the direction"))
    return (structure!.replacingLeaves(y), structure!.replacingLeaves(dy))
}

/// The value of `f` at `x`, and the adjoint map `M*` from cotangents of the value to cotangents of `x`.
public func vjp<A: Tree, B: Tree>(_ f: (A) -> B, at x: A) -> (value: B, pullback: Pullback<A, B>) {
    var structure: B?
    let linearization = Linearization(
        { leaves in
            let result = f(x.replacingLeaves(leaves))
            structure = result
            return result.leaves
        }, at: x.leaves)
    return (
        structure!.replacingLeaves(linearization.outputs), Pullback(linearization: linearization, input: x)
    )
}

/// The adjoint `M*` of a map about one point. Each call costs about as much as the map.
public struct Pullback<A: Tree, B: Tree> {
    let linearization: Linearization
    let input: A

    public func callAsFunction(_ cotangent: B) -> A {
        input.replacingLeaves(
            linearization.pull(
                tangents(cotangent.leaves, of: linearization.outputs, "pullback: the cotangent")))
    }
}

/// Tangents or cotangents of real tensors, nil for the others;
/// traps where one is not like the tensor that it belongs to.
func tangents(_ dx: [Tensor], of x: [Tensor], _ name: String) -> [Tensor?] {
    precondition(dx.count == x.count, "\(name) has \(dx.count) tensors for \(x.count)")
    return zip(x, dx).map { x, dx in
        guard x.type.isReal else { return nil }
        let dx = dx.matchingLiteral(x.type)
        precondition(x.signature == dx.signature, "\(name) of \(x.signature) is \(dx.signature)")
        return dx
    }
}

/// The value and the gradient of a scalar function.
public func valueAndGradient<A: Tree>(of f: @escaping (A) -> Tensor) -> (A) -> (value: Tensor, gradient: A) {
    { x in
        let (value, pullback) = vjp(f, at: x)
        precondition(value.count == 1, "the gradient of a function with values of shape \(value.shape): use `jacobian`")
        return (value, pullback(Tensor.ones(value.shape, type: value.type)))
    }
}

/// The value and the gradient of a scalar function that finds something else besides: the state of a filter, say. Of
/// that no derivative is taken.
public func valueAndGradient<A: Tree, B: Tree>(
    keeping f: @escaping (A) -> (value: Tensor, rest: B)
) -> (A) -> (value: Tensor, rest: B, gradient: A) {
    { x in
        let (both, pullback) = vjp(
            { (x: A) in
                let (value, rest) = f(x)
                return Pair(value, rest.mappingLeaves(\.stoppingGradient))
            }, at: x)
        let (value, rest) = (both.first, both.second)
        precondition(value.count == 1, "the gradient of a function with values of shape \(value.shape)")
        let one = Pair(
            Tensor.ones(value.shape, type: value.type), rest.mappingLeaves { Tensor.zeros($0.shape, type: $0.type) })
        return (value, rest, pullback(one))
    }
}

/// The gradient of a scalar function, a tree like its argument.
public func gradient<A: Tree>(of f: @escaping (A) -> Tensor) -> (A) -> A { { valueAndGradient(of: f)($0).gradient } }

/// The gradient of a scalar function with respect to one part of its argument.
public func gradient<A: Tree, P: Tree>(
    of f: @escaping (A) -> Tensor, wrt part: WritableKeyPath<A, P>
) -> (A) -> P {
    { x in
        gradient(of: { (p: P) in
            var changed = x
            changed[keyPath: part] = p
            return f(changed)
        })(x[keyPath: part])
    }
}

/// The product of the Hessian of a scalar function with a direction, forward over reverse; costs a few gradients.
public func hessianVectorProduct<A: Tree>(of f: @escaping (A) -> Tensor) -> (A, A) -> A {
    { x, direction in jvp(gradient(of: f), at: x, along: direction).tangent }
}

extension Tensor {
    /// The same value, with derivative zero.
    public var stoppingGradient: Tensor { apply(.constant, self) }
}
