import Tensors

/// Nests of loops: over all elements of results, cut where what is read comes from another place.
extension Source {
    /// A nest for the results of some instructions, which are of one shape.
    ///
    /// - Parameter isShared: whether threads share a large nest.
    mutating func loops(_ members: [Int], _ frame: Frame, isShared: Bool = true) {
        let instructions = members.map { frame.schedule.program.instructions[$0] }
        let shape = instructions[0].signatures[0].shape
        guard shape.elementCount > 0 else { return }
        line("// " + instructions.map(\.operation.name).joined(separator: "; "))
        let isFlat = frame.schedule.isFlat(members[0])
        if !isFlat && circle(members, frame) { return }
        // A single number is a loop of one step as well: its statements need a block of their own.
        let ranges = isFlat || shape.isEmpty ? [0..<shape.elementCount] : shape.map { 0..<$0 }
        let position: Position =
            isFlat ? .flat(.variable(0)) : .axes(shape.indices.map { shape[$0] == 1 ? .constant(0) : .variable($0) })
        let results = instructions.map(\.results.lowerBound)
        let start = lines.count
        withoutBranches {
            $0.nest(ranges, frame) { element in
                results.map { value in
                    let place = frame.places[value]!
                    let text = element.computed(value, position)
                    return "\(place.pointer)[\(frame.offset(shape, position))] = \(element.splat(text, value, place));"
                }
            }
        }
        if isShared { share(start, ranges[0].count, elements: shape.elementCount) }
    }

    /// Loops over a box, whose innermost statements `write` makes; the box is cut until each part reads from one place.
    private mutating func nest(
        _ ranges: [Range<Int>], _ frame: Frame, _ write: (inout ElementWriter) -> [String]
    ) {
        var (parts, isConditional) = cuts(ranges, frame, write)
        // A last axis of a few elements, the parts of a complex number, is no loop:
        // vectors run over the axis before it.
        let isUnrolled =
            lanes == nil && ranges.count > 1 && ranges.last!.count <= 4 && ranges.dropLast().last!.count > 4
        if isUnrolled { parts[parts.count - 1] = ranges.last!.map { $0..<($0 + 1) } }
        nest(parts, 0, innermost: parts.count - (isUnrolled ? 2 : 1), Box(ranges: ranges), frame) { box in
            var element = ElementWriter(frame: frame, box: box, isConditional: isConditional)
            let stores = write(&element)
            return element.statements + stores
        }
    }

    /// Statements over a box in a given order of its variables.
    mutating func accumulate(
        _ shape: [Int], order: [Int], isIndependent: Bool, _ frame: Frame, _ write: (inout ElementWriter) -> [String]
    ) {
        let (parts, isConditional) = cuts(shape.map { 0..<$0 }, frame, write)
        innerNest(order[...], parts, Box(ranges: shape.map { 0..<$0 }), isIndependent) { box in
            var element = ElementWriter(frame: frame, box: box, isConditional: isConditional)
            let stores = write(&element)
            return element.statements + stores
        }
    }

    /// The parts of every range, such that no part of the box needs another cut.
    private func cuts(
        _ ranges: [Range<Int>], _ frame: Frame, _ write: (inout ElementWriter) -> [String]
    ) -> ([[Range<Int>]], isConditional: Bool) {
        var parts = ranges.map { [$0] }
        while true {
            let boxes = parts.reduce([[]]) { boxes, ranges in boxes.flatMap { box in ranges.map { box + [$0] } } }
            if boxes.count > 64 { return (ranges.map { [$0] }, true) }
            var found: Set<Cut> = []
            for box in boxes {
                var element = ElementWriter(frame: frame, box: Box(ranges: box), isConditional: false)
                _ = write(&element)
                found.formUnion(element.cuts)
            }
            if found.isEmpty { return (parts, false) }
            for cut in found {
                parts[cut.variable] = parts[cut.variable].flatMap { range in
                    range.lowerBound < cut.place && cut.place < range.upperBound
                        ? [range.lowerBound..<cut.place, cut.place..<range.upperBound] : [range]
                }
            }
        }
    }

