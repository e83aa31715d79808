import Tensors

/// Properties of the values of a program: cost, shape, origin.
extension Program {
    var heavyWork: Int { instructions.reduce(0) { $0 + $1.heavyWork(self) } }
}

extension Program.Instruction {
    /// About how many multiplications it takes.
    func heavyWork(_ program: Program) -> Int {
        let own = signatures.reduce(0) { $0 + $1.shape.elementCount }
        guard case .matrixProduct = operation else { return own }
        return own * program.side(operands[0])
    }
}

extension Program {
    /// How long the last axis of an operand is: over how many numbers a product sums.
    func side(_ operand: Operand) -> Int {
        switch operand {
        case .constant(let tensor): tensor.shape.last!
        case .value(let index): signature(of: index).shape.last!
        }
    }

    /// The shape and type of a value.
    func signature(of value: Int) -> Signature {
        guard let maker = maker(of: value) else { return inputs[value] }
        return maker.signatures[value - maker.results.lowerBound]
    }

    /// The instruction that makes a value, found by bisection, as results are numbered in order; nil for inputs.
    private func maker(of value: Int) -> Instruction? {
        if value < inputs.count { return nil }
        var (low, high) = (0, instructions.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if instructions[middle].results.lowerBound <= value { low = middle } else { high = middle - 1 }
        }
        return instructions[low]
    }

    /// The input of which an axis of `size` is the first axis, moved but not mixed.
    func origin(of operand: Operand, _ axis: Int, _ size: Int) -> Int? {
        guard case .value(let value) = operand, signature(of: value).shape[axis] == size else { return nil }
        guard let maker = maker(of: value) else { return axis == 0 ? value : nil }
        let source = maker.operands[0]
        switch maker.operation.traits.kind {
        case .same: return origin(of: source, axis, size)
        case .arithmetic(let f): return f.isUnary ? origin(of: source, axis, size) : nil
        case .movement(.transpose(let order)): return origin(of: source, order[axis], size)
        case .movement(.reshape(let shape)):
            guard case .value(let index) = source else { return nil }
            let (old, before) = (signature(of: index).shape, shape[..<axis].reduce(1, *))
            return old.indices.first { old[$0] == size && old[..<$0].reduce(1, *) == before }
                .flatMap { origin(of: source, $0, size) }
        case .movement, .reduction, .routine, .program: return nil
        }
    }
}
