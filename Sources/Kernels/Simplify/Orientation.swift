import Tensors

extension Simplify {
    /// Matrices that are computed from each other with shifts along their rows are computed as their transposes, so
    /// that a shift is one of whole rows and vectors run along what does not move: the tangents of a Jacobian,
    /// the members of an ensemble.
    ///
    /// For code over the elements of arrays; code in lanes has what does not move in its lanes anyway.
    static func turning(_ program: Program) -> Program {
        let (turned, _) = turned(program, carries: 0)
        return verified(withoutDeadCode(rewritten(turned)), "orientation of matrices")
    }

    /// With the carries of a loop that are given and returned as transposes, where the program is its body.
    private static func turned(_ program: Program, carries: Int) -> (program: Program, carries: [Int]) {
        let program = turningLoops(program)
        let orientation = Orientation(program, carries: carries)
        if orientation.isEmpty { return (program, []) }
        return (TurnedProgram(orientation).program, orientation.turnedCarries)
    }

    private static func turningLoops(_ program: Program) -> Program {
        var writer = ProgramWriter(inputs: program.inputs)
        var values: [Program.Operand] = program.inputs.indices.map { .value($0) }
        func look(_ operand: Program.Operand) -> Program.Operand {
            if case .value(let index) = operand { values[index] } else { operand }
        }
        for instruction in program.instructions {
            var operands = instruction.operands.map(look)
            guard case .scan(let scan) = instruction.operation else {
                let programs = instruction.operation.programs.map { turned($0, carries: 0).program }
                let operation =
                    programs.isEmpty ? instruction.operation : instruction.operation.with(programs: programs)
                values += writer.append(operation, operands, instruction.signatures)
                continue
            }
            let (body, carries) = turned(scan.body, carries: scan.carries)
            var signatures = instruction.signatures
            for place in carries {
                operands[place] = writer.transposed(operands[place])
                signatures[place] = signatures[place].turned
            }
            var results = writer.append(.scan(scan.with(body: body)), operands, signatures)
            for place in carries { results[place] = writer.transposed(results[place]) }
            values += results
        }
        return writer.finish(program.outputs.map(look))
    }
}

/// Which values of a program are to be computed as their transposes.
private struct Orientation {
    let program: Program
    /// Of every value: whether an instruction computes its transpose instead.
    private(set) var isTurned: [Bool]
    /// Inputs that are given as their transposes, and returned so.
    private(set) var turnedCarries: [Int] = []
    /// Products of which nothing but the transpose is read.
    private(set) var isTurnedProduct: [Bool]
    var isEmpty: Bool { !isTurned.contains(true) }

