import Tensors

/// A program cut at a batch of which only sums are taken, as a training step is: what comes before the batch, what
/// happens to a few elements of it, and what follows from the sums.
///
/// Tiles of the batch are computed one after the other, so that their values stay in the cache,
/// and side by side on threads.
struct TiledProgram {
    /// From the inputs of the program to the values that tiles share.
    let before: Program
    /// From the inputs of the program, those with the batch cut to a tile, and the results of `before`, to the results
    /// of the tile: parts of the batch, then sums.
    let tile: Program
    /// From the inputs of the program, the results of `before`, and the sums over all tiles to the outputs.
    let after: Program
    let inputIsBatched: [Bool]
    let outputIsBatched: [Bool]
    let sums: [Signature]
    let size: Int
    let tileSize: Int
    /// The tile for one element of the batch, its sums being what one element adds to them: for lanes, where the
    /// matrices that are multiplied belong to one element each.
    let element: BatchedProgram?

    init?(_ program: Program) {
        var best: (found: Tiling, work: Int)?
        for seed in program.inputs.indices {
            guard let size = program.inputs[seed].shape.first, size >= 8, program.inputs[seed].type.isReal else {
                continue
            }
            if let best, best.found.isBatchedInput[seed] { continue }
            guard let found = Tiling.search(program, seed: seed, size: size) else { continue }
            let work = found.work(program)
            if work > (best?.work ?? 0) { best = (found, work) }
        }
        guard let (found, work) = best, work * 2 > program.heavyWork, work > 1 << 18 else { return nil }
        // Products of matrices whose rows are the batch are shared out among threads one by one:
        // tiles would pack again.
        guard found.isMostlyElementwise(program) else { return nil }
        let lanes = 16
        let element = found.size % lanes == 0 ? found.element(program) : nil
        guard let tileSize = element != nil ? lanes : TiledProgram.tileSize(found, program),
            let parts = found.parts(program, tileSize)
        else {
            return nil
        }
        (before, tile, after) = parts
        self.element = element
        (inputIsBatched, size, self.tileSize) = (found.isBatchedInput, found.size, tileSize)
        outputIsBatched = program.outputs.map { $0.index.map { found.states[$0].isBatched } ?? false }
        sums = found.sums.map { program.signature(of: $0) }
    }

    /// Whole numbers of tiles, two at least, whose values take a megabyte at most.
    private static func tileSize(_ tiling: Tiling, _ program: Program) -> Int? {
        let bytes = program.instructions.reduce(0) { total, instruction in
            instruction.results.contains { tiling.states[$0].isBatched }
                ? total + instruction.signatures.reduce(0) { $0 + $1.shape.elementCount * $1.type.size } : total
        }
        let limit = max(1, min(tiling.size / 2, tiling.size * (1 << 20) / max(bytes, 1)))
        return (1...limit).last { tiling.size % $0 == 0 }
    }
}

/// The relation of each value of a program to the batch.
private struct Tiling {
    enum State {
        /// It does not depend on the batch.
        case shared
        /// The axis of the batch.
        case batched(Int)
        /// A sum over the batch.
        case sum
        /// It depends on sums.
        case after

        var isBatched: Bool { if case .batched = self { true } else { false } }
    }
    let size: Int
    private(set) var isBatchedInput: [Bool]
    private(set) var states: [State] = []
    private(set) var sums: [Int] = []
    private var wanted: Int?

    /// Starts from one input with a batch; others join where they meet batched values.
    static func search(_ program: Program, seed: Int, size: Int) -> Tiling? {
        var isBatched = program.inputs.indices.map { $0 == seed }
        while true {
            var tiling = Tiling(size: size, isBatchedInput: isBatched)
            if tiling.fill(program) { return tiling }
            guard let wanted = tiling.wanted, !isBatched[wanted] else { return nil }
            isBatched[wanted] = true
        }
    }

    private init(size: Int, isBatchedInput: [Bool]) { (self.size, self.isBatchedInput) = (size, isBatchedInput) }

    private mutating func fill(_ program: Program) -> Bool {
        states = isBatchedInput.map { $0 ? .batched(0) : .shared }
        for instruction in program.instructions {
            guard let state = state(instruction, program) else { return false }
            states += instruction.results.map { _ in state }
            if case .sum = state { sums.append(instruction.results.lowerBound) }
        }
        // Outputs that keep the batch have it first.
        return program.outputs.allSatisfy { output in
            guard case .batched(let axis)? = output.index.map({ states[$0] }) else { return true }
            return axis == 0
        }
    }

