import Tensors

/// The functions that expressions can call.
enum Functions {
    struct Elementwise: Sendable {
        let name: String
        /// The numbers of arguments.
        let arity: ClosedRange<Int>
        let value: @Sendable ([Tensor]) -> Tensor

        init(_ name: String, _ value: @escaping @Sendable (Tensor) -> Tensor) {
            (self.name, arity, self.value) = (name, 1...1, { value($0[0]) })
        }
        init(_ name: String, _ arity: ClosedRange<Int>, _ value: @escaping @Sendable ([Tensor]) -> Tensor) {
            (self.name, self.arity, self.value) = (name, arity, value)
        }
    }

    /// Of single elements; fields are taken element by element.
    static let elementwise: [Elementwise] = [
        Elementwise("exp") { $0.exp() }, Elementwise("log") { $0.log() }, Elementwise("log2") { $0.log2() },
        Elementwise("log10") { $0.log10() }, Elementwise("sqrt") { $0.sqrt() }, Elementwise("sin") { $0.sin() },
        Elementwise("cos") { $0.cos() }, Elementwise("tan") { $0.tan() }, Elementwise("asin") { $0.asin() },
        Elementwise("acos") { $0.acos() }, Elementwise("atan") { $0.atan() }, Elementwise("sinh") { $0.sinh() },
        Elementwise("cosh") { $0.cosh() }, Elementwise("tanh") { $0.tanh() }, Elementwise("erf") { $0.erf() },
        Elementwise("abs") { $0.absolute() }, Elementwise("floor") { $0.floor() },
        Elementwise("ceil") { $0.ceiling() }, Elementwise("round") { $0.rounded() },
        Elementwise("asinh") { $0.asinh() }, Elementwise("acosh") { $0.acosh() },
        Elementwise("atanh") { $0.atanh() }, Elementwise("expm1") { $0.expMinusOne() },
        Elementwise("log1p") { $0.logOnePlus() },
        Elementwise("logistic") { $0.logistic() },
        Elementwise("sign") { x in (x .> 0).cast(to: x.type) - (x .< 0).cast(to: x.type) },
        Elementwise("atan2", 2...2) { $0[0].atan2($0[1]) },
        Elementwise("mod", 2...2) { $0[0] % $0[1] },
        Elementwise("min", 2...100) { $0.dropFirst().reduce($0[0]) { $0.minimum($1) } },
        Elementwise("max", 2...100) { $0.dropFirst().reduce($0[0]) { $0.maximum($1) } },
        Elementwise("clip", 3...3) { $0[0].maximum($0[1]).minimum($0[2]) },
        Elementwise("where", 3...3) { select($0[0] .!= 0, $0[1], $0[2]) },
    ]

    /// Of whole fields: `shift(u, x: 1)`, `ddx(u)`, `ddy(u)`, `laplacian(u)`, `sum(u)`, `mean(u)`.
    static let ofFields = ["shift", "ddx", "ddy", "laplacian", "sum", "mean"]

    static let names = elementwise.map(\.name) + ofFields

    static func elementwise(_ name: String) -> Elementwise? { elementwise.first { $0.name == name } }
}

extension Axis {
    /// `u` at the places `i + offset` of the axis number `place`, counted from the last of all.
    func shifted(_ u: Tensor, by offset: Int, axis: Int) -> Tensor {
        if offset == 0 { return u }
        if isPeriodic { return u.rolled(by: -offset, axis: axis) }
        let steps = min(abs(offset), length)
        let inner =
            offset > 0
            ? u.slice(axis: axis, from: steps, to: length) : u.slice(axis: axis, from: 0, to: length - steps)
        switch boundary {
        case .zero:
            return offset > 0
                ? inner.padded(axis: axis, before: 0, after: steps) : inner.padded(axis: axis, before: steps, after: 0)
        case .edge:
            let end =
                offset > 0 ? u.slice(axis: axis, from: length - 1, to: length) : u.slice(axis: axis, from: 0, to: 1)
            let copies = [Tensor](repeating: end, count: steps)
            return Tensor.concatenated(offset > 0 ? [inner] + copies : copies + [inner], axis: axis)
        }
    }
}
