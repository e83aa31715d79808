import Tensors

/// Operations that are more than a nest of loops over elements.
extension Source {
    mutating func routine(_ instruction: Program.Instruction, _ frame: inout Frame, now: Int) {
        line("// " + instruction.operation.name)
        let schedule = frame.schedule
        func columns(_ operand: Int) -> Int { schedule.signature(instruction.operands[operand]).shape.last! }
        func rows(_ operand: Int) -> Int { schedule.signature(instruction.operands[operand]).shape.dropLast().last! }
        switch instruction.operation {
        case .scan(let loop): scan(loop, instruction, &frame, now: now)
        case .matrixProduct where frame.isBatched[instruction.results.lowerBound]:
            laneProduct(instruction, into: frame.places[instruction.results.lowerBound]!, summed: nil, &frame)
        case .matrixProduct:
            matrixProduct(instruction, into: frame.places[instruction.results.lowerBound]!, &frame, now: now)
        case .reduce:
            let place = frame.places[instruction.results.lowerBound]!
            let product = frame.schedule.program.instructions[frame.schedule.makers[instruction.operands[0].index!]!]
            let bytes = "\(instruction.signatures[0].shape.elementCount) * sizeof(\(place.type.name(place.isBatched)))"
            line("memset(\(place.pointer), 0, \(bytes));")
            if place.isBatched {
                laneProduct(product, into: place, summed: .overBatch, &frame)
            } else {
                matrixProduct(product, into: place, isSum: true, &frame, now: now)
            }
        case .transpose: transpose(instruction, &frame)
        case .pad(let low, _, let interior): spread(instruction, low, interior, &frame)
        case .cumulativeSum(let axis, let reversed): cumulativeSum(instruction, axis, reversed, &frame)
        case .conditional(let choice): conditional(choice, instruction, &frame, now: now)
        case .whileLoop(let loop): whileLoop(loop, instruction, &frame, now: now)
        case .fold(let axis, _, let stride, let dilation):
            fold(instruction, axis, stride, dilation, &frame)
        case .scatterAdd(let axis, let size): scatterAdd(instruction, axis, size, &frame)
        case .fourier, .realFourier, .realFourierTranspose:
            if !fourier(instruction, &frame, now: now) { interpreted(instruction, &frame) }
        case .cholesky: cholesky(instruction, &frame, now: now)
        case .triangularSolve(let transposed): triangularSolve(instruction, transposed: transposed, &frame, now: now)
        case .symmetricEigen: symmetricEigen(instruction, &frame, now: now)
        case .sqrtm(let inverse):
            eachMatrix("sqrtm_d", [columns(0)], instruction, upTo: 64, option: inverse, &frame, now: now)
        case .symmetricSylvester:
            eachMatrix("symmetricSylvester_d", [columns(0)], instruction, upTo: 64, &frame, now: now)
        case .solve: eachMatrix("solve_d", [columns(0), columns(1)], instruction, upTo: 64, &frame, now: now)
        case .lu: eachMatrix("lu_d", [columns(0)], instruction, upTo: 64, &frame, now: now)
        case .qr:
            // A copy lies on the stack.
            let limit = rows(0) <= 256 ? 64 : 0
            eachMatrix("qr_d", [rows(0), columns(0)], instruction, upTo: limit, &frame, now: now)
        case .argmax(let axis): argmax(instruction, axis, &frame)
        case .argsort(let axis): argsort(instruction, axis, &frame, now: now)
        case .random(let draw): random(draw, instruction, &frame)
        case .unary, .binary, .singularValueDecomposition:
            interpreted(instruction, &frame)
        case .alias, .constant, .compare, .select, .cast, .broadcast, .reshape, .slice, .concatenate,
            .roll, .gather, .unfold, .fixedPoint, .custom:
            preconditionFailure("\(instruction.operation.name) is not a routine")
        }
    }

    /// The interpreter's routine, on the same memory.
    mutating func interpreted(_ instruction: Program.Instruction, _ frame: inout Frame) {
        let operands = instruction.operands.map { memory($0, &frame).pointer }
        let results = instruction.results.map { frame.places[$0]!.pointer }
        let number = interpret(
            InterpretedInstruction(
                operation: instruction.operation, operands: instruction.operands.map(frame.schedule.signature),
                results: instruction.signatures))
        line(
            "runtime->interpret(runtime->context, \(number), (const void *[]){\(operands.joined(separator: ", "))}, "
                + "(void *[]){\(results.joined(separator: ", "))});")
    }

