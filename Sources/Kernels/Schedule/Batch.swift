import Tensors

/// A program of which every result is computed for each element of a batch on its own, written for one element: code
/// for it works on as many elements at once as a vector has lanes.
struct BatchedProgram {
    /// For one element of the batch.
    let program: Program
    /// The axis of the batch in every input and output of the original; nil for those that all elements share.
    let inputAxes: [Int?]
    let outputAxes: [Int?]
    let size: Int

    /// The batched form of a program whose inputs, save the last `constants`, have a batch as their first axis, all or
    /// those of the highest rank; nil if elements of the batch meet.
    init?(_ program: Program, constants: Int) {
        let inputs = program.inputs.dropLast(constants)
        guard let size = inputs.max(by: { $0.shape.count < $1.shape.count })?.shape.first, size > 1 else { return nil }
        let rank = inputs.map(\.shape.count).max() ?? 0
        let all = inputs.map { $0.shape.first == size ? 0 : nil }
        let widest = inputs.map { $0.shape.count == rank && $0.shape.first == size ? 0 : nil }
        let none = [Int?](repeating: nil, count: inputs.count)
        let shared = program.resultSignatures.first?.shape.first ?? 0
        for (axes, size) in [(all, size), (widest, size), (none, shared)] where size > 1 {
            var assumed = axes + [Int?](repeating: nil, count: constants)
            for _ in 0..<(constants + 1) {
                var unbatching = Unbatching(size: size, free: inputs.count..<program.inputs.count)
                if let found = unbatching.program(program, assumed), found.axes.contains(where: { $0 != nil }) {
                    guard found.axes.allSatisfy({ $0 != nil }) else { return nil }
                    (self.program, inputAxes, outputAxes, self.size) = (found.program, assumed, found.axes, size)
                    return
                }
                // A constant that proved to differ between the elements: assume that, and try again.
                guard let wanted = unbatching.wanted, assumed[wanted.input] == nil else { break }
                assumed[wanted.input] = wanted.axis
            }
        }
        return nil
    }
}

extension BatchedProgram {
    /// The batched form of a program whose batch is the first axis of the inputs that are marked.
    init?(_ program: Program, inputIsBatched: [Bool], size: Int) {
        let axes = inputIsBatched.map { $0 ? 0 as Int? : nil }
        var unbatching = Unbatching(size: size, free: 0..<0)
        guard let found = unbatching.program(program, axes), found.axes.allSatisfy({ $0 != nil }) else { return nil }
        (self.program, inputAxes, outputAxes, self.size) = (found.program, axes, found.axes, size)
    }
}

/// Takes one axis out of every value of a program.
private struct Unbatching {
    let size: Int
    /// Inputs that may turn out to be batched.
    let free: Range<Int>
    /// An input that must be batched along an axis for the rest to fit.
    private(set) var wanted: (input: Int, axis: Int)?

    init(size: Int, free: Range<Int>) { (self.size, self.free) = (size, free) }

    mutating func program(_ program: Program, _ inputAxes: [Int?]) -> (program: Program, axes: [Int?])? {
        let signatures = zip(program.inputs, inputAxes).map { $0.removing($1) }
        var body = UnbatchedBody(program, inputAxes, ProgramWriter(inputs: signatures))
        for instruction in program.instructions {
            guard body.add(instruction, &self) else { return nil }
        }
        return (body.writer.finish(program.outputs.map { body.operand($0) }), program.outputs.map { body.axis($0) })
    }

    /// Asks for an input to be batched; the attempt fails all the same, and is repeated.
    mutating func want(_ input: Int, _ axis: Int) {
        if free.contains(input), wanted == nil { wanted = (input, axis) }
    }
}

extension Signature {
    fileprivate func removing(_ axis: Int?) -> Signature {
        axis.map { Signature(shape.removing(axes: [$0]), type) } ?? self
    }
}

/// A program without the axis of the batch, as far as it is written.
private struct UnbatchedBody {
    let source: Program
    var writer: ProgramWriter
    private var axes: [Int?]
    private var operands: [Program.Operand]
    private var signatures: [Signature]
    private var makers: [Program.Instruction?]

    init(_ source: Program, _ inputAxes: [Int?], _ writer: ProgramWriter) {
        (self.source, self.writer, axes, signatures) = (source, writer, inputAxes, source.inputs)
        operands = source.inputs.indices.map { .value($0) }
        makers = source.inputs.map { _ in nil }
    }

