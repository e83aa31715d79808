import Tensors

/// Fourier transforms as functions of their own: each length, type and direction once.
extension Source {
    /// A transform over the last axes, a row of the batch at a time; false for a length without code,
    /// that the interpreter serves.
    mutating func fourier(_ instruction: Program.Instruction, _ frame: inout Frame, now: Int) -> Bool {
        let signature = frame.schedule.signature(instruction.operands[0])
        guard let transform = FourierTransform(instruction.operation, signature), transform.hasCode else {
            return false
        }
        guard instruction.signatures[0].shape.elementCount > 0 else { return true }
        let source = memory(instruction.operands[0], &frame)
        let target = frame.places[instruction.results.lowerBound]!
        let name = function(transform, isBatched: target.isBatched)
        let work = buffer(Signature([transform.workCount], signature.type), target.isBatched, now, now, &frame)
        let rows = signature.shape.elementCount / transform.operandCount
        let (from, to) = (source.pointer, target.pointer)
        if rows == 1 {
            line("\(name)(\(from), \(to), \(work.pointer));")
        } else {
            block("for (long row = 0; row < \(rows); row++)") {
                $0.line(
                    "\(name)(\(from) + row * \(transform.operandCount), \(to) + row * \(transform.resultCount), \(work.pointer));"
                )
            }
        }
        return true
    }

    private mutating func function(_ transform: FourierTransform, isBatched: Bool) -> String {
        let name = "\(transform.name)_\(transform.type.letter(isBatched))"
        if !isBatched { function("vectors", FourierPasses.vectors) }
        needsEffort = true
        let lanes = self.lanes
        function(name, transform.text(name, isBatched: isBatched, lanes: lanes))
        return name
    }
}

/// One of the transforms, of one length.
struct FourierTransform {
    enum Kind {
        case complex(isInverse: Bool)
        case real
        case realTranspose
    }
    let kind: Kind
    let length: Int
    let type: ElementType

    init?(_ operation: Operation, _ operand: Signature) {
        let shape = operand.shape
        switch operation {
        case .fourier(let inverse): (kind, length) = (.complex(isInverse: inverse), shape[shape.count - 2])
        case .realFourier: (kind, length) = (.real, shape[shape.count - 1])
        case .realFourierTranspose(let count): (kind, length) = (.realTranspose, count)
        case _: return nil
        }
        type = operand.type
    }

    /// Lengths with a large factor go through a convolution, which is the interpreter's;
    /// so do those whose tables would be long.
    var hasCode: Bool { length > 0 && core <= 8192 && FourierPasses.radices(core, lanes: nil) != nil }

    /// The length of the complex transform: real numbers of even count are taken as pairs.
    private var core: Int {
        switch kind {
        case .complex: length
        case .real, .realTranspose: length % 2 == 0 ? length / 2 : length
        }
    }
    var operandCount: Int {
        switch kind {
        case .complex: 2 * length
        case .real: length
        case .realTranspose: 2 * (length / 2 + 1)
        }
    }
    var resultCount: Int {
        switch kind {
        case .complex: 2 * length
        case .real: 2 * (length / 2 + 1)
        case .realTranspose: length
        }
    }
    /// Between real and imaginary parts: a vector more than there are, and not a power of two.
    private var gap: Int { (core + 8) / 8 * 8 + 8 }
    /// Two areas of split complex numbers.
    var workCount: Int { 4 * gap }

    var name: String {
        switch kind {
        case .complex(let isInverse): "\(isInverse ? "inverseFourier" : "fourier")\(length)"
        case .real: "realFourier\(length)"
        case .realTranspose: "realFourierTranspose\(length)"
        }
    }

    func text(_ name: String, isBatched: Bool, lanes: Int?) -> String {
        var passes = FourierPasses(type, isBatched: isBatched, lanes: lanes)
        let radices = FourierPasses.radices(core, lanes: passes.lanes)!
        let (a, b) = (FourierPasses.Layout(pointer: "a", gap: gap), FourierPasses.Layout(pointer: "b", gap: gap))
        let (x, y) = (FourierPasses.Layout(pointer: "x"), FourierPasses.Layout(pointer: "y"))
        switch kind {
        case .complex(let isInverse):
            let swapped = { FourierPasses.Layout(pointer: $0, isSwapped: isInverse) }
            passes.transform(core, radices, from: swapped("x"), to: swapped("y"), by: [a, b])
        case .real:
            if length % 2 == 0 {
                let last = radices.count % 2 == 1 ? a : b
                passes.transform(core, radices, from: x, to: last, by: [a, b])
                passes.modes(length, from: last, to: y)
            } else {
                passes.line("memcpy(a, x, \(length) * sizeof(*a)); memset(a + \(gap), 0, \(length) * sizeof(*a));")
                let last = radices.count % 2 == 1 ? b : a
                passes.transform(core, radices, from: a, to: last, by: [b, a])
                passes.line(
                    "for (long k = 0; k <= \(length / 2); k++) { y[2 * k] = \(last.pointer)[k]; y[2 * k + 1] = \(last.pointer)[k + \(gap)]; }"
                )
            }
        case .realTranspose:
            let swapped = FourierPasses.Layout(pointer: "a", gap: gap, isSwapped: true)
            if length % 2 == 0 {
                passes.pairs(length, from: x, to: a)
                passes.transform(
                    core, radices, from: swapped, to: FourierPasses.Layout(pointer: "y", isSwapped: true), by: [b, a])
            } else {
                passes.mirrored(length, from: x, to: a)
                var last = radices.count % 2 == 1 ? b : a
                last.isSwapped = true
                passes.transform(core, radices, from: swapped, to: last, by: [b, a])
                passes.line("for (long j = 0; j < \(length); j++) y[j] = \(last.pointer)[j];")
            }
        }
        let element = type.name(isBatched)
        return """
            static __attribute__((noinline)) void \(name)(const \(element) *restrict x, \(element) *restrict y, \(element) *restrict a) {
            \(passes.tables.joined(separator: "\n"))
            \(element) *restrict b = a + \(2 * gap);
            \(passes.lines.joined(separator: "\n"))
            }

            """
    }
}
