import Tensors

extension Source {
    /// A whole program: from the places of its inputs to those of its outputs.
    ///
    /// - Returns: the bytes of scratch memory, from the pointer called `scratch`, that it needs.
    mutating func body(
        _ program: Program, inputs: [Place], outputs: [Place], isBatched: [Bool], scratch: String
    ) -> Int {
        let schedule = Schedule(program, readsViews: lanes != nil)
        var frame = Frame(schedule, inputs: inputs, isBatched: isBatched, scratch: scratch)
        let targets = Source.targets(schedule, outputs, frame)
        var starts: [Int] = []
        var settled: Int?
        var written: Int?
        for (number, statement) in schedule.statements.enumerated() {
            starts.append(lines.count)
            if number == written { continue }
            switch statement {
            case .loops(let members):
                if number != settled {
                    for member in members { settle(schedule.program.instructions[member], targets, number, &frame) }
                }
                if schedule.program.instructions[members[0]].operation.isReduction {
                    reduction(schedule.program.instructions[members[0]], frame)
                } else {
                    loops(members, frame)
                }
            case .routine(let member):
                let instruction = schedule.program.instructions[member]
                if case .matrixProduct = instruction.operation,
                    let target = Source.lanesTarget(instruction.results.lowerBound, outputs, frame)
                {  // summed over the lanes as it is computed
                    frame.places[instruction.results.lowerBound] = target
                    resolveViews(&frame)
                    laneProduct(instruction, into: target, summed: .overLanes, &frame)
                    continue
                }
                settle(instruction, targets, number, &frame)
                guard isShared(instruction, frame), let members = schedule.nest(after: number) else {
                    routine(instruction, &frame, now: number)
                    continue
                }
                // What rows are written to while others are not yet computed holds nothing that these need.
                for member in members { settle(schedule.program.instructions[member], targets, number, &frame) }
                settled = number + 1
                let then = rowwise(members, frame, rows: instruction.signatures[0].shape[0])
                if then != nil { written = number + 1 }
                sharedProduct(instruction, &frame, now: number, then: then)
            }
        }
        for (output, target) in zip(program.outputs, outputs) {
            starts.append(lines.count)
            copy(output, to: target, &frame)
        }
        divide(starts)
        return frame.scratchSize
    }

    /// The outputs that values can be written into at once.
    private static func targets(_ schedule: Schedule, _ outputs: [Place], _ frame: Frame) -> [Int: Place] {
        var targets: [Int: Place] = [:]
        for (output, place) in zip(schedule.program.outputs, outputs) {
            guard let value = output.index, targets[value] == nil, place.isBatched == frame.isBatched[value] else {
                continue
            }
            switch schedule.treatments[value] {
            case .loops, .routine: targets[value] = place
            case .input, .inline, .view: break
            }
        }
        return targets
    }

    /// The output that adds up the lanes of a value that nothing else reads.
    private static func lanesTarget(_ value: Int, _ outputs: [Place], _ frame: Frame) -> Place? {
        let program = frame.schedule.program
        guard frame.isBatched[value], let place = program.outputs.firstIndex(where: { $0.index == value }),
            !outputs[place].isBatched, program.outputs.filter({ $0.index == value }).count == 1
        else { return nil }
        let isRead = program.instructions.contains { $0.operands.contains { $0.index == value } }
        return isRead ? nil : outputs[place]
    }

    /// Gives the results of an instruction their places, and the views of them theirs.
    private mutating func settle(
        _ instruction: Program.Instruction, _ targets: [Int: Place], _ now: Int, _ frame: inout Frame
    ) {
        for (value, signature) in zip(instruction.results, instruction.signatures) {
            if let target = targets[value] {
                frame.places[value] = target
                continue
            }
            frame.places[value] = buffer(signature, frame.isBatched[value], now, frame.lastRead(value), &frame)
        }
        resolveViews(&frame)
    }

    /// Scratch memory for an array.
    mutating func buffer(
        _ signature: Signature, _ isBatched: Bool, _ now: Int, _ last: Int, _ frame: inout Frame
    ) -> Place {
        let bytes = max(1, signature.shape.elementCount) * signature.type.bytes(isBatched ? lanes : nil)
        let start = frame.allocate(bytes, now: now, last: max(now, last))
        let pointer = name("v")
        let type = signature.type.name(isBatched)
        line("\(type) *restrict \(pointer) = (\(type) *)(\(frame.scratch) + \(start));")
        return Place(pointer: pointer, type: signature.type, isBatched: isBatched)
    }

    /// Views of placed arrays.
    func resolveViews(_ frame: inout Frame) {
        var rest: [Int] = []
        for value in frame.unresolvedViews {
            guard case .view(let base, let offset) = frame.schedule.treatments[value], let index = base.index,
                let place = frame.places[index]
            else {
                rest.append(value)
                continue
            }
            frame.places[value] = place.offset(by: "\(offset)")
        }
        frame.unresolvedViews = rest
    }

