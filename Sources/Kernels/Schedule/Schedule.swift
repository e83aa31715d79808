import Tensors

/// The treatment of each value of a program in native code, and the order.
struct Schedule {
    /// How the elements of a value come about.
    enum Treatment {
        /// They are there before the program starts.
        case input
        /// They are computed where they are read.
        case inline
        /// They lie in memory, written by a nest of loops.
        case loops
        /// They lie in memory, written by a routine of its own.
        case routine
        /// They are the elements of another value in memory, in the same order, from an offset on.
        case view(Program.Operand, offset: Int)
    }
    enum Statement {
        /// Nests over one shape that become one.
        case loops([Int])
        case routine(Int)
    }

    let program: Program
    /// Whether matrices can be read through tables of offsets, as code in lanes does.
    let readsViews: Bool
    /// For every value.
    private(set) var treatments: [Treatment]
    private(set) var statements: [Statement] = []
    /// For every value, the instruction that makes it.
    let makers: [Int?]
    /// For every value, the operations of arithmetic that reading one of its elements costs.
    private var costs: [Int]
    /// For every value, how many operations are written out where it is read.
    private var sizes: [Int]
    private var uses: [[Int]]
    private var isOutput: [Bool]

    init(_ program: Program, readsViews: Bool = false) {
        self.program = program
        self.readsViews = readsViews
        treatments = [Treatment](repeating: .input, count: program.valueCount)
        var makers = [Int?](repeating: nil, count: program.valueCount)
        uses = [[Int]](repeating: [], count: program.valueCount)
        costs = [Int](repeating: 0, count: program.valueCount)
        sizes = costs
        isOutput = [Bool](repeating: false, count: program.valueCount)
        for (number, instruction) in program.instructions.enumerated() {
            for result in instruction.results { makers[result] = number }
            for case .value(let index) in instruction.operands { uses[index].append(number) }
        }
        for case .value(let index) in program.outputs { isOutput[index] = true }
        self.makers = makers
        for number in program.instructions.indices { treat(number) }
        arrange()
    }

    func signature(_ operand: Program.Operand) -> Signature {
        switch operand {
        case .constant(let tensor): return tensor.signature
        case .value(let index): return signature(index)
        }
    }

    func signature(_ value: Int) -> Signature {
        guard let maker = makers[value] else { return program.inputs[value] }
        let instruction = program.instructions[maker]
        return instruction.signatures[value - instruction.results.lowerBound]
    }

    /// Whether an operand lies in memory.
    func isInMemory(_ operand: Program.Operand) -> Bool {
        guard case .value(let index) = operand else { return true }
        return switch treatments[index] {
        case .input, .loops, .routine, .view: true
        case .inline: false
        }
    }
}

// MARK: - In memory or not

extension Schedule {
    private mutating func treat(_ number: Int) {
        let instruction = program.instructions[number]
        let result = instruction.results.lowerBound
        sizes[result] = instruction.operands.reduce(1) { $0 + ($1.index.map { isInline($0) ? sizes[$0] : 0 } ?? 0) }
        switch instruction.operation.form(instruction.operands.map(signature), instruction.signatures) {
        case .routine: for value in instruction.results { treatments[value] = .routine }
        case .reduction:
            treatments[result] = .loops
            if let product = summedProduct(instruction) {  // the sum of products is one product that adds up
                treatments[result] = .routine
                treatments[product] = .inline
            }
        case .view where isAbsorbed(number): treatments[result] = .inline
        case .view(let offset, _) where isInMemory(instruction.operands[0]):
            treatments[result] = .view(instruction.operands[0], offset: offset)
        case .elementwise(let cost):
            costs[result] = min(
                1000, instruction.operands.reduce(cost) { $0 + ($1.index.map { isInline($0) ? costs[$0] : 0 } ?? 0) })
            treatments[result] =
                isCrossing(instruction) ? .routine : mustLieInMemory(result) ? .loops : .inline
        case .view:  // a reading of an inline value: only where the axes stay recognisable
            costs[result] = instruction.operands[0].index.map { costs[$0] } ?? 0
            treatments[result] = mustLieInMemory(result) ? .loops : .inline
        }
    }

    private func isInline(_ value: Int) -> Bool {
        if case .inline = treatments[value] { true } else { false }
    }

    private func mustLieInMemory(_ value: Int) -> Bool {
        if isOutput[value] { return true }
        let consumers = uses[value]
        let isNeeded = consumers.contains { number in
            let consumer = program.instructions[number]
            // A matrix product reads the transpose of a matrix in memory as well as the matrix.
            if case .matrixProduct = consumer.operation, isTransposeInMemory(value) || isView(value) { return false }
            // Windows of windows are as easily found in what the inner ones look at.
            if case .unfold = consumer.operation, isWindows(value) { return false }
            if isAbsorbed(number) { return false }
            // Across memory one array is read, not all that its elements are made of; and products read it either way.
            if !readsViews, costs[value] > 0, consumer.operation.movesLastAxis { return true }
            let form = consumer.operation.form(consumer.operands.map(signature), consumer.signatures)
            return consumer.operands.indices.contains { place in
                consumer.operands[place].index == value && form.needsMemory(place, consumer.operation)
            }
        }
        // Text that grew without end would be written and compiled by recursion.
        if isNeeded || sizes[value] > 256 { return true }
        if costs[value] == 0 { return false }
        let own = signature(value).shape.elementCount
        let isRepeated = consumers.contains { number in
            let consumer = program.instructions[number]
            if case .reduce = consumer.operation { return false }
            return consumer.signatures[0].shape.elementCount > own
        }
        return isRepeated || consumers.count > 1 || costs[value] > 40
    }