    func axis(_ operand: Program.Operand) -> Int? { operand.index.flatMap { axes[$0] } }
    func operand(_ operand: Program.Operand) -> Program.Operand { operand.index.map { operands[$0] } ?? operand }
    private func shape(_ operand: Program.Operand) -> [Int] {
        switch operand {
        case .value(let index): signatures[index].shape
        case .constant(let tensor): tensor.shape
        }
    }

    /// Writes an instruction without the batch; false if elements of the batch meet in it.
    mutating func add(_ instruction: Program.Instruction, _ context: inout Unbatching) -> Bool {
        defer {
            signatures += instruction.signatures
            makers += instruction.results.map { _ in instruction }
        }
        guard instruction.operands.contains(where: { axis($0) != nil }) else {
            if let loop = scanned(instruction, &context) { return loop }
            return write(instruction.operation, instruction.operands.map(operand), instruction.signatures, nil)
        }
        return batched(instruction, &context)
    }

    private mutating func write(
        _ operation: Operation, _ x: [Program.Operand], _ results: [Signature], _ axis: Int?
    ) -> Bool {
        operands += writer.append(operation, x, results.map { $0.removing(axis) })
        axes += results.map { _ in axis }
        return true
    }

    private mutating func batched(_ instruction: Program.Instruction, _ context: inout Unbatching) -> Bool {
        let traits = instruction.operation.traits
        switch traits.kind {
        case .same, .arithmetic: return elementwise(instruction, trailing: 0, &context)
        case .movement(let movement): return moved(movement, instruction, &context)
        case .reduction(let reduction, let axes):
            guard let p = axis(instruction.operands[0]), !axes.contains(p) else { return false }
            let kept = axes.map { $0 > p ? $0 - 1 : $0 }
            return write(
                .reduce(reduction, axes: kept), [operand(instruction.operands[0])], instruction.signatures,
                p - axes.filter { $0 < p }.count)
        case .routine: return routine(traits.batch, instruction, &context)
        case .program: return false
        }
    }

    private mutating func routine(
        _ batch: OperationTraits.BatchAxis, _ instruction: Program.Instruction, _ context: inout Unbatching
    ) -> Bool {
        let x = instruction.operands
        switch batch {
        case .lines(let axis, let isRemoved, let trailing, _, let along):
            return lines(axis, isRemoved: isRemoved, trailing: trailing, instruction, &context, along)
        case .leading(let trailing):
            guard let p = x.compactMap({ axis($0) }).first, p < shape(x[0]).count - trailing,
                let operands = aligned(x, at: p, &context)
            else { return false }
            return write(instruction.operation, operands, instruction.signatures, p)
        case .product: return matrixProduct(instruction, &context)
        case .loop: return scanned(instruction, &context) ?? false
        case .apart: return false
        }
    }

    private mutating func moved(
        _ movement: Movement, _ instruction: Program.Instruction, _ context: inout Unbatching
    ) -> Bool {
        let (x, results) = (instruction.operands, instruction.signatures)
        let p = axis(x[0])
        switch movement {
        case .broadcast(let shape):
            guard let p else { return false }
            let q = p + shape.count - self.shape(x[0]).count
            return write(.broadcast(shape.removing(axes: [q])), [operand(x[0])], results, q)
        case .reshape(let shape):
            guard let p, let q = place(of: p, in: self.shape(x[0]), after: shape) else { return false }
            return write(.reshape(shape.removing(axes: [q])), [operand(x[0])], results, q)
        case .transpose(let order):
            guard let p, let q = order.firstIndex(of: p) else { return false }
            let rest = order.filter { $0 != p }.map { $0 > p ? $0 - 1 : $0 }
            return write(.transpose(rest), [operand(x[0])], results, q)
        case .slice(let starts, let ends, let steps):
            guard let p, starts[p] == 0, ends[p] == size(x[0], p), steps[p] == 1 else { return false }
            return write(
                .slice(starts: starts.removing(at: p), ends: ends.removing(at: p), steps: steps.removing(at: p)),
                [operand(x[0])], results, p)
        case .pad(let low, let high, let interior):
            guard let p, low[p] == 0, high[p] == 0, interior[p] == 0 else { return false }
            return write(
                .pad(low: low.removing(at: p), high: high.removing(at: p), interior: interior.removing(at: p)),
                [operand(x[0])], results, p)
        case .concatenate(let axis): return lines(axis, instruction, &context) { .concatenate(axis: $0) }
        case .roll(let shift, let axis):
            return lines(axis, instruction, &context) { .roll(shift: shift, axis: $0) }
        case .gather where p == nil && self.axis(x[1]) == 0 && shape(x[1]).count == 1:
            // Each element of the batch reads one element of a table.
            let type = results[0].type
            let index = writer.append(.reshape([1]), [operand(x[1])], [Signature([1], .int64)])[0]
            let found = writer.append(.gather(axis: 0), [operand(x[0]), index], [Signature([1], type)])[0]
            return write(.reshape([]), [found], results, 0)
        case .gather(let axis): return lines(axis, instruction, &context) { .gather(axis: $0) }
        case .unfold(let axis, let size, let stride, let dilation):
            return lines(axis, instruction, &context) {
                .unfold(axis: $0, size: size, stride: stride, dilation: dilation)
            }
        }
    }