    /// A batch of matrices, each transposed.
    private mutating func transpose(_ instruction: Program.Instruction, _ frame: inout Frame) {
        let (from, to) = (memory(instruction.operands[0], &frame), frame.places[instruction.results.lowerBound]!)
        let shape = frame.schedule.signature(instruction.operands[0]).shape
        let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
        let call = "transposed_\(to.type.letter(false))(\(rows), \(columns), \(from.pointer)"
        let batch = shape.dropLast(2).reduce(1, *)
        if batch == 1 { return line("\(call), \(to.pointer));") }
        line("for (long b = 0; b < \(batch); b++)")
        line("  \(call) + b * \(rows * columns), \(to.pointer) + b * \(rows * columns));")
    }

    // MARK: Matrix product

    /// Whether threads share a product of these sides: multiplications that are worth meetings.
    private static func isShared(_ n: Int, _ m: Int, _ k: Int) -> Bool { n * m * k >= 1 << 19 }

    /// Whether an instruction is one product, of two matrices, that threads share.
    func isShared(_ instruction: Program.Instruction, _ frame: Frame) -> Bool {
        let shape = instruction.signatures[0].shape
        guard case .matrixProduct = instruction.operation, lanes == nil, shape.count == 2 else { return false }
        return Source.isShared(shape[0], shape[1], frame.schedule.signature(instruction.operands[0]).shape[1])
    }

    /// A nest that is computed row by row with the product before it, as a function; nil where it has another form.
    mutating func rowwise(_ members: [Int], _ frame: Frame, rows: Int) -> (function: String, given: String)? {
        let start = lines.count
        loops(members, frame, isShared: false)
        let shape = frame.schedule.program.instructions[members[0]].signatures[0].shape
        let count = frame.schedule.isFlat(members[0]) ? shape.elementCount : shape[0]
        let then = rowwise(start, count, rows: rows)
        lines[start...] = []
        return then
    }

    /// A product that threads share, with the operations on each of its rows.
    mutating func sharedProduct(
        _ instruction: Program.Instruction, _ frame: inout Frame, now: Int, then: (function: String, given: String)?
    ) {
        guard let then else { return routine(instruction, &frame, now: now) }
        line("// matrixProduct, and row by row what follows")
        let target = frame.places[instruction.results.lowerBound]!
        var own = frame
        block("") { source in
            source.line("struct \(then.function) given = {\(then.given)};")
            source.matrixProduct(instruction, into: target, &own, now: now, then: "\(then.function)_rows, &given")
        }
        frame = own
    }

    /// A batch of products, or their sum added to the result.
    private mutating func matrixProduct(
        _ instruction: Program.Instruction, into target: Place, isSum: Bool = false, _ frame: inout Frame, now: Int,
        then: String = ""
    ) {
        let (a, isLeftTransposed) = matrix(instruction.operands[0], &frame)
        let (b, isRightTransposed) = matrix(instruction.operands[1], &frame)
        let shape = instruction.signatures[0].shape
        let (x, y) = (
            frame.schedule.signature(instruction.operands[0]).shape,
            frame.schedule.signature(instruction.operands[1]).shape
        )
        guard shape.elementCount > 0 else { return }
        let (n, m, k) = (shape[shape.count - 2], shape[shape.count - 1], x[x.count - 1])
        let type = target.type
        let letters = [target, a, b].map { type.letter($0.isBatched) }.joined(separator: "_")
        let batch = Array(shape.dropLast(2))
        // Where the right side is packed: whole panels of at most 32 columns.
        let size = (m + 31) / 32 * 32 * k * type.size
        let start = frame.allocate(size, now: now, last: now)
        let sides =
            "\(isLeftTransposed ? 1 : 0), \(isRightTransposed ? 1 : 0), \(isSum ? 1 : 0), \(frame.scratch) + \(start)"
        let isAlone = lanes != nil
        func call(_ rows: Int, _ arguments: String) -> String {
            // The threads meet in a shared product, twice in a large one, which takes some microseconds.
            !isAlone && Source.isShared(rows, m, k)
                ? "sharedProduct_\(letters)(runtime, \(arguments), \(then.isEmpty ? "0, 0" : then));"
                : "product_\(letters)(\(arguments));"
        }
        if !isSum, y.dropLast(2).allSatisfy({ $0 == 1 }), x.count == shape.count, !isLeftTransposed {
            // One matrix on the right serves the whole batch: a single tall product.
            let rows = n * batch.elementCount
            line(call(rows, "\(rows), \(m), \(k), \(a.pointer), \(b.pointer), \(target.pointer), \(sides)"))
            return
        }
        let strides = [(x, n * k), (y, k * m)].map { operand, size in
            Array(operand.dropLast(2)).strides(broadcastTo: batch).map { $0 * size }
        }
        func terms(_ strides: [Int]) -> String {
            batch.indices.reduce(Index.constant(0)) { $0 + Index.variable($1).scaled(by: strides[$1]) }.text
        }
        let own = isSum ? "0" : terms(batch.strides.map { $0 * n * m })
        nestedLoops(batch) {
            $0.line(
                call(
                    n,
                    "\(n), \(m), \(k), \(a.pointer) + \(terms(strides[0])), \(b.pointer) + \(terms(strides[1])), "
                        + "\(target.pointer) + \(own), \(sides)"))
        }
    }