    /// The batch of matrix products that only this sum over the batch reads.
    private func summedProduct(_ instruction: Program.Instruction) -> Int? {
        guard case .reduce(.sum, let axes) = instruction.operation, let value = instruction.operands[0].index,
            let maker = makers[value], case .matrixProduct = program.instructions[maker].operation,
            uses[value].count == 1, !isOutput[value]
        else { return nil }
        let product = program.instructions[maker]
        let lead = signature(value).shape.count - 2
        let areBatched = product.operands.allSatisfy {
            Array(signature($0).shape.dropLast(2)) == Array(signature(value).shape.dropLast(2))
        }
        return lead > 0 && axes.sorted() == Array(0..<lead) && areBatched ? value : nil
    }

    /// Whether a reshape is read by matrix products alone, as a view of windows.
    private func isAbsorbed(_ number: Int) -> Bool {
        let instruction = program.instructions[number]
        guard readsViews, case .reshape = instruction.operation, instruction.signatures[0].shape.count >= 2,
            !isOutput[instruction.results.lowerBound], isView(instruction.results.lowerBound)
        else { return false }
        return isReadByProducts(instruction.results.lowerBound)
    }

    private func isReadByProducts(_ value: Int) -> Bool {
        uses[value].allSatisfy { number in
            let consumer = program.instructions[number]
            if case .matrixProduct = consumer.operation { return true }
            guard case .transpose = consumer.operation else { return false }
            return !isOutput[consumer.results.lowerBound] && isReadByProducts(consumer.results.lowerBound)
        }
    }

    /// Whether a value is made of windows of another by moving indices alone.
    private func isView(_ value: Int) -> Bool {
        guard readsViews, let maker = makers[value] else { return false }
        if isWindows(value) { return true }
        let instruction = program.instructions[maker]
        return instruction.operation.keepsElements && (instruction.operands[0].index.map(isView) ?? false)
    }

    /// Where in memory the elements of a matrix, or of a view of windows, lie.
    func matrixView(_ operand: Program.Operand) -> MatrixView {
        let shape = signature(operand).shape
        var base = operand
        var chain: [Program.Instruction] = []
        while let value = base.index, case .inline = treatments[value] {
            let instruction = program.instructions[makers[value]!]
            chain.append(instruction)
            base = instruction.operands[0]
        }
        func offset(_ flat: Int) -> Int {
            var (flat, shape) = (flat, shape)
            for instruction in chain {
                let from = signature(instruction.operands[0]).shape
                var index = shape.strides.indices.map { flat / shape.strides[$0] % shape[$0] }
                if case .transpose(let order) = instruction.operation {
                    var moved = index
                    for (place, axis) in order.enumerated() { moved[axis] = index[place] }
                    flat = zip(moved, from.strides).reduce(0) { $0 + $1.0 * $1.1 }
                } else if case .unfold(let axis, _, let stride, let dilation) = instruction.operation {
                    let inside = index.removeLast()
                    index[axis] = index[axis] * stride + inside * dilation
                    flat = zip(index, from.strides).reduce(0) { $0 + $1.0 * $1.1 }
                } else {
                    precondition(instruction.operation.keepsElements, "\(instruction.operation.name) is no view")
                }
                shape = from
            }
            return flat
        }
        let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
        let lead = Array(shape.dropLast(2))
        return MatrixView(
            base: base, rows: (0..<rows).map { offset($0 * columns) }, columns: (0..<columns).map { offset($0) },
            batch: lead.indices.map { lead[$0] == 1 ? 0 : offset(lead.strides[$0] * rows * columns) })
    }

    private func isWindows(_ value: Int) -> Bool {
        guard let maker = makers[value], case .unfold = program.instructions[maker].operation else { return false }
        return true
    }

    /// Whether it is a transpose that others read than products: vectors would gather what a routine moves by blocks.
    private func isCrossing(_ instruction: Program.Instruction) -> Bool {
        let (value, shape) = (instruction.results.lowerBound, instruction.signatures[0].shape)
        guard !readsViews, isTransposeInMemory(value), instruction.signatures[0].type.isReal,
            shape.suffix(2).allSatisfy({ $0 >= 8 })
        else { return false }
        return isOutput[value]
            || uses[value].contains {
                if case .matrixProduct = program.instructions[$0].operation { false } else { true }
            }
    }

    private func isTransposeInMemory(_ value: Int) -> Bool {
        guard let maker = makers[value], case .transpose(let order) = program.instructions[maker].operation else {
            return false
        }
        let n = order.count
        return n >= 2 && order == Array(0..<(n - 2)) + [n - 1, n - 2]
            && isInMemory(program.instructions[maker].operands[0])
    }