    private mutating func nest(
        _ parts: [[Range<Int>]], _ variable: Int, innermost: Int, _ box: Box, _ frame: Frame, _ body: (Box) -> [String]
    ) {
        guard variable < parts.count else {
            for statement in body(box) { line(statement) }
            return
        }
        // Vectors run along rows of at least one vector. Where the compiler unrolls such a row, it would have them run
        // across the rows instead, and gather and scatter what lies side by side.
        let isAcrossRows = variable + 1 == innermost && lanes == nil && parts[innermost].contains { $0.count >= 8 }
        for range in parts[variable] {
            var inner = box
            inner.ranges[variable] = range
            if isAcrossRows && range.count > 1 { line("SINGLY") }
            block(head(variable, range, isInnermost: variable == innermost)) {
                $0.nest(parts, variable + 1, innermost: innermost, inner, frame, body)
            }
        }
    }

    mutating func head(_ variable: Int, _ range: Range<Int>, isInnermost: Bool) -> String {
        if range.count == 1 {
            line("// i\(variable) = \(range.lowerBound)")
            return "for (long i\(variable) = \(range.lowerBound), once = 1; once; once = 0)"
        }
        if isInnermost && lanes == nil { line("INDEPENDENT") }
        return "for (long i\(variable) = \(range.lowerBound); i\(variable) < \(range.upperBound); i\(variable)++)"
    }
}

// MARK: - Reductions

extension Source {
    /// Sums or extrema over some axes.
    mutating func reduction(_ instruction: Program.Instruction, _ frame: Frame) {
        guard case .reduce(let reduction, let axes) = instruction.operation else { return }
        let operand = instruction.operands[0]
        let shape = frame.schedule.signature(operand).shape
        let result = instruction.results.lowerBound
        guard instruction.signatures[0].shape.elementCount > 0 else { return }
        line("// " + instruction.operation.name)
        let kept = shape.indices.filter { !axes.contains($0) }
        let letter = instruction.signatures[0].type.letter(frame.isBatched[result])
        // The last axis innermost: its elements lie side by side.
        let order =
            kept.last.map { $0 == shape.count - 1 } ?? false
            ? kept.dropLast() + axes + [kept.last!] : kept + axes
        let target = frame.places[result]!
        let offset = frame.offset(
            kept.map { shape[$0] }, .axes(kept.map { shape[$0] == 1 ? .constant(0) : .variable($0) }))
        let position = Position.axes(shape.indices.map { shape[$0] == 1 ? .constant(0) : .variable($0) })
        let isRow = kept.last == shape.count - 1 && !axes.isEmpty
        let isSpread = isSpread(shape, axes, instruction.signatures[0].type)
        let write: (inout ElementWriter) -> [String] = { element in
            let text = element.element(operand, position)
            let source = element.splatOperand(text, operand, target)
            let sum =
                isRow ? "\(target.pointer)[\(offset)]" : isSpread ? "sums[i\(shape.count - 1)]" : "sum"
            return ["\(sum) = \(reduction.rawValue)Step_\(letter)(\(sum), \(source));"]
        }
        let (parts, isConditional) = reductionCuts(shape, frame, write)
        withoutBranches { source in
            source.reductionNest(
                order[...], parts, Box(ranges: shape.map { 0..<$0 }),
                Accumulator(
                    outer: isRow ? kept.count - 1 : kept.count, isRow: isRow, spread: isSpread ? shape.last! : nil,
                    type: instruction.signatures[0].type, letter: letter, name: reduction.rawValue,
                    target: "\(target.pointer)[\(offset)]", row: kept.last)
            ) { box in
                var element = ElementWriter(frame: frame, box: box, isConditional: isConditional)
                let stores = write(&element)
                return element.statements + stores
            }
        }
    }

    private struct Accumulator {
        /// The loops outside the accumulation.
        let outer: Int
        /// Whether a row of results is accumulated at once.
        let isRow: Bool
        /// The length of the last axis, where there is a sum for each of its places until all is read.
        let spread: Int?
        let type: ElementType
        let letter: String
        let name: String
        let target: String
        let row: Int?
        var start: String { "\(name)Start_\(letter)" }
    }