    /// Multiplications that depend on the batch.
    func work(_ program: Program) -> Int {
        program.instructions.reduce(0) { total, instruction in
            let isBatched = instruction.operands.contains { $0.index.map { states[$0].isBatched } ?? false }
            return isBatched ? total + instruction.heavyWork(program) : total
        }
    }

    /// Whether most multiplications are within elements of the batch: not of matrices whose rows they are.
    func isMostlyElementwise(_ program: Program) -> Bool {
        let across = program.instructions.reduce(0) { total, instruction in
            guard case .matrixProduct = instruction.operation else { return total }
            let isAcross = instruction.operands.contains { operand in
                guard let value = operand.index, case .batched(let axis) = states[value] else { return false }
                let shape = program.signature(of: value).shape
                return axis >= shape.count - 2 && shape[axis] == size
            }
            return isAcross ? total + instruction.heavyWork(program) : total
        }
        return across * 5 < work(program)
    }

    /// The program of one element of the batch: to the outputs that keep the batch, and to the sums.
    func element(_ program: Program) -> BatchedProgram? {
        let shared = sharedValues(program)
        let taken = Array(program.inputs.indices) + shared
        var writer = ProgramWriter(inputs: taken.map { program.signature(of: $0) })
        var values = [Program.Operand?](repeating: nil, count: states.count)
        for (place, value) in taken.enumerated() { values[value] = .value(place) }
        for instruction in program.instructions {
            let value = instruction.results.lowerBound
            switch states[value] {
            case .shared, .after: continue
            case .batched:
                let operands = instruction.operands.map { $0.index.map { values[$0]! } ?? $0 }
                let results = writer.append(instruction.operation, operands, instruction.signatures)
                for (value, result) in zip(instruction.results, results) { values[value] = result }
            case .sum:
                guard let part = contribution(instruction, values, program, &writer) else { return nil }
                values[value] = part
            }
        }
        let body = Simplify.withoutDeadCode(writer.finish((tileOutputs(program) + sums).map { values[$0]! }))
        let marks = isBatchedInput + shared.map { _ in false }
        guard let element = BatchedProgram(body, inputIsBatched: marks, size: size),
            element.program.isBatchable(marks)
        else { return nil }
        return element
    }

    /// The contribution of each element of the batch to a sum.
    private func contribution(
        _ instruction: Program.Instruction, _ values: [Program.Operand?], _ program: Program,
        _ writer: inout ProgramWriter
    ) -> Program.Operand? {
        let x = instruction.operands.map { $0.index.map { values[$0]! } ?? $0 }
        let result = instruction.signatures[0]
        guard case .batched(let p)? = instruction.operands[0].index.map({ states[$0] }) else { return nil }
        if case .reduce(let reduction, let axes) = instruction.operation {
            let rest = axes.filter { $0 != p }
            guard writer.signature(x[0]).shape.removing(axes: rest).contains(size) else { return nil }
            return rest.isEmpty ? x[0] : writer.append(.reduce(reduction, axes: rest), x[0])
        }
        // A product of rows that belong to elements of the batch.
        guard case .matrixProduct = instruction.operation, result.shape.count == 2, p == 1 else { return nil }
        let (n, m) = (result.shape[0], result.shape[1])
        let count = writer.signature(x[0]).shape[1] / size
        let rows = writer.unmerged(writer.append(.transpose([1, 0]), x[0]), [size, count, n])
        let left = writer.append(.transpose([0, 2, 1]), rows)
        return writer.append(.matrixProduct, left, writer.unmerged(x[1], [size, count, m]))
    }

    // MARK: Where the batch goes

    private mutating func state(_ instruction: Program.Instruction, _ program: Program) -> State? {
        let x = instruction.operands
        let states = x.map { $0.index.map { self.states[$0] } ?? .shared }
        let isLate = states.contains {
            switch $0 {
            case .sum, .after: true
            case .shared, .batched: false
            }
        }
        let isBatched = states.contains { $0.isBatched }
        if isLate { return isBatched ? nil : .after }
        guard isBatched else { return .shared }
        let shapes = x.map { shape($0, program) }
        let p: Int? = if case .batched(let axis) = states[0] { axis } else { nil }
        let rank = instruction.signatures[0].shape.count
        let traits = instruction.operation.traits
        switch traits.kind {
        case .same, .arithmetic: return meeting(x, states, shapes, rank, program)
        case .movement(let movement): return moved(movement, p, x, states, shapes, program)
        case .reduction(let reduction, let axes):
            guard let p else { return nil }
            if axes.contains(p) { return reduction == .sum ? .sum : nil }
            return .batched(p - axes.filter { $0 < p }.count)
        case .routine:
            switch traits.batch {
            case .lines(let axis, _, let trailing, let isTiled, _):
                let whole = shapes[0].count
                guard isTiled, case .batched(let q)? = meeting(x, states, shapes, whole, program, apart: axis),
                    q < whole - trailing
                else { return nil }
                return .batched(q)
            case .product: return product(x, states, shapes, rank)
            case .leading, .loop, .apart: return nil
            }
        case .program: return nil
        }
    }

