import Tensors

/// Where in a value an element is asked for.
enum Position {
    /// One index for each axis.
    case axes([Index])
    /// One index for all elements in their order.
    case flat(Index)

    static let scalar = Position.axes([])

    /// The place in an operand that is repeated to a shape.
    func aligned(_ shape: [Int], to operand: [Int]) -> Position {
        if case .flat = self, shape.elementCount == 1 { return self }
        if operand.elementCount == 1 { return .axes(operand.map { _ in .constant(0) }) }
        guard case .axes(let index) = self else { return self }
        let missing = shape.count - operand.count
        return .axes(operand.indices.map { operand[$0] == 1 ? .constant(0) : index[$0 + missing] })
    }
}

/// The innermost part of a nest of loops: the statements that compute elements, each once.
struct ElementWriter {
    let frame: Frame
    let box: Box
    private(set) var statements: [String] = []
    /// Where the box must be cut before the elements can be written.
    private(set) var cuts: Set<Cut> = []
    private var known: [String: String] = [:]
    private var names = 0
    /// Give up cutting: decide at run time which side an index is on.
    let isConditional: Bool

    init(frame: Frame, box: Box, isConditional: Bool) {
        (self.frame, self.box, self.isConditional) = (frame, box, isConditional)
    }

    func isBatched(_ operand: Program.Operand) -> Bool { operand.index.map { frame.isBatched[$0] } ?? false }

    /// The C expression of an element.
    mutating func element(_ operand: Program.Operand, _ position: Position) -> String {
        guard let value = operand.index else { return load(operand, position) }
        guard case .inline = frame.schedule.treatments[value] else { return load(operand, position) }
        return computed(value, position)
    }

    /// The element of a value, computed here even if the value lies in memory elsewhere.
    mutating func computed(_ value: Int, _ position: Position) -> String {
        let key = "\(value)@\(key(position))"
        if let name = known[key] { return name }
        let instruction = frame.schedule.program.instructions[frame.schedule.makers[value]!]
        let text = expression(instruction, position)
        let name = bind(text, instruction.signatures[0].type, frame.isBatched[value])
        known[key] = name
        return name
    }

    private func key(_ position: Position) -> String {
        switch position {
        case .axes(let index): index.map(\.text).joined(separator: ",")
        case .flat(let index): "f" + index.text
        }
    }