    init(_ program: Program, carries: Int) {
        self.program = program
        let count = program.valueCount
        isTurned = [Bool](repeating: false, count: count)
        isTurnedProduct = isTurned
        var makers = [Int?](repeating: nil, count: count)
        for (number, instruction) in program.instructions.enumerated() {
            for result in instruction.results { makers[result] = number }
        }

        // Values that are computed from each other element by element, or with shifts, are turned all or none.
        var groups = Groups(count)
        for instruction in program.instructions where instruction.isTurnable {
            for case .value(let operand) in instruction.operands where program.signature(of: operand).shape.count == 2 {
                groups.join(operand, instruction.results.lowerBound)
            }
        }
        let group = (0..<count).map { groups.root($0) }
        func isMade(_ value: Int) -> Bool { makers[value].map { program.instructions[$0].isTurnable } ?? false }
        let paired = (0..<carries).filter { place in
            guard case .value(let output) = program.outputs[place] else { return false }
            return program.inputs[place].shape.count == 2 && isMade(output) && group[output] == group[place]
        }

        var gains = [Int](repeating: 0, count: count)
        var isEntered = [Bool](repeating: false, count: count)
        var isLeft = isEntered
        for instruction in program.instructions {
            let result = instruction.results.lowerBound
            if instruction.isTurnable { gains[group[result]] += instruction.shift }
            for case .value(let operand) in instruction.operands where program.signature(of: operand).isWide {
                if instruction.isTurnable && !isMade(operand) {
                    let isFree =
                        makers[operand].map { program.instructions[$0].operation.traits.turnsForFree }
                        ?? paired.contains(operand)
                    if !isFree { isEntered[operand] = true }
                } else if !instruction.isTurnable && isMade(operand) && !instruction.operation.traits.turnsForFree {
                    isLeft[operand] = true
                }
            }
        }
        for (place, output) in program.outputs.enumerated() {
            if case .value(let value) = output, isMade(value), !paired.contains(place) { isLeft[value] = true }
        }
        // To transpose an array takes about as long as some shifts.
        for value in 0..<count {
            gains[group[value]] -= (isEntered[value] ? 3 : 0) + (isLeft[value] ? 3 : 0)
        }
        for value in 0..<count where gains[group[value]] >= 3 && isMade(value) { isTurned[value] = true }
        turnedCarries = paired.filter { gains[group[$0]] >= 3 }

        var others = [Bool](repeating: false, count: count)
        for instruction in program.instructions where !isTurned[instruction.results.lowerBound] {
            for case .value(let operand) in instruction.operands { others[operand] = true }
        }
        for case .value(let output) in program.outputs { others[output] = true }
        for instruction in program.instructions {
            guard case .matrixProduct = instruction.operation, instruction.signatures[0].shape.count == 2 else {
                continue
            }
            isTurnedProduct[instruction.results.lowerBound] = !others[instruction.results.lowerBound]
        }
    }
}

/// The program with these values as transposes.
private struct TurnedProgram {
    private let orientation: Orientation
    private var writer: ProgramWriter
    /// Values as they were, and as transposes; what is missing is made of the other when it is needed.
    private var plain: [Program.Operand?]
    private var turned: [Program.Operand?]
    private(set) var program: Program

    init(_ orientation: Orientation) {
        self.orientation = orientation
        program = orientation.program
        var inputs = program.inputs
        for place in orientation.turnedCarries { inputs[place] = inputs[place].turned }
        writer = ProgramWriter(inputs: inputs)
        plain = [Program.Operand?](repeating: nil, count: program.valueCount)
        turned = plain
        for place in inputs.indices {
            if orientation.turnedCarries.contains(place) {
                turned[place] = .value(place)
            } else {
                plain[place] = .value(place)
            }
        }
        for instruction in program.instructions { add(instruction) }
        let outputs = program.outputs.enumerated().map { place, output in
            orientation.turnedCarries.contains(place) ? turned(output) : plain(output)
        }
        program = writer.finish(outputs)
    }

    private mutating func add(_ instruction: Program.Instruction) {
        let result = instruction.results.lowerBound
        if orientation.isTurned[result] {
            let operands = instruction.operands.map { turned($0) }
            turned[result] =
                writer.append(instruction.turned!.operation, operands, [instruction.signatures[0].turned])[0]
        } else if orientation.isTurnedProduct[result] {
            let operands = [instruction.operands[1], instruction.operands[0]].map { turned($0) }
            turned[result] = writer.append(.matrixProduct, operands, [instruction.signatures[0].turned])[0]
        } else if case .reduce(let kind, let axes) = instruction.operation,
            case .value(let value) = instruction.operands[0],
            let operand = turned[value], plain[value] == nil
        {
            let swapped = axes.map { 1 - $0 }.sorted()
            plain[result] = writer.append(.reduce(kind, axes: swapped), [operand], instruction.signatures)[0]
        } else {
            let results = writer.append(
                instruction.operation, instruction.operands.map { plain($0) }, instruction.signatures)
            for (index, made) in zip(instruction.results, results) { plain[index] = made }
        }
    }

    private mutating func plain(_ operand: Program.Operand) -> Program.Operand {
        guard case .value(let index) = operand else { return operand }
        if let known = plain[index] { return known }
        let made = writer.transposed(turned[index]!)
        plain[index] = made
        return made
    }