    /// Whether each place of the last axis has a sum of its own: rows are short, and a sum across vectors after each
    /// would take as long as the row.
    private func isSpread(_ shape: [Int], _ axes: [Int], _ type: ElementType) -> Bool {
        guard type.isReal, lanes == nil, shape.count > 1, axes.contains(shape.count - 1) else { return false }
        return axes.contains(shape.count - 2) && (8...256).contains(shape.last!)
            && shape[shape.count - 2] >= 4
    }

    private func reductionCuts(
        _ shape: [Int], _ frame: Frame, _ write: (inout ElementWriter) -> [String]
    ) -> ([[Range<Int>]], Bool) {
        if shape.contains(0) { return (shape.map { [0..<$0] }, false) }
        return cuts(shape.map { 0..<$0 }, frame, write)
    }

    private mutating func reductionNest(
        _ order: ArraySlice<Int>, _ parts: [[Range<Int>]], _ box: Box, _ accumulator: Accumulator, depth: Int = 0,
        _ body: (Box) -> [String]
    ) {
        if depth == accumulator.outer {
            block("") { source in
                if accumulator.isRow {
                    for range in parts[accumulator.row!] {
                        source.block(source.head(accumulator.row!, range, isInnermost: true)) {
                            $0.line("\(accumulator.target) = \(accumulator.start);")
                        }
                    }
                } else {
                    if accumulator.type.isReal && source.lanes == nil { source.line("REASSOCIATE") }
                    source.line("t_\(accumulator.letter) sum = \(accumulator.start);")
                    if let count = accumulator.spread {
                        source.line("t_\(accumulator.letter) sums[\(count)];")
                        source.line("for (long i = 0; i < \(count); i++) sums[i] = \(accumulator.start);")
                    }
                }
                source.innerNest(order, parts, box, accumulator.isRow || accumulator.spread != nil, body)
                if let count = accumulator.spread {
                    let step = "\(accumulator.name)Step_\(accumulator.letter)"
                    source.line("for (long i = 0; i < \(count); i++) sum = \(step)(sum, sums[i]);")
                }
                if !accumulator.isRow { source.line("\(accumulator.target) = sum;") }
            }
            return
        }
        let variable = order.first!
        for range in parts[variable] {
            var inner = box
            inner.ranges[variable] = range
            // Vectors run along what is summed, not across the sums.
            let last = order.dropFirst().last.map { parts[$0] } ?? []
            if depth + 1 == accumulator.outer, !accumulator.isRow, lanes == nil, last.contains(where: isEven) {
                line("SINGLY")
            }
            block(head(variable, range, isInnermost: false)) {
                $0.reductionNest(order.dropFirst(), parts, inner, accumulator, depth: depth + 1, body)
            }
        }
    }

    /// Whether a short sum is one of some whole vectors, for which compilers would rather write out its terms.
    private func isEven(_ range: Range<Int>) -> Bool { 16..<64 ~= range.count && range.count % 8 == 0 }

    private mutating func innerNest(
        _ order: ArraySlice<Int>, _ parts: [[Range<Int>]], _ box: Box, _ isRow: Bool, _ body: (Box) -> [String]
    ) {
        guard let variable = order.first else {
            for statement in body(box) { line(statement) }
            return
        }
        for range in parts[variable] where !range.isEmpty {
            var inner = box
            inner.ranges[variable] = range
            if !isRow && order.count == 1 && lanes == nil {
                if range.count >= 64 { line("INTERLEAVE") } else if isEven(range) { line("EVENLY") }
            }
            // The steps of a sum depend on each other, those along a row of sums do not.
            block(head(variable, range, isInnermost: isRow && order.count == 1)) {
                $0.innerNest(order.dropFirst(), parts, inner, isRow, body)
            }
        }
    }
}

extension ElementWriter {
    /// A number as lanes, where its place holds lanes.
    func splat(_ text: String, _ value: Int, _ place: Place) -> String {
        place.isBatched && !frame.isBatched[value] ? "splat_\(place.type.letter(true))(\(text))" : text
    }

    func splatOperand(_ text: String, _ operand: Program.Operand, _ place: Place) -> String {
        place.isBatched && !isBatched(operand) ? "splat_\(place.type.letter(true))(\(text))" : text
    }
}