    /// An operation along the lines of one axis, which is not the batch's: `along` is that along another axis.
    private mutating func lines(
        _ axis: Int, isRemoved: Bool = false, trailing: Int = 0, _ instruction: Program.Instruction,
        _ context: inout Unbatching, _ along: (Int) -> Operation
    ) -> Bool {
        let x = instruction.operands
        guard let p = x.compactMap({ self.axis($0) }).first, axis != p, p < shape(x[0]).count - trailing,
            let operands = aligned(x, rank: shape(x[0]).count, at: p, &context)
        else { return false }
        return write(
            along(axis > p ? axis - 1 : axis), operands, instruction.signatures, isRemoved && axis < p ? p - 1 : p)
    }

    private func size(_ operand: Program.Operand, _ axis: Int) -> Int { shape(operand)[axis] }

    /// Where an axis is after a reshape that leaves it whole.
    private func place(of p: Int, in shape: [Int], after new: [Int]) -> Int? {
        let before = shape[..<p].reduce(1, *)
        return new.indices.first { new[$0] == shape[p] && new[..<$0].reduce(1, *) == before }
    }

    // MARK: Operands that meet

    private mutating func elementwise(
        _ instruction: Program.Instruction, trailing: Int, _ context: inout Unbatching
    ) -> Bool {
        let x = instruction.operands
        let rank = instruction.signatures[0].shape.count
        let places = Set(x.compactMap { operand in axis(operand).map { $0 + rank - shape(operand).count } })
        guard places.count == 1, let p = places.first, p < rank - trailing,
            let operands = aligned(x, rank: rank, at: p, &context)
        else { return false }
        return write(instruction.operation, operands, instruction.signatures, p)
    }

    /// Operands of a broadcast without the axis that the batch has in the result.
    private mutating func aligned(
        _ x: [Program.Operand], rank: Int, at p: Int, _ context: inout Unbatching
    ) -> [Program.Operand]? {
        var result: [Program.Operand] = []
        for operand in x {
            let own = p - (rank - shape(operand).count)
            if let axis = axis(operand) {
                guard axis == own else { return nil }
                result.append(self.operand(operand))
            } else if own < 0 {
                result.append(self.operand(operand))
            } else {
                guard let same = uniform(operand, own, &context) else { return nil }
                result.append(same)
            }
        }
        return result
    }

    /// Operands that all have the batch at the same axis, without it.
    private mutating func aligned(
        _ x: [Program.Operand], at p: Int, _ context: inout Unbatching
    ) -> [Program.Operand]? {
        var result: [Program.Operand] = []
        for operand in x {
            guard axis(operand) == nil || axis(operand) == p,
                let part = axis(operand) == nil ? uniform(operand, p, &context) : self.operand(operand)
            else { return nil }
            result.append(part)
        }
        return result
    }

    /// An operand that is the same for all elements of the batch, without the axis.
    private mutating func uniform(
        _ x: Program.Operand, _ axis: Int, _ context: inout Unbatching
    ) -> Program.Operand? {
        let rest = shape(x).removing(axes: [axis])
        if shape(x)[axis] == 1 {
            return writer.append(.reshape(rest), [operand(x)], [Signature(rest, writer.signature(operand(x)).type)])[0]
        }
        guard let value = x.index else { return nil }
        guard let maker = makers[value] else {
            context.want(value, axis)
            return nil
        }
        guard case .broadcast = maker.operation else { return nil }
        let inner = maker.operands[0]
        let own = axis - (shape(x).count - shape(inner).count)
        guard own < 0 || shape(inner)[own] == 1 else { return nil }
        var part = operand(inner)
        let type = writer.signature(part).type
        if own >= 0 {
            let shape = shape(inner).removing(axes: [own])
            part = writer.append(.reshape(shape), [part], [Signature(shape, type)])[0]
        }
        return writer.append(.broadcast(rest), [part], [Signature(rest, type)])[0]
    }