    /// The transpose of a matrix; a vector, which stands for equal rows, as a column.
    private mutating func turned(_ operand: Program.Operand) -> Program.Operand {
        let shape = writerSignature(operand).shape
        guard shape.count == 2 else {
            guard shape.elementCount > 1 else { return plain(operand) }
            let column = Signature(shape + [1], writerSignature(operand).type)
            return writer.append(.reshape(column.shape), [plain(operand)], [column])[0]
        }
        switch operand {
        case .constant(let tensor): return .constant(tensor.transposed)
        case .value(let index):
            if let known = turned[index] { return known }
            let made = writer.transposed(plain[index]!)
            turned[index] = made
            return made
        }
    }

    private func writerSignature(_ operand: Program.Operand) -> Signature {
        switch operand {
        case .constant(let tensor): tensor.signature
        case .value(let index): orientation.program.signature(of: index)
        }
    }
}

/// Sets of values that are joined, one by one.
private struct Groups {
    private var parents: [Int]

    init(_ count: Int) { parents = Array(0..<count) }

    mutating func root(_ value: Int) -> Int {
        var root = value
        while parents[root] != root { root = parents[root] }
        var next = value
        while parents[next] != root { (parents[next], next) = (root, parents[next]) }
        return root
    }

    mutating func join(_ a: Int, _ b: Int) { parents[root(a)] = root(b) }
}

extension Signature {
    fileprivate var turned: Signature { Signature(shape.reversed(), type) }
    /// Whether it is a matrix whose transpose has its elements in another order.
    fileprivate var isWide: Bool { shape.count == 2 && !shape.contains { $0 <= 1 } }
}

extension ProgramWriter {
    fileprivate mutating func transposed(_ operand: Program.Operand) -> Program.Operand {
        append(.transpose([1, 0]), [operand], [signature(operand).turned])[0]
    }
}

extension Program.Instruction {
    /// The operation that makes the transpose of its result of transposes, and the axes along which it moves elements.
    fileprivate var turned: (operation: Operation, movedAxes: [Int])? {
        signatures[0].shape.count == 2 ? operation.turned : nil
    }

    fileprivate var isTurnable: Bool { turned != nil }

    /// 1 where elements move along rows, −1 where they move across;
    /// rows and columns that are shorter than a vector do not count.
    fileprivate var shift: Int {
        guard let turned, signatures[0].shape.allSatisfy({ $0 >= 8 }) else { return 0 }
        return turned.movedAxes.reduce(0) { $0 + ($1 == 1 ? 1 : -1) }
    }
}

extension Operation {
    /// The operation that makes the transpose of its result of transposes of its operands, and the axes along which it
    /// moves elements; nil where there is none.
    fileprivate var turned: (operation: Operation, movedAxes: [Int])? {
        switch traits.kind {
        case .same, .arithmetic: (self, [])
        case .movement(let movement): movement.turned
        case .reduction, .routine, .program: nil
        }
    }
}

extension Movement {
    fileprivate var turned: (operation: Operation, movedAxes: [Int])? {
        switch self {
        case .broadcast(let shape): return (.broadcast(shape.reversed()), [])
        case .roll(let shift, let axis): return (.roll(shift: shift, axis: 1 - axis), [axis])
        case .concatenate(let axis): return (.concatenate(axis: 1 - axis), [axis])
        case .slice(let starts, let ends, let steps):
            return (
                .slice(starts: starts.reversed(), ends: ends.reversed(), steps: steps.reversed()),
                starts.indices.filter { starts[$0] > 0 }
            )
        case .pad(let low, let high, let interior):
            // Between elements is no place to write row by row.
            guard interior.allSatisfy({ $0 == 0 }) else { return nil }
            return (
                .pad(low: low.reversed(), high: high.reversed(), interior: interior),
                low.indices.filter { low[$0] != 0 }
            )
        case .reshape, .transpose, .gather, .unfold: return nil
        }
    }
}