    private mutating func bind(_ text: String, _ type: ElementType, _ isBatched: Bool) -> String {
        // Identifiers and literals need no temporary.
        if text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) { return text }
        let name = "e\(names)"
        names += 1
        statements.append("const \(type.name(isBatched)) \(name) = \(text);")
        return name
    }

    private mutating func load(_ operand: Program.Operand, _ position: Position) -> String {
        let signature = frame.schedule.signature(operand)
        if case .constant(let tensor) = operand, tensor.count == 1 {
            return tensor.literal
        }
        let place = frame.place(operand)
        let offset = frame.offset(signature.shape, position)
        let key = "\(place.pointer)@\(offset)"
        if let name = operand.index.flatMap({ known["\($0)@\(self.key(position))"] }) ?? known[key] { return name }
        let name = bind("\(place.pointer)[\(offset)]", signature.type, place.isBatched)
        known[key] = name
        return name
    }

    // MARK: Operations

    private mutating func expression(_ instruction: Program.Instruction, _ position: Position) -> String {
        switch instruction.operation.traits.kind {
        case .same: return element(instruction.operands[0], position)
        case .arithmetic(let f): return arithmetic(f, instruction, position)
        case .movement(let movement): return moved(movement, instruction, position)
        case .reduction, .routine, .program:
            preconditionFailure("\(instruction.operation.name) has no elements of its own")
        }
    }

    private mutating func moved(
        _ movement: Movement, _ instruction: Program.Instruction, _ position: Position
    ) -> String {
        let x = instruction.operands
        let shape = instruction.signatures[0].shape
        switch movement {
        case .broadcast: return element(x[0], position.aligned(shape, to: frame.schedule.signature(x[0]).shape))
        case .reshape: return element(x[0], reshaped(position, shape, frame.schedule.signature(x[0]).shape))
        case .transpose(let order):
            var index = axes(position)
            for (place, axis) in order.enumerated() { index[axis] = axes(position)[place] }
            return element(x[0], .axes(index))
        case .slice(let starts, _, let steps):
            let index = axes(position).enumerated().map { $1.scaled(by: steps[$0], plus: starts[$0]) }
            return element(x[0], .axes(index))
        case .unfold(let axis, _, let stride, let dilation):
            var index = axes(position)
            let inside = index.removeLast().scaled(by: dilation)
            index[axis] = index[axis].scaled(by: stride) + inside
            return element(x[0], .axes(index))
        case .roll(let shift, let axis): return roll(x[0], shift, axis, shape[axis], axes(position))
        case .pad(let low, _, _):
            return pad(x[0], low, axes(position), instruction.signatures[0].type, x.contains(where: isBatched))
        case .concatenate(let axis): return concatenate(x, axis, axes(position), x.contains(where: isBatched))
        case .gather(let axis): return gather(x, axis, axes(position))
        }
    }

    private func axes(_ position: Position) -> [Index] {
        switch position {
        case .axes(let index): index
        case .flat(let index): [index]
        }
    }

    /// The place in an operand of other axes of length one.
    private func reshaped(_ position: Position, _ shape: [Int], _ operand: [Int]) -> Position {
        if case .flat = position, shape.elementCount == 1 { return position }
        if operand.elementCount == 1 { return .axes(operand.map { _ in .constant(0) }) }
        guard case .axes(let index) = position else { return position }
        var rest = zip(shape, index).filter { $0.0 != 1 }.map(\.1)[...]
        return .axes(operand.map { $0 == 1 ? .constant(0) : rest.removeFirst() })
    }

    private mutating func arithmetic(
        _ f: Arithmetic, _ instruction: Program.Instruction, _ position: Position
    ) -> String {
        let shape = instruction.signatures[0].shape
        let isBatched = instruction.operands.contains(where: isBatched)
        let operands = instruction.operands.map { operand -> String in
            let text = element(operand, position.aligned(shape, to: frame.schedule.signature(operand).shape))
            let type = frame.schedule.signature(operand).type
            return isBatched && !self.isBatched(operand) ? "splat_\(type.letter(true))(\(text))" : text
        }
        let type = frame.schedule.signature(instruction.operands.last!).type
        return f.cText(operands, type, instruction.signatures[0].type, isBatched)
    }

    private mutating func roll(
        _ x: Program.Operand, _ shift: Int, _ axis: Int, _ length: Int, _ index: [Index]
    ) -> String {
        let shift = ((shift % length) + length) % length
        var source = index
        let bounds = box.bounds(index[axis])
        if let bounds, bounds.lowerBound >= shift {
            source[axis] = index[axis].scaled(by: 1, plus: -shift)
        } else if let bounds, bounds.upperBound < shift {
            source[axis] = index[axis].scaled(by: 1, plus: length - shift)
        } else if !isConditional, let cut = box.cut(index[axis], at: shift) {
            cuts.insert(cut)
            source[axis] = index[axis].scaled(by: 1, plus: -shift)
        } else {
            let text = index[axis].text
            source[axis] = .text("(\(text) >= \(shift) ? \(text) - \(shift) : \(text) + \(length - shift))")
        }
        return element(x, .axes(source))
    }

    /// An element at an index; lanes that have indices of their own are read one by one.
    private mutating func gather(_ x: [Program.Operand], _ axis: Int, _ index: [Index]) -> String {
        let chosen = element(x[1], .axes(index))
        let shape = frame.schedule.signature(x[0]).shape
        var index = index
        guard isBatched(x[1]) else {
            index[axis] = .text("apus_index(\(chosen), \(shape[axis]), failure)")
            return element(x[0], .axes(index))
        }
        index[axis] = .constant(0)
        if case .constant = x[0] { return element(x[0], .axes(index)) }
        let place = frame.place(x[0])
        let letter = place.type.letter(true) + (place.isBatched ? "" : place.type.letter(false))
        return
            "gatherLanes_\(letter)(\(place.pointer) + \(frame.offset(shape, .axes(index))), \(shape.strides[axis]), "
            + "\(chosen), \(shape[axis]), failure)"
    }

    private mutating func pad(
        _ x: Program.Operand, _ low: [Int], _ index: [Index], _ type: ElementType, _ isBatched: Bool
    ) -> String {
        let zero = isBatched ? "splat_\(type.letter(true))(\(type.literal(0)))" : type.literal(0)
        let shape = frame.schedule.signature(x).shape
        var source = index
        var conditions: [String] = []
        for axis in shape.indices {
            source[axis] = index[axis].scaled(by: 1, plus: -low[axis])
            if let bounds = box.bounds(source[axis]) {
                if bounds.upperBound < 0 || bounds.lowerBound >= shape[axis] { return zero }
                if bounds.lowerBound >= 0 && bounds.upperBound < shape[axis] { continue }
                let limit = bounds.lowerBound < 0 ? 0 : shape[axis]
                if !isConditional, let cut = box.cut(source[axis], at: limit) {
                    cuts.insert(cut)
                    continue
                }
            }
            conditions.append("(\(source[axis].text)) >= 0 && (\(source[axis].text)) < \(shape[axis])")
        }
        if conditions.isEmpty || !cuts.isEmpty { return element(x, .axes(source)) }
        return conditional(conditions.joined(separator: " && "), x, source, zero, type, isBatched)
    }

    /// An element that is read only where a condition holds.
    private mutating func conditional(
        _ condition: String, _ x: Program.Operand, _ index: [Index], _ other: String, _ type: ElementType,
        _ isBatched: Bool
    ) -> String {
        var inner = ElementWriter(frame: frame, box: box, isConditional: true)
        inner.names = names + 1
        let text = inner.element(x, .axes(index))
        let name = "e\(names)"
        names = inner.names
        statements.append("\(type.name(isBatched)) \(name) = \(other);")
        statements.append("if (\(condition)) { \(inner.statements.joined(separator: " ")) \(name) = \(text); }")
        return name
    }

    private mutating func concatenate(
        _ x: [Program.Operand], _ axis: Int, _ index: [Index], _ isBatched: Bool
    ) -> String {
        let bounds = box.bounds(index[axis])
        var start = 0
        let type = frame.schedule.signature(x[0]).type
        var result: String?
        for part in x {
            let length = frame.schedule.signature(part).shape[axis]
            defer { start += length }
            if length == 0 { continue }
            if let bounds, bounds.upperBound < start || bounds.lowerBound >= start + length { continue }
            var source = index
            source[axis] = index[axis].scaled(by: 1, plus: -start)
            let needsSplat = isBatched && !self.isBatched(part)
            func splat(_ text: String) -> String { needsSplat ? "splat_\(type.letter(true))(\(text))" : text }
            if let bounds, bounds.lowerBound >= start && bounds.upperBound < start + length {
                return splat(element(part, .axes(source)))
            }
            if !isConditional, let bounds,
                let cut = box.cut(index[axis], at: bounds.lowerBound < start ? start : start + length)
            {
                cuts.insert(cut)
                if result == nil { result = splat(element(part, .axes(source))) }
                continue
            }
            let zero = isBatched ? "splat_\(type.letter(true))(\(type.literal(0)))" : type.literal(0)
            let text = index[axis].text
            result = conditional(
                "(\(text)) >= \(start) && (\(text)) < \(start + length)", part, source, result ?? zero, type, isBatched)
        }
        return result!
    }
}

extension Frame {
    /// Where an operand lies in memory.
    func place(_ operand: Program.Operand) -> Place {
        switch operand {
        case .value(let index):
            guard let place = places[index] else { preconditionFailure("value \(index) does not lie in memory") }
            return place
        case .constant: preconditionFailure("a constant array was not given a place")
        }
    }

    /// The offset of an element in memory, as C writes it.
    func offset(_ shape: [Int], _ position: Position) -> String {
        switch position {
        case .flat(let index): return index.text
        case .axes(let index):
            precondition(index.count == shape.count, "\(index.count) indices into \(shape)")
            return zip(index, shape.strides).reduce(Index.constant(0)) { $0 + $1.0.scaled(by: $1.1) }.text
        }
    }
}