    private mutating func matrixProduct(_ instruction: Program.Instruction, _ context: inout Unbatching) -> Bool {
        let x = instruction.operands
        let rank = instruction.signatures[0].shape.count
        let type = instruction.signatures[0].type
        if let p = axis(x[0]), axis(x[1]) == nil, p == shape(x[0]).count - 2, shape(x[1]).count == 2 {
            // Rows are elements of the batch: each is a product of its own.
            let row = shape(x[0]).replacing(axis: p, with: 1)
            let a = writer.append(.reshape(row), [operand(x[0])], [Signature(row, type)])[0]
            let whole = instruction.signatures[0].shape.replacing(axis: rank - 2, with: 1)
            let product = writer.append(.matrixProduct, [a, operand(x[1])], [Signature(whole, type)])[0]
            return write(.reshape(whole.removing(axes: [rank - 2])), [product], instruction.signatures, rank - 2)
        }
        return elementwise(instruction, trailing: 2, &context)
    }

    // MARK: Loops

    /// A loop whose carries or operands are batched; nil if the instruction is none.
    private mutating func scanned(_ instruction: Program.Instruction, _ context: inout Unbatching) -> Bool? {
        guard case .scan(let scan) = instruction.operation else { return nil }
        let x = instruction.operands
        var inputs: [Int?] = x.enumerated().map { place, operand in
            let isSequence = scan.carries..<(scan.carries + scan.sequences) ~= place
            return axis(operand).map { isSequence ? $0 - 1 : $0 }
        }
        guard inputs.allSatisfy({ $0 != -1 }) else { return false }
        if let place = scan.limitPlace, inputs[place] != nil { return false }
        while true {
            var inner = Unbatching(size: context.size, free: 0..<x.count)
            guard let found = inner.program(scan.body, inputs) else {
                // What the loop needs batched, if it is free to be so, comes from outside.
                guard let wanted = inner.wanted, inputs[wanted.input] == nil else { return false }
                let isSequence = scan.carries..<(scan.carries + scan.sequences) ~= wanted.input
                if let value = x[wanted.input].index, makers[value] == nil, wanted.input >= scan.carries {
                    context.want(value, isSequence ? wanted.axis + 1 : wanted.axis)
                }
                guard wanted.input < scan.carries else { return false }
                inputs[wanted.input] = wanted.axis
                continue
            }
            var grown = inputs
            for carry in 0..<scan.carries {
                guard let axis = found.axes[carry] else { continue }
                if inputs[carry] == nil { grown[carry] = axis } else if inputs[carry] != axis { return false }
            }
            // A batched carry that becomes the same for all again stays batched.
            guard (0..<scan.carries).allSatisfy({ found.axes[$0] != nil || grown[$0] == nil }) else { return false }
            if grown == inputs { return write(scan, found, inputs, instruction, &context) }
            inputs = grown
        }
    }

    private mutating func write(
        _ scan: Scan, _ body: (program: Program, axes: [Int?]), _ inputs: [Int?], _ instruction: Program.Instruction,
        _ context: inout Unbatching
    ) -> Bool {
        var x: [Program.Operand] = []
        for (place, source) in instruction.operands.enumerated() {
            if let wanted = inputs[place], axis(source) == nil {
                guard let same = uniform(source, wanted, &context) else { return false }
                x.append(same)
            } else {
                x.append(operand(source))
            }
        }
        let axes = body.axes.enumerated().map { $0 < scan.carries ? $1 : $1.map { $0 + 1 } }
        let results = zip(instruction.signatures, axes).map { $0.removing($1) }
        operands += writer.append(.scan(scan.with(body: body.program)), x, results)
        self.axes += axes
        return true
    }
}

extension [Int] {
    fileprivate func removing(at place: Int) -> [Int] {
        var result = self
        result.remove(at: place)
        return result
    }
}
