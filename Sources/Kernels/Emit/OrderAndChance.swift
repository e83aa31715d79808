import Tensors

/// Largest elements, orders, random numbers, each along lines or for keys in memory.
extension Source {
    mutating func argmax(_ instruction: Program.Instruction, _ axis: Int, _ frame: inout Frame) {
        lines(instruction, axis, &frame) { letter, n, step, from, to in
            "argmax_\(letter)(\(n), \(step), \(from), \(to));"
        }
    }

    mutating func argsort(_ instruction: Program.Instruction, _ axis: Int, _ frame: inout Frame, now: Int) {
        let length = instruction.signatures[0].shape[axis]
        let work = frame.allocate(max(1, length) * 16, now: now, last: now)
        let pointer = "(t_l *)(\(frame.scratch) + \(work))"
        lines(instruction, axis, &frame) { letter, n, step, from, to in
            "argsort_\(letter)(\(n), \(step), \(from), \(to), \(pointer));"
        }
    }

    /// A call for each line along an axis. Results are as far apart as elements, or one a line.
    private mutating func lines(
        _ instruction: Program.Instruction, _ axis: Int, _ frame: inout Frame,
        _ call: (_ letter: String, _ n: Int, _ step: Int, _ from: String, _ to: String) -> String
    ) {
        let source = memory(instruction.operands[0], &frame)
        let target = frame.places[instruction.results.lowerBound]!
        let shape = frame.schedule.signature(instruction.operands[0]).shape
        guard shape.elementCount > 0 else { return }
        let inner = shape[(axis + 1)...].reduce(1, *)
        let length = instruction.signatures[0].shape.elementCount == shape.elementCount ? shape[axis] : 1
        let from = (Index.variable(0).scaled(by: shape[axis] * inner) + .variable(1)).text
        let to = (Index.variable(0).scaled(by: length * inner) + .variable(1)).text
        let text = call(
            source.type.letter(source.isBatched), shape[axis], inner, "\(source.pointer) + \(from)",
            "\(target.pointer) + \(to)")
        nestedLoops([shape[..<axis].reduce(1, *), inner]) { $0.line(text) }
    }

    mutating func random(_ draw: RandomDraw, _ instruction: Program.Instruction, _ frame: inout Frame) {
        let places = instruction.operands.map { memory($0, &frame) }
        let target = frame.places[instruction.results.lowerBound]!
        let keys = frame.schedule.signature(instruction.operands[0]).shape.elementCount / 2
        let letter = ElementType.int64.letter(target.isBatched)
        func word(_ place: Place, _ index: String) -> String {
            let text = "\(place.pointer)[\(index)]"
            return target.isBatched && !place.isBatched ? "splat_L(\(text))" : text
        }
        let key = "\(word(places[0], "2 * i0")), \(word(places[0], "2 * i0 + 1"))"
        let call =
            switch draw {
            case .uniform(let shape):
                "uniform_\(letter)(\(key), 0, \(shape.elementCount), \(target.pointer) + i0 * \(shape.elementCount));"
            case .normal(let shape):
                "normal_\(letter)(\(key), \(shape.elementCount), \(target.pointer) + i0 * \(shape.elementCount));"
            case .split(let count): "split_\(letter)(\(key), \(count), \(target.pointer) + i0 * \(2 * count));"
            case .fold: "fold_\(letter)(\(key), \(word(places[1], "i0")), \(target.pointer) + 2 * i0);"
            }
        nestedLoops([keys]) { $0.line(call) }
    }
}
