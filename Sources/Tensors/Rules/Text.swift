/// How is an operation written?
extension Operation {
    package var name: String {
        switch self {
        case .alias: "alias"
        case .constant: "constant"
        case .unary(let f): f.rawValue
        case .binary(let f): f.rawValue
        case .compare(let f): f.rawValue
        case .select: "select"
        case .cast(let type): "cast to \(type)"
        case .reduce(let reduction, let axes): "\(reduction.rawValue) over axes \(axes)"
        case .argmax(let axis): "argmax along axis \(axis)"
        case .cumulativeSum(let axis, let reversed): "cumulativeSum along axis \(axis)\(reversed ? ", reversed" : "")"
        case .argsort(let axis): "argsort along axis \(axis)"
        case .broadcast(let shape): "broadcast to \(shape)"
        case .reshape(let shape): "reshape to \(shape)"
        case .transpose(let order): "transpose to \(order)"
        case .slice(let starts, let ends, let steps): "slice \(starts) to \(ends) by \(steps)"
        case .pad(let low, let high, let interior): "pad \(low) \(high) \(interior)"
        case .concatenate(let axis): "concatenate along axis \(axis)"
        case .roll(let shift, let axis): "roll by \(shift) along axis \(axis)"
        case .gather(let axis): "gather along axis \(axis)"
        case .scatterAdd(let axis, let size): "scatterAdd along axis \(axis) of \(size)"
        case .unfold(let axis, let size, let stride, let dilation):
            "windows of \(size) along axis \(axis), stride \(stride), dilation \(dilation)"
        case .fold(let axis, let length, let stride, let dilation):
            "fold along axis \(axis) of \(length), stride \(stride), dilation \(dilation)"
        case .matrixProduct: "matrixProduct"
        case .cholesky: "cholesky"
        case .triangularSolve(let transposed): transposed ? "triangularSolve transposed" : "triangularSolve"
        case .solve: "solve"
        case .symmetricEigen: "symmetricEigen"
        case .qr: "qr"
        case .lu: "lu"
        case .singularValueDecomposition: "singularValueDecomposition"
        case .sqrtm(let inverse): inverse ? "inverse sqrtm" : "sqrtm"
        case .symmetricSylvester: "symmetricSylvester"
        case .fourier(let inverse): inverse ? "inverse fourier" : "fourier"
        case .realFourier: "realFourier"
        case .realFourierTranspose(let length): "realFourierTranspose of length \(length)"
        case .random(let draw): "random \(draw)"
        case .scan(let scan):
            "scan \(scan.isLimited ? "up to " : "")\(scan.length) steps\(scan.isReversed ? ", reversed" : "")"
        case .conditional: "conditional"
        case .whileLoop: "whileLoop"
        case .fixedPoint: "fixedPoint"
        case .custom: "custom"
        }
    }
}

extension Operation {
    /// The programs that an operation runs.
    package var programs: [Program] {
        switch self {
        case .scan(let scan): [scan.body]
        case .conditional(let conditional): [conditional.then, conditional.otherwise]
        case .whileLoop(let loop): [loop.condition, loop.body]
        case .fixedPoint(let point): [point.solution]
        case .custom(let custom): [custom.body]
        case .alias, .constant, .unary, .binary, .compare, .select, .cast, .reduce, .argmax, .cumulativeSum,
            .argsort, .broadcast, .reshape, .transpose, .slice, .pad, .concatenate, .roll, .gather, .scatterAdd,
            .unfold, .fold, .matrixProduct, .cholesky, .triangularSolve, .solve, .symmetricEigen,
            .qr, .lu, .singularValueDecomposition, .sqrtm, .symmetricSylvester,
            .fourier, .realFourier, .realFourierTranspose, .random:
            []
        }
    }
}

extension Operation {
    /// The same operation with other programs in it, of those that stay operations in native code.
    package func with(programs: [Program]) -> Operation {
        switch self {
        case .scan(let scan): .scan(scan.with(body: programs[0]))
        case .conditional: .conditional(Conditional(then: programs[0], otherwise: programs[1]))
        case .whileLoop(let loop):
            .whileLoop(While(condition: programs[0], body: programs[1], carries: loop.carries))
        case .fixedPoint, .custom, .alias, .constant, .unary, .binary, .compare, .select, .cast, .reduce,
            .argmax, .cumulativeSum, .argsort, .broadcast, .reshape, .transpose, .slice, .pad, .concatenate,
            .roll, .gather, .scatterAdd, .unfold, .fold, .matrixProduct, .cholesky, .triangularSolve, .solve,
            .symmetricEigen, .qr, .lu, .singularValueDecomposition, .sqrtm,
            .symmetricSylvester, .fourier, .realFourier, .realFourierTranspose, .random:
            self
        }
    }
}

extension Scan {
    package func with(body: Program) -> Scan {
        Scan(
            body: body, carries: carries, sequences: sequences, constants: constants, length: length,
            isReversed: isReversed, isLimited: isLimited)
    }
}

extension Program: CustomStringConvertible {
    /// One line an operation: the result, its signature, the operation and its operands.
    public var description: String { text(indent: "") }

    private func text(indent: String) -> String {
        var lines = [indent + "inputs " + inputs.enumerated().map { "%\($0): \($1)" }.joined(separator: ", ")]
        for instruction in instructions {
            let operands = instruction.operands.map(text).joined(separator: " ")
            let results = instruction.results.map { "%\($0)" }.joined(separator: ", ")
            lines.append("\(indent)\(results) = \(instruction.operation.name) \(operands)")
            lines += instruction.operation.programs.map { $0.text(indent: indent + "    ") }
        }
        lines.append(indent + "return " + outputs.map(text).joined(separator: ", "))
        return lines.joined(separator: "\n")
    }

    private func text(_ operand: Operand) -> String {
        switch operand {
        case .value(let index): "%\(index)"
        case .constant(let tensor): tensor.count == 1 ? "\(tensor.known.text(at: 0))" : "constant \(tensor.signature)"
        }
    }
}