    private mutating func moved(
        _ movement: Movement, _ p: Int?, _ x: [Program.Operand], _ states: [State], _ shapes: [[Int]],
        _ program: Program
    ) -> State? {
        switch movement {
        case .broadcast(let shape): return p.map { .batched($0 + shape.count - shapes[0].count) }
        case .reshape(let shape):
            guard let p else { return nil }
            let before = shapes[0][..<p].reduce(1, *)
            return shape.indices.first { shape[..<$0].reduce(1, *) == before && isWhole(shape, $0, shapes[0], p) }
                .map { .batched($0) }
        case .transpose(let order): return p.flatMap { p in order.firstIndex(of: p).map { .batched($0) } }
        case .slice(let starts, let ends, let steps):
            guard let p, starts[p] == 0, ends[p] == size, steps[p] == 1 else { return nil }
            return .batched(p)
        case .pad(let low, let high, let interior):
            guard let p, low[p] == 0, high[p] == 0, interior[p] == 0 else { return nil }
            return .batched(p)
        case .concatenate(let axis), .roll(_, let axis), .unfold(let axis, _, _, _), .gather(let axis):
            return meeting(x, states, shapes, shapes[0].count, program, apart: axis)
        }
    }

    /// Whether the batch stays first among the axes that a reshape merges it with, or alone.
    private func isWhole(_ new: [Int], _ q: Int, _ old: [Int], _ p: Int) -> Bool {
        // Merged with what follows it: [batch, a, ...] to [batch · a, ...]; or cut out of that again.
        new[q] == size && old[p] == size
            || old[p] == size && new[q] % size == 0 || new[q] == size && old[p] % size == 0
    }

    private func shape(_ operand: Program.Operand, _ program: Program) -> [Int] {
        switch operand {
        case .constant(let tensor): return tensor.shape
        case .value(let index): return program.signature(of: index).shape
        }
    }

    /// The common axis of batched operands; the others must not have it, and `apart` it must not be.
    private mutating func meeting(
        _ x: [Program.Operand], _ states: [State], _ shapes: [[Int]], _ rank: Int, _ program: Program,
        apart: Int? = nil
    ) -> State? {
        var place: Int?
        for (state, shape) in zip(states, shapes) {
            guard case .batched(let axis) = state else { continue }
            let own = axis + rank - shape.count
            if let place, place != own { return nil }
            place = own
        }
        guard let place, place != apart else { return nil }
        for (operand, (state, shape)) in zip(x, zip(states, shapes)) where !state.isBatched {
            let own = place - (rank - shape.count)
            guard own >= 0, shape[own] != 1 else { continue }
            wanted = program.origin(of: operand, own, size)
            return nil
        }
        return .batched(place)
    }

    private func product(_ x: [Program.Operand], _ states: [State], _ shapes: [[Int]], _ rank: Int) -> State? {
        func fromEnd(_ operand: Int) -> Int? {
            if case .batched(let axis) = states[operand] { shapes[operand].count - axis } else { nil }
        }
        switch (fromEnd(0), fromEnd(1)) {
        case (1, 2): return .sum
        case (2, nil): return .batched(rank - 2)
        case (nil, 1): return .batched(rank - 1)
        case (let a?, let b?) where a == b && a > 2: return .batched(rank - a)
        case (let a?, nil) where a > 2:
            return shapes[1].count < a || shapes[1][shapes[1].count - a] == 1 ? .batched(rank - a) : nil
        case (nil, let b?) where b > 2:
            return shapes[0].count < b || shapes[0][shapes[0].count - b] == 1 ? .batched(rank - b) : nil
        default: return nil
        }
    }
}

// MARK: - The three parts