    /// Copies an output that is not computed in its place.
    private mutating func copy(_ output: Program.Operand, to target: Place, _ frame: inout Frame) {
        let count = frame.schedule.signature(output).shape.elementCount
        guard count > 0 else { return }
        switch output {
        case .constant(let tensor):
            let letter = target.type.letter(true)
            let number = tensor.literal
            line("\(target.pointer)[0] = \(target.isBatched ? "splat_\(letter)(\(number))" : number);")
        case .value(let index):
            resolveViews(&frame)
            let place = frame.places[index]!
            if place.pointer == target.pointer { return }
            if place.isBatched && !target.isBatched {
                line("addLanes_\(place.type.letter(true))(\(target.pointer), \(place.pointer), \(count));")
            } else if place.isBatched == target.isBatched {
                line(
                    "memcpy(\(target.pointer), \(place.pointer), \(count) * sizeof(\(target.type.name(target.isBatched))));"
                )
            } else {
                let letter = target.type.letter(true)
                line("for (long i = 0; i < \(count); i++) \(target.pointer)[i] = splat_\(letter)(\(place.pointer)[i]);")
            }
        }
    }

    /// An operand in memory; a single number is put there.
    mutating func memory(_ operand: Program.Operand, _ frame: inout Frame) -> Place {
        resolveViews(&frame)
        guard case .constant(let tensor) = operand else { return frame.place(operand) }
        let pointer = name("k")
        line("const \(tensor.type.name(false)) \(pointer)[1] = {\(tensor.literal)};")
        return Place(pointer: pointer, type: tensor.type, isBatched: false)
    }
}

// MARK: - Loops with memory

extension Source {
    /// A scan: the carry goes back and forth between two buffers.
    mutating func scan(_ scan: Scan, _ instruction: Program.Instruction, _ frame: inout Frame, now: Int) {
        let operands = instruction.operands.map { memory($0, &frame) }
        let batched = scan.batchedInputs(instruction.operands.map { $0.index.map { frame.isBatched[$0] } ?? false })
        let isBatched = scan.body.batched(batched)
        let results = instruction.results.map { frame.places[$0]! }
        let carries = (0..<scan.carries).map { carry in
            (0..<2).map { _ in
                buffer(scan.body.inputs[carry], batched[carry], now, now, &frame)
            }
        }
        // The scratch memory of a step: its size is known when the step is written.
        let area = name("area")
        let mark = reserve()
        let (n, t) = (name("n"), name("t"))  // of their own: loops nest
        let length = steps(scan, operands, results)
        block("for (long \(n) = 0; \(n) < \(length); \(n)++)") { source in
            source.line("const long \(t) = \(scan.isReversed ? "\(length) - 1 - \(n)" : n);")
            var inputs: [Place] = []
            var outputs: [Place] = []
            for carry in 0..<scan.carries {
                let (a, b) = (carries[carry][0].pointer, carries[carry][1].pointer)
                let type = scan.body.inputs[carry].type
                let c = type.name(batched[carry])
                let (from, to) = (source.name("c"), source.name("c"))
                let start = operands[carry].isBatched == batched[carry] ? operands[carry].pointer : nil
                if let start {
                    source.line("const \(c) *restrict \(from) = \(n) == 0 ? \(start) : \(n) & 1 ? \(a) : \(b);")
                } else {
                    let count = scan.body.inputs[carry].shape.elementCount
                    source.line(
                        "if (\(n) == 0) for (long i = 0; i < \(count); i++) \(b)[i] = splat_\(type.letter(true))(\(operands[carry].pointer)[i]);"
                    )
                    source.line("const \(c) *restrict \(from) = \(n) & 1 ? \(a) : \(b);")
                }
                source.line("\(c) *restrict \(to) = \(n) & 1 ? \(b) : \(a);")
                inputs.append(Place(pointer: from, type: type, isBatched: batched[carry]))
                outputs.append(Place(pointer: to, type: type, isBatched: batched[carry]))
            }
            for place in scan.carries..<operands.count {
                let isSequence = place < scan.carries + scan.sequences
                let count = scan.body.inputs[place].shape.elementCount
                inputs.append(isSequence ? operands[place].offset(by: "\(t) * \(count)") : operands[place])
            }
            for place in scan.carries..<results.count {
                outputs.append(
                    results[place].offset(by: "\(t) * \(scan.body.resultSignatures[place].shape.elementCount)"))
            }
            let size = source.body(
                scan.body, inputs: inputs, outputs: outputs, isBatched: isBatched, scratch: area)
            let start = frame.allocate(size, now: now, last: now)
            source.fill(mark, "char *restrict \(area) = \(frame.scratch) + \(start);")
        }
        func finish(_ source: inout Source, _ last: (Int) -> Place) {
            for carry in 0..<scan.carries {
                source.move(last(carry), to: results[carry], scan.body.inputs[carry].shape.elementCount)
            }
        }
        if scan.isLimited {
            block("if (\(length) == 0)") { finish(&$0) { operands[$0] } }
            block("else if (\(length) & 1)") { finish(&$0) { carries[$0][0] } }
            block("else") { finish(&$0) { carries[$0][1] } }
        } else {
            finish(&self) { scan.length == 0 ? operands[$0] : carries[$0][scan.length % 2 == 1 ? 0 : 1] }
        }
    }

