import Tensors

extension Simplify {
    /// Loops of one length and direction become one loop where they start from the same carry, or where one reads, step
    /// by step, what the other writes: a forecast and the trajectory that its derivative needs are then computed once,
    /// and a tangent-linear model runs beside its model without storing the trajectory.
    static func fusingScans(_ program: Program) -> Program {
        var program = program.mappingBodies(fusingScans)
        while let (first, second) = fusable(program) { program = fused(program, first, second) }
        return program
    }

    /// The places of two loops that may become one.
    private static func fusable(_ program: Program) -> (Int, Int)? {
        let loops = program.instructions.indices.filter {
            if case .scan = program.instructions[$0].operation { true } else { false }
        }
        for (place, first) in loops.enumerated() {
            let dependent = program.values(dependingOn: program.instructions[first].results)
            for second in loops[(place + 1)...] where isFusable(program, first, second, dependent) {
                return (first, second)
            }
        }
        return nil
    }

    private static func isFusable(_ program: Program, _ first: Int, _ second: Int, _ dependent: [Bool]) -> Bool {
        let (a, b) = (program.instructions[first], program.instructions[second])
        guard case .scan(let x) = a.operation, case .scan(let y) = b.operation,
            x.hasSteps(of: y, a.operands, b.operands), x.isReversed == y.isReversed
        else { return false }
        var isLinked = false
        for (place, operand) in b.operands.enumerated() {
            guard case .value(let index) = operand, dependent[index] else { continue }
            let isStep = a.results.dropFirst(x.carries).contains(index)
            guard isStep, y.carries..<(y.carries + y.sequences) ~= place else { return false }
            isLinked = true
        }
        let shares = b.operands.prefix(y.carries).contains { start in
            a.operands.prefix(x.carries).contains { equal($0, start) }
        }
        return isLinked || shares
    }

    private static func fused(_ program: Program, _ first: Int, _ second: Int) -> Program {
        let (a, b) = (program.instructions[first], program.instructions[second])
        guard case .scan(let x) = a.operation, case .scan(let y) = b.operation else { return program }
        let pair = FusedLoop(a, x, b, y)
        var late = program.values(dependingOn: a.results)
        for (index, isLate) in program.values(dependingOn: b.results).enumerated() where isLate { late[index] = true }
        var writer = ProgramWriter(inputs: program.inputs)
        var values = [Program.Operand?](repeating: nil, count: program.valueCount)
        for index in program.inputs.indices { values[index] = .value(index) }
        func look(_ operand: Program.Operand) -> Program.Operand {
            if case .value(let index) = operand { values[index]! } else { operand }
        }
        func write(_ instruction: Program.Instruction) {
            let results = writer.append(instruction.operation, instruction.operands.map(look), instruction.signatures)
            for (index, result) in zip(instruction.results, results) { values[index] = result }
        }
        let others = program.instructions.indices.filter { $0 != first && $0 != second }.map {
            program.instructions[$0]
        }
        for instruction in others where !late[instruction.results.lowerBound] { write(instruction) }
        let operands = pair.operands.map(look)
        let results = writer.append(.scan(pair.scan), operands, pair.signatures)
        for (index, place) in zip(a.results, pair.resultsOfFirst) { values[index] = results[place] }
        for (index, place) in zip(b.results, pair.resultsOfSecond) { values[index] = results[place] }
        for instruction in others where late[instruction.results.lowerBound] { write(instruction) }
        return writer.finish(program.outputs.map(look))
    }
}

/// Two loops as one.
private struct FusedLoop {
    let scan: Scan
    let operands: [Program.Operand]
    let signatures: [Signature]
    private(set) var resultsOfFirst: [Int] = []
    private(set) var resultsOfSecond: [Int] = []

    init(_ a: Program.Instruction, _ x: Scan, _ b: Program.Instruction, _ y: Scan) {
        // Carries that start alike may be the same carry: assumed, then checked on what they become.
        var twin = (0..<y.carries).map { place in
            (0..<x.carries).first {
                Simplify.equal(a.operands[$0], b.operands[place]) && x.body.inputs[$0] == y.body.inputs[place]
            }
        }
        while true {
            let body = FusedBody(a, x, b, y, twin)
            let broken = twin.indices.filter { place in
                twin[place].map { !Simplify.equal(body.carriesOfFirst[$0], body.carriesOfSecond[place]) } ?? false
            }
            if broken.isEmpty {
                let own = twin.indices.filter { twin[$0] == nil }
                let carries = x.carries + own.count
                let outputs =
                    body.carriesOfFirst + own.map { body.carriesOfSecond[$0] } + body.outputsOfFirst
                    + body.outputsOfSecond
                scan = x.with(
                    body: body.writer.finish(outputs), carries: carries, sequences: body.sequences,
                    constants: body.operands.count - carries - body.sequences)
                operands = body.operands
                signatures = scan.body.resultSignatures.enumerated().map {
                    $0 < carries ? $1 : Signature([x.length] + $1.shape, $1.type)
                }
                resultsOfFirst =
                    Array(0..<x.carries) + body.outputsOfFirst.indices.map { carries + $0 }
                resultsOfSecond =
                    twin.enumerated().map { place, twin in twin ?? x.carries + own.firstIndex(of: place)! }
                    + body.outputsOfSecond.indices.map { carries + body.outputsOfFirst.count + $0 }
                return
            }
            for place in broken { twin[place] = nil }
        }
    }
}