extension Tiling {
    func parts(_ program: Program, _ tileSize: Int) -> (before: Program, tile: Program, after: Program)? {
        let shared = sharedValues(program)
        guard
            let before = part(
                program, inputs: [], keeps: { if case .shared = $0 { true } else { false } }, outputs: shared,
                tileSize: nil),
            let tile = part(
                program, inputs: shared,
                keeps: {
                    switch $0 {
                    case .batched, .sum: true
                    case .shared, .after: false
                    }
                }, outputs: tileOutputs(program) + sums, tileSize: tileSize)
        else { return nil }
        let after = part(
            program, inputs: shared + sums, keeps: { if case .after = $0 { true } else { false } },
            outputs: nil, tileSize: nil)
        return after.map { (before, tile, $0) }
    }

    /// The outputs that keep the batch.
    func tileOutputs(_ program: Program) -> [Int] {
        program.outputs.compactMap { output in output.index.flatMap { states[$0].isBatched ? $0 : nil } }
    }

    /// The values that are computed before the batch and read later.
    private func sharedValues(_ program: Program) -> [Int] {
        var isRead = [Bool](repeating: false, count: states.count)
        for instruction in program.instructions {
            if case .shared = states[instruction.results.lowerBound] { continue }
            for case .value(let index) in instruction.operands { isRead[index] = true }
        }
        for case .value(let index) in program.outputs { isRead[index] = true }
        return (program.inputs.count..<states.count).filter {
            if case .shared = states[$0] { isRead[$0] } else { false }
        }
    }

    /// The instructions of some states, as a program of the inputs and of further values.
    private func part(
        _ program: Program, inputs: [Int], keeps: (State) -> Bool, outputs: [Int]?, tileSize: Int?
    ) -> Program? {
        func cut(_ value: Int) -> Signature {
            let own = program.signature(of: value)
            guard let tileSize, case .batched(let axis) = states[value] else { return own }
            return Signature(resized(own.shape, axis, tileSize), own.type)
        }
        let taken = Array(program.inputs.indices) + inputs
        var writer = ProgramWriter(inputs: taken.map(cut))
        var values = [Program.Operand?](repeating: nil, count: states.count)
        for (place, value) in taken.enumerated() { values[value] = .value(place) }
        for instruction in program.instructions where keeps(states[instruction.results.lowerBound]) {
            let operands = instruction.operands.map { $0.index.map { values[$0]! } ?? $0 }
            let operation =
                tileSize.map { resized(instruction, $0, program) } ?? instruction.operation
            let results = operation.results(of: operands.map(writer.signature))
            guard results == instruction.results.map(cut) else { return nil }
            for (value, result) in zip(instruction.results, writer.append(operation, operands, results)) {
                values[value] = result
            }
        }
        if let outputs { return writer.finish(outputs.map { values[$0]! }) }
        // Outputs that keep the batch are written by the tiles.
        let late = program.outputs.filter { $0.index.map { !states[$0].isBatched } ?? true }
        return writer.finish(late.map { $0.index.map { values[$0]! } ?? $0 })
    }

    private func resized(_ shape: [Int], _ axis: Int, _ tileSize: Int) -> [Int] {
        shape.replacing(axis: axis, with: shape[axis] / size * tileSize)
    }

    /// The operation on a tile: where a shape is written in it, the axis of the batch is shorter.
    private func resized(_ instruction: Program.Instruction, _ tileSize: Int, _ program: Program) -> Operation {
        guard case .batched(let axis) = states[instruction.results.lowerBound] else { return instruction.operation }
        if case .broadcast(let shape) = instruction.operation { return .broadcast(resized(shape, axis, tileSize)) }
        if case .reshape(let shape) = instruction.operation { return .reshape(resized(shape, axis, tileSize)) }
        if case .slice(let starts, let ends, let steps) = instruction.operation {
            return .slice(starts: starts, ends: resized(ends, axis, tileSize), steps: steps)
        }
        return instruction.operation
    }
}

extension ProgramWriter {
    /// A matrix whose rows belong to elements of a batch, with an axis for the batch.
    fileprivate mutating func unmerged(_ x: Program.Operand, _ shape: [Int]) -> Program.Operand {
        guard let made = maker(x) else { return append(.reshape(shape), x) }
        if case .reshape = made.operation { return unmerged(made.operands[0], shape) }
        if case .transpose(let order) = made.operation, let inner = maker(made.operands[0]),
            case .transpose(let first) = inner.operation, order.map({ first[$0] }) == Array(order.indices)
        {
            return unmerged(inner.operands[0], shape)
        }
        return append(.reshape(shape), x)
    }
}