    /// The number of steps of a loop as an expression. Where it is limited, the outputs of steps that are not done are
    /// set to zero.
    private mutating func steps(_ scan: Scan, _ operands: [Place], _ results: [Place]) -> String {
        guard let place = scan.limitPlace else { return "\(scan.length)" }
        // A counter, as parts of the program are given it: its memory may be another value's later.
        let length = name("n")
        line("long \(length) = \(operands[place].pointer)[0];")
        line("\(length) = \(length) < 0 ? 0 : \(length) > \(scan.length) ? \(scan.length) : \(length);")
        for output in scan.carries..<results.count {
            let count = scan.body.resultSignatures[output].shape.elementCount
            let type = results[output].type.name(results[output].isBatched)
            line(
                "memset(\(results[output].pointer) + \(length) * \(count), 0, (\(scan.length) - \(length)) * \(count) * sizeof(\(type)));"
            )
        }
        return length
    }

    /// One of two programs.
    mutating func conditional(
        _ choice: Conditional, _ instruction: Program.Instruction, _ frame: inout Frame, now: Int
    ) {
        let operands = instruction.operands.map { memory($0, &frame) }
        let results = instruction.results.map { frame.places[$0]! }
        let marks = instruction.operands.dropFirst().map { $0.index.map { frame.isBatched[$0] } ?? false }
        for (program, head) in [
            (choice.then, "if (\(operands[0].pointer)[0])"), (choice.otherwise, "if (!\(operands[0].pointer)[0])"),
        ] {
            step(program, Array(operands.dropFirst()), results, program.batched(marks), &frame, now: now, head: head)
        }
    }

    /// A loop until its condition fails; the carry goes back and forth between two buffers.
    mutating func whileLoop(_ loop: While, _ instruction: Program.Instruction, _ frame: inout Frame, now: Int) {
        let operands = instruction.operands.map { memory($0, &frame) }
        let carry = (0..<loop.carries).map { place in
            (0..<2).map { _ in buffer(loop.body.inputs[place], false, now, now, &frame) }
        }
        for place in 0..<loop.carries {
            move(operands[place], to: carry[place][0], loop.body.inputs[place].shape.elementCount)
        }
        let goesOn = buffer(Signature([], .bool), false, now, now, &frame)
        let fixed = Array(operands.dropFirst(loop.carries))
        let test = loop.condition.batched(loop.condition.inputs.map { _ in false })
        let marks = loop.body.batched(loop.body.inputs.map { _ in false })
        let n = name("n")
        block("for (long \(n) = 0;; \(n)++)") { source in
            for parity in 0..<2 {
                source.block("if ((\(n) & 1) == \(parity))") { source in
                    let from = carry.map { $0[parity] }
                    source.step(loop.condition, from + fixed, [goesOn], test, &frame, now: now, head: "")
                    source.block("if (!\(goesOn.pointer)[0])") { source in
                        for place in 0..<loop.carries {
                            let count = loop.body.inputs[place].shape.elementCount
                            source.move(from[place], to: frame.places[instruction.results.lowerBound + place]!, count)
                        }
                        source.line("break;")
                    }
                    source.step(
                        loop.body, from + fixed, carry.map { $0[1 - parity] }, marks, &frame, now: now, head: "")
                }
            }
        }
    }

    /// A program in a block of its own, with scratch memory of its own.
    private mutating func step(
        _ program: Program, _ inputs: [Place], _ outputs: [Place], _ isBatched: [Bool], _ frame: inout Frame, now: Int,
        head: String
    ) {
        let area = name("area")
        let mark = reserve()
        var size = 0
        block(head) { source in
            size = source.body(program, inputs: inputs, outputs: outputs, isBatched: isBatched, scratch: area)
        }
        let start = frame.allocate(size, now: now, last: now)
        fill(mark, "char *restrict \(area) = \(frame.scratch) + \(start);")
    }

    private mutating func move(_ place: Place, to target: Place, _ count: Int) {
        guard count > 0 else { return }
        let type = target.type.name(target.isBatched)
        if place.isBatched == target.isBatched {
            line("memcpy(\(target.pointer), \(place.pointer), \(count) * sizeof(\(type)));")
        } else {
            let letter = target.type.letter(true)
            line("for (long i = 0; i < \(count); i++) \(target.pointer)[i] = splat_\(letter)(\(place.pointer)[i]);")
        }
    }
}