/// The steps of two loops, one after the other.
private struct FusedBody {
    var writer: ProgramWriter
    let operands: [Program.Operand]
    let sequences: Int
    let carriesOfFirst: [Program.Operand]
    let carriesOfSecond: [Program.Operand]
    let outputsOfFirst: [Program.Operand]
    let outputsOfSecond: [Program.Operand]

    init(_ a: Program.Instruction, _ x: Scan, _ b: Program.Instruction, _ y: Scan, _ twin: [Int?]) {
        let own = twin.indices.filter { twin[$0] == nil }
        let linked = b.operands.map { operand -> Int? in
            guard case .value(let index) = operand, a.results.contains(index) else { return nil }
            return index - a.results.lowerBound
        }
        // Operands of both loops are read once.
        let shared = b.operands.indices.map { place -> Int? in
            let isSequence = place < y.carries + y.sequences
            let range =
                isSequence ? x.carries..<x.carries + x.sequences : x.carries + x.sequences..<a.operands.count
            return place < y.carries ? nil : range.first { Simplify.equal(a.operands[$0], b.operands[place]) }
        }
        let sequencesOfSecond = (y.carries..<y.carries + y.sequences).filter {
            linked[$0] == nil && shared[$0] == nil
        }
        let constantsOfSecond = (y.carries + y.sequences..<b.operands.count).filter { shared[$0] == nil }
        let places =
            (0..<x.carries).map { (a.operands[$0], x.body.inputs[$0]) }
            + own.map { (b.operands[$0], y.body.inputs[$0]) }
            + (x.carries..<x.carries + x.sequences).map { (a.operands[$0], x.body.inputs[$0]) }
            + sequencesOfSecond.map { (b.operands[$0], y.body.inputs[$0]) }
            + (x.carries + x.sequences..<a.operands.count).map { (a.operands[$0], x.body.inputs[$0]) }
            + constantsOfSecond.map { (b.operands[$0], y.body.inputs[$0]) }
        operands = places.map(\.0)
        sequences = x.sequences + sequencesOfSecond.count
        writer = ProgramWriter(inputs: places.map(\.1))
        let firstSequence = x.carries + own.count
        let firstConstant = firstSequence + sequences
        let inputsOfFirst = a.operands.indices.map { place -> Program.Operand in
            if place < x.carries { return .value(place) }
            if place < x.carries + x.sequences { return .value(firstSequence + place - x.carries) }
            return .value(firstConstant + place - x.carries - x.sequences)
        }
        let first = writer.append(x.body, inputsOfFirst)
        let inputsOfSecond = b.operands.indices.map { place -> Program.Operand in
            if place < y.carries {
                return .value(twin[place] ?? x.carries + own.firstIndex(of: place)!)
            }
            if let result = linked[place] { return first[result] }
            if let twin = shared[place] { return inputsOfFirst[twin] }
            if let number = sequencesOfSecond.firstIndex(of: place) {
                return .value(firstSequence + x.sequences + number)
            }
            return .value(firstConstant + x.constants + constantsOfSecond.firstIndex(of: place)!)
        }
        let second = writer.append(y.body, inputsOfSecond)
        carriesOfFirst = Array(first.prefix(x.carries))
        outputsOfFirst = Array(first.dropFirst(x.carries))
        carriesOfSecond = Array(second.prefix(y.carries))
        outputsOfSecond = Array(second.dropFirst(y.carries))
    }
}

extension ProgramWriter {
    /// Appends a whole program on given operands; returns its outputs.
    mutating func append(_ program: Program, _ inputs: [Program.Operand]) -> [Program.Operand] {
        var values = inputs
        func look(_ operand: Program.Operand) -> Program.Operand {
            if case .value(let index) = operand { values[index] } else { operand }
        }
        for instruction in program.instructions {
            values += append(instruction.operation, instruction.operands.map(look), instruction.signatures)
        }
        return program.outputs.map(look)
    }
}

extension Program {
    /// The same program with other bodies of its loops.
    func mappingBodies(_ change: (Program) -> Program) -> Program {
        let changed = instructions.map { instruction -> Instruction in
            if instruction.operation.programs.isEmpty { return instruction }
            return Instruction(
                operation: instruction.operation.with(programs: instruction.operation.programs.map(change)),
                operands: instruction.operands, results: instruction.results, signatures: instruction.signatures)
        }
        return Program(
            inputs: inputs, instructions: changed, outputs: outputs, valueCount: valueCount,
            resultSignatures: resultSignatures)
    }

    /// Which values depend on some results.
    func values(dependingOn results: Range<Int>) -> [Bool] {
        var depends = [Bool](repeating: false, count: valueCount)
        for result in results { depends[result] = true }
        for instruction in instructions {
            let isDependent = instruction.operands.contains {
                if case .value(let index) = $0 { depends[index] } else { false }
            }
            if isDependent { for result in instruction.results { depends[result] = true } }
        }
        return depends
    }
}
