import Tensors

/// One program on its way into C: where its values lie, and the buffers that hold them.
struct Frame {
    let schedule: Schedule
    /// For every value; nil where it is computed inline.
    var places: [Place?]
    /// Views of arrays without a place yet.
    var unresolvedViews: [Int]
    /// Whether a value differs between the elements of the batch.
    let isBatched: [Bool]
    /// The bytes of scratch memory that are in use at the same time at most.
    private(set) var scratchSize = 0
    let scratch: String

    private struct Block {
        let start: Int
        let size: Int
        /// The last statement that reads it.
        let last: Int
    }
    private var blocks: [Block] = []
    private let lastReads: [Int]

    init(_ schedule: Schedule, inputs: [Place], isBatched: [Bool], scratch: String) {
        self.schedule = schedule
        self.isBatched = isBatched
        self.scratch = scratch
        places = inputs + [Place?](repeating: nil, count: schedule.program.valueCount - inputs.count)
        unresolvedViews = schedule.treatments.indices.filter {
            if case .view = schedule.treatments[$0] { true } else { false }
        }
        lastReads = Frame.lastReads(schedule)
    }

    /// Memory for `size` bytes, needed from statement `now` to statement `last`.
    mutating func allocate(_ size: Int, now: Int, last: Int) -> Int {
        blocks.removeAll { $0.last < now }
        blocks.sort { $0.start < $1.start }
        let rounded = (size + 63) / 64 * 64
        var start = 0
        for block in blocks {
            if block.start - start >= rounded { break }
            start = max(start, block.start + block.size)
        }
        blocks.append(Block(start: start, size: rounded, last: last))
        scratchSize = max(scratchSize, start + rounded)
        return start
    }

    /// The statement that reads a value last; the end of the program if it is returned.
    func lastRead(_ value: Int) -> Int { lastReads[value] }

    private static func lastReads(_ schedule: Schedule) -> [Int] {
        var last = [Int](repeating: -1, count: schedule.program.valueCount)
        func read(_ operand: Program.Operand, _ statement: Int) {
            guard let value = operand.index, last[value] < statement else { return }
            last[value] = statement
            switch schedule.treatments[value] {
            case .inline:
                let instruction = schedule.program.instructions[schedule.makers[value]!]
                for operand in instruction.operands { read(operand, statement) }
            case .view(let base, _): read(base, statement)
            case .input, .loops, .routine: break
            }
        }
        for (number, statement) in schedule.statements.enumerated() {
            let members =
                switch statement {
                case .loops(let members): members
                case .routine(let member): [member]
                }
            for member in members {
                for operand in schedule.program.instructions[member].operands { read(operand, number) }
            }
        }
        for output in schedule.program.outputs { read(output, Int.max - 1) }
        return last
    }
}

extension Program {
    /// Which values differ between the elements of the batch, given which inputs do.
    func batched(_ inputs: [Bool]) -> [Bool] {
        var result = inputs
        for instruction in instructions {
            let isBatched = instruction.operands.contains { $0.index.map { result[$0] } ?? false }
            if case .scan(let scan) = instruction.operation {
                result += scan.batchedResults(instruction.operands.map { $0.index.map { result[$0] } ?? false })
            } else {
                result += instruction.results.map { _ in isBatched }
            }
        }
        return result
    }
}

extension Scan {
    /// Which inputs of the body differ between the elements of the batch: a carry does if it ever becomes so.
    func batchedInputs(_ operands: [Bool]) -> [Bool] {
        var inputs = operands
        while true {
            let values = body.batched(inputs)
            var grown = inputs
            for carry in 0..<carries where body.outputs[carry].index.map({ values[$0] }) ?? false {
                grown[carry] = true
            }
            if grown == inputs { return inputs }
            inputs = grown
        }
    }

    func batchedResults(_ operands: [Bool]) -> [Bool] {
        let inputs = batchedInputs(operands)
        let values = body.batched(inputs)
        return body.outputs.enumerated().map { place, output in
            place < carries ? inputs[place] : output.index.map { values[$0] } ?? false
        }
    }
}