    /// The axes over which products in lanes are added up: those of their own batch, or the lanes.
    enum ProductSum { case overBatch, overLanes }

    /// A batch of products in lanes. Elements are found through tables, so that windows need not be written out.
    mutating func laneProduct(
        _ instruction: Program.Instruction, into target: Place, summed: ProductSum?, _ frame: inout Frame
    ) {
        resolveViews(&frame)
        let shape = instruction.signatures[0].shape
        guard shape.elementCount > 0 else { return }
        let views = instruction.operands.map(frame.schedule.matrixView)
        let places = views.map { memory($0.base, &frame) }
        let (n, m, k) = (shape[shape.count - 2], shape[shape.count - 1], views[0].columns.count)
        let letters =
            target.type.letter(target.isBatched) + "_"
            + places.map { target.type.letter($0.isBatched) }.joined(separator: "_")
        let tables = [views[0].rows, views[0].columns, views[1].rows, views[1].columns].map { offsets in
            let name = name("o")
            line(
                "static const int \(name)[] = {\(offsets.isEmpty ? "0" : offsets.map(String.init).joined(separator: ","))};"
            )
            return name
        }
        let batch = Array(shape.dropLast(2))
        func terms(_ strides: [Int]) -> String {
            batch.indices.reduce(Index.constant(0)) { $0 + Index.variable($1).scaled(by: strides[$1]) }.text
        }
        func aligned(_ strides: [Int]) -> [Int] { [Int](repeating: 0, count: batch.count - strides.count) + strides }
        let own = summed == .overBatch ? "0" : terms(batch.strides.map { $0 * n * m })
        nestedLoops(batch) {
            $0.line(
                "laneProduct_\(letters)(\(n), \(m), \(k), \(places[0].pointer) + \(terms(aligned(views[0].batch))), \(tables[0]), \(tables[1]), "
                    + "\(places[1].pointer) + \(terms(aligned(views[1].batch))), \(tables[2]), \(tables[3]), "
                    + "\(target.pointer) + \(own), \(summed == nil ? 0 : 1));")
        }
    }

    /// A matrix in memory, or the transpose of one.
    private mutating func matrix(_ operand: Program.Operand, _ frame: inout Frame) -> (Place, isTransposed: Bool) {
        if let value = operand.index, !frame.schedule.isInMemory(operand) {
            let maker = frame.schedule.program.instructions[frame.schedule.makers[value]!]
            return (memory(maker.operands[0], &frame), true)
        }
        return (memory(operand, &frame), false)
    }

    mutating func nestedLoops(_ lengths: [Int], _ axis: Int = 0, _ body: (inout Source) -> Void) {
        guard axis < lengths.count else { return body(&self) }
        block("for (long i\(axis) = 0; i\(axis) < \(lengths[axis]); i\(axis)++)") {
            $0.nestedLoops(lengths, axis + 1, body)
        }
    }

    // MARK: Moving elements

    /// Elements spread with zeros between them.
    private mutating func spread(
        _ instruction: Program.Instruction, _ low: [Int], _ interior: [Int], _ frame: inout Frame
    ) {
        let source = memory(instruction.operands[0], &frame)
        let target = frame.places[instruction.results.lowerBound]!
        let shape = frame.schedule.signature(instruction.operands[0]).shape
        let whole = instruction.signatures[0].shape
        guard whole.elementCount > 0 else { return }
        line("memset(\(target.pointer), 0, \(whole.elementCount) * sizeof(\(target.type.name(target.isBatched))));")
        guard shape.elementCount > 0 else { return }
        let from = frame.offset(shape, .axes(shape.indices.map { .variable($0) }))
        let to = frame.offset(
            whole, .axes(shape.indices.map { Index.variable($0).scaled(by: interior[$0] + 1, plus: low[$0]) }))
        nestedLoops(shape) { $0.line("\(target.pointer)[\(to)] = \(source.pointer)[\(from)];") }
    }