    /// The order of the program, nests that fit put together.
    private mutating func arrange() {
        for (number, instruction) in program.instructions.enumerated() {
            switch treatments[instruction.results.lowerBound] {
            case .routine: statements.append(.routine(number))
            case .loops:
                if case .loops(let members)? = statements.last, fits(number, members) {
                    statements[statements.count - 1] = .loops(members + [number])
                } else {
                    statements.append(.loops([number]))
                }
            case .input, .inline, .view: break
            }
        }
    }

    /// Whether a nest reads what others write only at the place where they write it, over the same shape.
    private func fits(_ number: Int, _ members: [Int]) -> Bool {
        let instruction = program.instructions[number]
        guard members.count < 8, !instruction.operation.isReduction else { return false }
        let first = program.instructions[members[0]]
        guard !first.operation.isReduction, first.signatures[0].shape == instruction.signatures[0].shape else {
            return false
        }
        let written = Set(members.map { program.instructions[$0].results.lowerBound })
        let cost = members.reduce(costs[instruction.results.lowerBound]) {
            $0 + costs[program.instructions[$1].results.lowerBound]
        }
        return cost <= 80 && reads(instruction, written, isInPlace: true)
            && (isFlat(number) || !isFlat(members[0]))
    }

    /// The value in memory that a view reads, perhaps through other views; nil for a constant.
    private func array(_ operand: Program.Operand) -> Int? {
        guard let index = operand.index else { return nil }
        if case .view(let base, _) = treatments[index] { return array(base) }
        return index
    }

    private func reads(_ instruction: Program.Instruction, _ written: Set<Int>, isInPlace: Bool) -> Bool {
        let keepsPlace = instruction.operation.keepsPlace
        return instruction.operands.allSatisfy { operand in
            guard case .value(let index) = operand else { return true }
            let stays =
                isInPlace && keepsPlace && signature(index).shape == instruction.signatures[0].shape
            switch treatments[index] {
            case .inline: return reads(program.instructions[makers[index]!], written, isInPlace: stays)
            case .view(let base, _):
                return array(base).map { !written.contains($0) } ?? true
            case .loops: return stays || !written.contains(index)
            case .input, .routine: return true
            }
        }
    }

    /// The nest that follows a product and may be computed row by row with it: it is of the product's shape, and reads
    /// of the product the places where it writes.
    func nest(after statement: Int) -> [Int]? {
        guard case .routine(let number) = statements[statement], statement + 1 < statements.count,
            case .loops(let members) = statements[statement + 1],
            case .matrixProduct = program.instructions[number].operation
        else { return nil }
        let product = program.instructions[number]
        let fits = members.allSatisfy {
            let member = program.instructions[$0]
            return !member.operation.isReduction && member.signatures[0].shape == product.signatures[0].shape
                && readsInPlace(product.results.lowerBound, member)
        }
        return fits ? members : nil
    }

    /// Whether no element is made of elements of `value` at other places.
    private func readsInPlace(_ value: Int, _ instruction: Program.Instruction, isInPlace: Bool = true) -> Bool {
        instruction.operands.allSatisfy { operand in
            guard case .value(let index) = operand else { return true }
            let stays =
                isInPlace && instruction.operation.keepsPlace
                && signature(index).shape == instruction.signatures[0].shape
            if index == value { return stays }
            switch treatments[index] {
            case .inline: return readsInPlace(value, program.instructions[makers[index]!], isInPlace: stays)
            case .view: return readsInPlace(value, program.instructions[makers[index]!], isInPlace: false)
            case .input, .loops, .routine: return true
            }
        }
    }

    /// Whether a nest reads every operand in the order of its elements, so that one loop over all elements serves.
    func isFlat(_ number: Int) -> Bool {
        isFlat(program.instructions[number], program.instructions[number].signatures[0].shape.elementCount)
    }

    private func isFlat(_ instruction: Program.Instruction, _ count: Int) -> Bool {
        var isPlain = instruction.operation.keepsPlace
        if case .reshape = instruction.operation { isPlain = true }
        if case .broadcast = instruction.operation {
            isPlain = instruction.operands.allSatisfy { [1, count].contains(signature($0).shape.elementCount) }
        }
        guard isPlain else { return false }
        return instruction.operands.allSatisfy { operand in
            let size = signature(operand).shape.elementCount
            guard size == count || size == 1 else { return false }
            guard case .value(let index) = operand, isInline(index) else { return true }
            return isFlat(program.instructions[makers[index]!], size)
        }
    }
}

extension Operation {
    fileprivate var movesLastAxis: Bool {
        if case .transpose(let order) = self { order.last != order.count - 1 } else { false }
    }
}

extension Program.Operand {
    var index: Int? { if case .value(let index) = self { index } else { nil } }
}

/// A matrix of which the element in row `i` and column `j` lies at `rows[i] + columns[j]`,
/// and so for every axis of a batch.
struct MatrixView {
    let base: Program.Operand
    let rows: [Int]
    let columns: [Int]
    let batch: [Int]
}
