import Synchronization

/// The record of what a function does to its parameters: a growing list of instructions in the order of their making,
/// so that the order is topological and every walk over it is a loop.
///
/// All transforms that run inside one another share one graph. Each makes fresh parameters in it and walks only what
/// lies between those and its outputs; that is why derivatives of different transforms cannot be confused.
final class Graph: Sendable {
    enum Operand: Sendable {
        case entry(Int)
        case constant(Tensor)
    }
    struct Instruction: Sendable {
        let operation: Operation
        let operands: [Operand]
        let results: Range<Int>
    }
    private struct Entry {
        let signature: Signature
        let storage: Storage?
        /// The instruction that made it; nil for a parameter.
        let instruction: Int?
    }
    private struct State {
        var entries: [Entry] = []
        var instructions: [Instruction] = []
    }
    private let state = Mutex(State())

    /// The graph that the transforms of this task record into.
    @TaskLocal static var current: Graph?

    /// Runs `body` with the current graph, or with a new one if this is the outermost transform.
    static func with<R>(_ body: (_ graph: Graph, _ isOutermost: Bool) -> R) -> R {
        if let current { return body(current, false) }
        let graph = Graph()
        return $current.withValue(graph) { body(graph, true) }
    }

    /// A tensor of which nothing is known but its signature.
    func parameter(_ signature: Signature) -> Tensor {
        let index = state.withLock { state in
            state.entries.append(Entry(signature: signature, storage: nil, instruction: nil))
            return state.entries.count - 1
        }
        return Tensor(
            shape: signature.shape, type: signature.type, storage: nil, tracer: Tracer(graph: self, index: index))
    }

    /// A parameter that stands for `x`, and through which derivatives of outer transforms pass.
    func alias(_ x: Tensor) -> Tensor {
        record(.alias, [x], [x.signature], x.storage.map { [$0] })[0]
    }

    func record(
        _ operation: Operation, _ operands: [Tensor], _ results: [Signature], _ values: [Storage]?
    ) -> [Tensor] {
        let recorded = operands.map(operand)
        let first = state.withLock { state in
            let first = state.entries.count
            let instruction = state.instructions.count
            for (i, result) in results.enumerated() {
                state.entries.append(Entry(signature: result, storage: values?[i], instruction: instruction))
            }
            state.instructions.append(
                Instruction(operation: operation, operands: recorded, results: first..<first + results.count))
            return first
        }
        return results.enumerated().map { i, result in
            Tensor(
                shape: result.shape, type: result.type, storage: values?[i],
                tracer: Tracer(graph: self, index: first + i))
        }
    }

    private func operand(_ tensor: Tensor) -> Operand {
        guard let tracer = tensor.tracer else { return .constant(tensor) }
        precondition(
            tracer.graph === self,
            "a traced \(tensor.signature) has left the transform that made it: return it from the function instead")
        return .entry(tracer.index)
    }
}

// MARK: - Walking

/// One instruction with the tensors that it took and made.
struct Step {
    let operation: Operation
    let operands: [Tensor]
    let results: [Tensor]
}

extension Graph {
    /// The instructions on the way from `parameters` to `outputs`, in the order of their making.
    func path(from parameters: [Tensor], to outputs: [Tensor]) -> [Step] {
        let starts = parameters.compactMap { $0.tracer?.index }
        let ends = outputs.compactMap { $0.tracer.flatMap { $0.graph === self ? $0.index : nil } }
        guard let low = starts.min(), let high = ends.max(), low <= high else { return [] }
        return state.withLock { state in
            let reached = Graph.reach(state, starts, low, high)
            return Graph.select(state, reached, ends, low, high).map { step($0, state) }
        }
    }

    /// The number of entries so far: a place in the record.
    var count: Int { state.withLock { $0.entries.count } }

    /// The instructions made since `mark` that `outputs` need, whatever they depend on, in the order of their making.
    func path(since mark: Int, to outputs: [Tensor]) -> [Step] {
        let ends = outputs.compactMap { $0.tracer.flatMap { $0.graph === self && $0.index >= mark ? $0.index : nil } }
        guard let high = ends.max() else { return [] }
        return state.withLock { state in
            var needed = [Bool](repeating: false, count: high - mark + 1)
            for end in ends { needed[end - mark] = true }
            var chosen: [Instruction] = []
            var last = Int.max
            for index in stride(from: high, through: mark, by: -1) where needed[index - mark] {
                guard let position = state.entries[index].instruction, position != last else { continue }
                let instruction = state.instructions[position]
                for case .entry(let operand) in instruction.operands where operand >= mark {
                    needed[operand - mark] = true
                }
                chosen.append(instruction)
                last = position
            }
            return chosen.reversed().map { step($0, state) }
        }
    }

    /// Which entries in `low...high` depend on `starts`.
    private static func reach(_ state: State, _ starts: [Int], _ low: Int, _ high: Int) -> [Bool] {
        var reached = [Bool](repeating: false, count: high - low + 1)
        for start in starts where start <= high { reached[start - low] = true }
        for index in low...high where !reached[index - low] {
            guard let instruction = state.entries[index].instruction else { continue }
            reached[index - low] = state.instructions[instruction].operands.contains {
                if case .entry(let operand) = $0, operand >= low { reached[operand - low] } else { false }
            }
        }
        return reached
    }

    /// The reached instructions that `ends` need, in order; parameters themselves are not walked through.
    private static func select(
        _ state: State, _ reached: [Bool], _ ends: [Int], _ low: Int, _ high: Int
    ) -> [Instruction] {
        var needed = [Bool](repeating: false, count: high - low + 1)
        for end in ends where end >= low { needed[end - low] = reached[end - low] }
        var chosen: [Instruction] = []
        var last = Int.max
        for index in stride(from: high, through: low, by: -1) where needed[index - low] {
            guard let position = state.entries[index].instruction else { continue }
            let instruction = state.instructions[position]
            var dependent = false
            for case .entry(let operand) in instruction.operands where operand >= low && reached[operand - low] {
                needed[operand - low] = true
                dependent = true
            }
            if dependent && position != last { chosen.append(instruction) }
            last = position
        }
        return chosen.reversed()
    }

    private func step(_ instruction: Instruction, _ state: borrowing State) -> Step {
        func tensor(_ index: Int) -> Tensor {
            let entry = state.entries[index]
            return Tensor(
                shape: entry.signature.shape, type: entry.signature.type, storage: entry.storage,
                tracer: Tracer(graph: self, index: index))
        }
        return Step(
            operation: instruction.operation,
            operands: instruction.operands.map {
                switch $0 {
                case .entry(let index): tensor(index)
                case .constant(let constant): constant
                }
            },
            results: instruction.results.map(tensor))
    }
}

/// Tensors by the graph entry that they belong to: tangents, cotangents or batched values along a walk.
struct EntryTable {
    private var tensors: [Int: Tensor] = [:]

    subscript(_ key: Tensor) -> Tensor? {
        get { key.tracer.flatMap { tensors[$0.index] } }
        set { if let tracer = key.tracer { tensors[tracer.index] = newValue } }
    }
}