    private mutating func cumulativeSum(
        _ instruction: Program.Instruction, _ axis: Int, _ reversed: Bool, _ frame: inout Frame
    ) {
        let source = memory(instruction.operands[0], &frame)
        let target = frame.places[instruction.results.lowerBound]!
        let shape = instruction.signatures[0].shape
        guard shape.elementCount > 0 else { return }
        let letter = target.type.letter(target.isBatched)
        let inner = shape[(axis + 1)...].reduce(1, *)
        let index = Index.variable(0).scaled(by: shape[axis] * inner) + .variable(2)
        let step = reversed ? "(\(shape[axis] - 1) - i1)" : "i1"
        nestedLoops([shape[..<axis].reduce(1, *)]) { outer in
            outer.block("for (long i1 = 0; i1 < \(shape[axis]); i1++)") { middle in
                middle.block("for (long i2 = 0; i2 < \(inner); i2++)") {
                    $0.line("const long at = \(index.text) + \(step) * \(inner);")
                    $0.line(
                        "\(target.pointer)[at] = i1 == 0 ? \(source.pointer)[at] : "
                            + "sumStep_\(letter)(\(target.pointer)[at \(reversed ? "+" : "-") \(inner)], \(source.pointer)[at]);"
                    )
                }
            }
        }
    }

    private mutating func scatterAdd(_ instruction: Program.Instruction, _ axis: Int, _ size: Int, _ frame: inout Frame)
    {
        let updates = memory(instruction.operands[0], &frame)
        let indices = memory(instruction.operands[1], &frame)
        let target = frame.places[instruction.results.lowerBound]!
        let shape = frame.schedule.signature(instruction.operands[0]).shape
        let whole = instruction.signatures[0].shape.elementCount
        guard whole > 0 else { return }
        let letter = target.type.letter(target.isBatched)
        line("memset(\(target.pointer), 0, \(whole) * sizeof(\(target.type.name(target.isBatched))));")
        guard shape.elementCount > 0 else { return }
        let inner = shape[(axis + 1)...].reduce(1, *)
        nestedLoops([shape[..<axis].reduce(1, *), shape[axis], inner]) {
            $0.line("const long from = (i0 * \(shape[axis]) + i1) * \(inner) + i2;")
            if indices.isBatched {  // lanes that have indices of their own are written one by one
                let update = updates.isBatched ? "" : "splat_\(letter)"
                $0.line(
                    "scatterLanes_\(letter)(\(target.pointer) + i0 * \(size * inner) + i2, \(inner), "
                        + "\(indices.pointer)[from], \(size), \(update)(\(updates.pointer)[from]), failure);")
                return
            }
            $0.line(
                "const long to = (i0 * \(size) + apus_index(\(indices.pointer)[from], \(size), failure)) * \(inner) + i2;"
            )
            $0.line("\(target.pointer)[to] = sumStep_\(letter)(\(target.pointer)[to], \(updates.pointer)[from]);")
        }
    }

    /// Overlapping windows added up.
    private mutating func fold(
        _ instruction: Program.Instruction, _ axis: Int, _ stride: Int, _ dilation: Int, _ frame: inout Frame
    ) {
        resolveViews(&frame)
        let target = frame.places[instruction.results.lowerBound]!
        let shape = frame.schedule.signature(instruction.operands[0]).shape
        let whole = instruction.signatures[0].shape
        guard whole.elementCount > 0 else { return }
        let letter = target.type.letter(target.isBatched)
        line("memset(\(target.pointer), 0, \(whole.elementCount) * sizeof(t_\(letter)));")
        guard shape.elementCount > 0 else { return }
        let to = frame.offset(
            whole,
            .axes(
                whole.indices.map {
                    $0 == axis
                        ? Index.variable($0).scaled(by: stride) + Index.variable(whole.count).scaled(by: dilation)
                        : .variable($0)
                }))
        // With the elements of a window outermost additions along the windows do not meet; lanes never do.
        let order = lanes == nil ? [whole.count] + whole.indices : Array(0...whole.count)
        accumulate(shape, order: order, isIndependent: lanes == nil, frame) {
            let text = $0.element(instruction.operands[0], .axes(shape.indices.map { .variable($0) }))
            let source = $0.splatOperand(text, instruction.operands[0], target)
            return ["\(target.pointer)[\(to)] = sumStep_\(letter)(\(target.pointer)[\(to)], \(source));"]
        }
    }
}
