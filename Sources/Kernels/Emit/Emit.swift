import Tensors

/// A program in C, with the tables that go with it.
struct EmittedProgram: Sendable {
    let source: String
    /// The part of the source that its routines depend on; nil where it has none.
    let routines: String?
    /// The part of the source that is this program's own.
    let body: String
    /// Arrays that the program takes as inputs after its own.
    let constants: [Tensor]
    /// The operations that it leaves to the interpreter.
    let interpreted: [InterpretedInstruction]
    /// The scratch memory of one part in bytes.
    let scratchSize: Int
    let outputs: [Signature]
    /// Into how many parts the work can be cut, each of which has scratch memory of its own.
    let parts: Int
    /// The elements of the batch that are computed at once; nil where there is no batch.
    let lanes: Int?
    /// How hard the compiler is to try.
    let effort: Effort

    /// The code of a program: vectors run over the elements of a batch where the program computes them independently of
    /// each other, and over the elements of arrays otherwise.
    init(_ program: Program, calls: ExpectedCalls = .many, registers: VectorRegisters = .ofProcess) {
        let (lifted, constants) = Simplify.liftingConstants(program)
        if !lifted.isFactorsAlone, let batch = BatchedProgram(lifted, constants: constants.count),
            let emitted = EmittedProgram.inLanes(batch, lifted, constants, registers)
        {
            self = emitted
        } else if let tiled = TiledProgram(lifted) {
            self = EmittedProgram.inTiles(tiled, lifted, constants)
        } else {
            let (turned, constants) = Simplify.liftingConstants(Simplify.turning(program))
            self.init(elementwise: turned, constants, calls)
        }
    }

    init(
        _ body: Source, lanes: Int?, entry: String, _ program: Program, _ constants: [Tensor], scratchSize: Int,
        parts: Int, _ calls: ExpectedCalls = .many
    ) {
        let functions = body.functions.map(\.text)
        self.body = (functions + [entry]).joined(separator: "\n")
        // The compiler's time and memory grow faster than the program.
        let isLong = lanes == nil && self.body.utf8.count > 250_000
        let isSimple =
            lanes == nil && parts == 1 && !body.needsEffort && !self.body.mentions("sharedProduct_")
        // Programs of few calls have the same routines whatever their sizes, so that they share them.
        let isLight = isSimple && calls == .many && program.work < 4_000_000
        // Half a minute of computation at most, of which all that the compiler has would save a second.
        let isSoon = isLight || isSimple && calls == .few && program.work < 4_000_000_000
        let (source, routines) = Prelude.completed(
            self.body, lanes: lanes, isLight: isSoon && !isLong, isBalanced: isLight && !isLong)
        self.source = source
        self.routines = routines
        self.constants = constants
        interpreted = body.interpreted
        self.scratchSize = (scratchSize + 63) / 64 * 64
        outputs = program.resultSignatures
        self.parts = parts
        self.lanes = lanes
        effort =
            isLong && routines != nil
            ? .fastProgramOptimizedRoutines : !isSoon ? .thorough : routines != nil ? .quickInHalves : .quick
    }

    /// The parameters of a part: where inputs and outputs are, its scratch memory, whether it failed.
    static let parameters = [
        Parameter("const struct apus_runtime *", "runtime"), Parameter("const void *const *", "in"),
        Parameter("void *const *", "out"), Parameter("char *", "scratch"), Parameter("int *", "failure"),
    ]

    // MARK: Over the elements of arrays

    private init(elementwise program: Program, _ constants: [Tensor], _ calls: ExpectedCalls) {
        var body = Source(lanes: nil, EmittedProgram.parameters)
        func places(_ signatures: [Signature], _ name: String, _ qualifier: String) -> [Place] {
            signatures.enumerated().map { number, signature in
                let type = signature.type.name(false)
                body.line("\(qualifier)\(type) *restrict \(name)\(number) = (\(qualifier)\(type) *)\(name)[\(number)];")
                return Place(pointer: "\(name)\(number)", type: signature.type, isBatched: false)
            }
        }
        let inputs = places(program.inputs, "in", "const ")
        let outputs = places(program.resultSignatures, "out", "")
        let size = body.body(
            program, inputs: inputs, outputs: outputs,
            isBatched: [Bool](repeating: false, count: program.valueCount), scratch: "scratch")
        let entry = """
            int apus_run(const struct apus_runtime *runtime, const void *const *in, void *const *out, char *scratch, long parts) {
              int failed = 0, *failure = &failed;
            \(body.text)
              return failed;
            }

            """
        self.init(body, lanes: nil, entry: entry, program, constants, scratchSize: size, parts: 1, calls)
    }

    // MARK: Over the elements of a batch

    /// The code over blocks of so many lanes that the values of a step stay in registers, and those of a block in the
    /// nearest cache.
    private static func inLanes(
        _ batch: BatchedProgram, _ program: Program, _ constants: [Tensor], _ registers: VectorRegisters
    ) -> EmittedProgram? {
        guard batch.program.isBatchable(batch.inputAxes.map { $0 != nil }), !batch.program.isFactorization else {
            return nil
        }
        let isSingle = zip(batch.program.inputs, batch.inputAxes).allSatisfy { $1 == nil || $0.type == .float32 }
        let lanes = registers.lanes(of: isSingle ? .float32 : .float64)
        let wide = inLanes(lanes, batch, program, constants)
        return lanes <= 8 || wide.scratchSize <= 36 << 10 ? wide : inLanes(8, batch, program, constants)
    }

    private static func inLanes(
        _ lanes: Int, _ batch: BatchedProgram, _ program: Program, _ constants: [Tensor]
    ) -> EmittedProgram {
        let parameters = EmittedProgram.parameters + [Parameter("const long ", "first")]
        var body = Source(lanes: lanes, parameters)
        let marks = batch.inputAxes.map { $0 != nil }
        let isBatched = batch.program.batched(marks)
        var size = 0
        func area(_ signature: Signature, _ name: String) -> Place {
            let type = signature.type.name(true)
            body.line("\(type) *restrict \(name) = (\(type) *)(scratch + \(size));")
            size += (max(1, signature.shape.elementCount) * signature.type.bytes(lanes) + 63) / 64 * 64
            return Place(pointer: name, type: signature.type, isBatched: true)
        }
        var inputs: [Place] = []
        for (number, signature) in batch.program.inputs.enumerated() {
            guard let axis = batch.inputAxes[number] else {
                let type = signature.type.name(false)
                body.line("const \(type) *restrict in\(number) = (const \(type) *)in[\(number)];")
                inputs.append(Place(pointer: "in\(number)", type: signature.type, isBatched: false))
                continue
            }
            let place = area(signature, "in\(number)")
            let (outer, inner) = sides(program.inputs[number].shape, axis)
            let letters = (signature.type.letter(true), signature.type.name(false))
            body.line(
                "gather_\(letters.0)(in\(number), (const \(letters.1) *)in[\(number)], \(outer), \(inner), \(batch.size), first);"
            )
            inputs.append(place)
        }
        let outputs = batch.program.resultSignatures.enumerated().map { area($1, "out\($0)") }
        body.line("char *restrict work = scratch + \(size);")
        size += body.body(
            batch.program, inputs: inputs, outputs: outputs, isBatched: isBatched, scratch: "work")
        for (number, signature) in batch.program.resultSignatures.enumerated() {
            let (outer, inner) = sides(program.resultSignatures[number].shape, batch.outputAxes[number]!)
            let letters = (signature.type.letter(true), signature.type.name(false))
            body.line(
                "scatter_\(letters.0)((\(letters.1) *)out[\(number)], out\(number), \(outer), \(inner), \(batch.size), first);"
            )
        }
        let blocks = (batch.size + lanes - 1) / lanes
        let entry = """
            static void apus_block(\(parameters.text)) {
            \(body.text)
            }
            struct apus_job {
              const struct apus_runtime *runtime; const void *const *in; void *const *out; char *scratch; long parts; int failed;
            };
            static void apus_part(void *context, long part) {
              struct apus_job *job = context;
              int failed = 0;
              const long end = \(blocks) * (part + 1) / job->parts;
              for (long block = \(blocks) * part / job->parts; block < end; block++)
                apus_block(job->runtime, job->in, job->out, job->scratch + part * \((size + 63) / 64 * 64), &failed, block * LANES);
              // Parts on several threads may fail at once.
              if (failed) __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
            }
            int apus_run(const struct apus_runtime *runtime, const void *const *in, void *const *out, char *scratch, long parts) {
              struct apus_job job = {runtime, in, out, scratch, parts, 0};
              if (parts == 1) apus_part(&job, 0); else runtime->parallel(parts, apus_part, &job);
              return job.failed;
            }

            """
        let isWorthwhile = blocks * batch.program.work * lanes > 100_000
        return EmittedProgram(
            body, lanes: lanes, entry: entry, program, constants, scratchSize: size, parts: isWorthwhile ? blocks : 1)
    }

    /// The numbers of elements before and after an axis.
    private static func sides(_ shape: [Int], _ axis: Int) -> (Int, Int) {
        (shape[..<axis].reduce(1, *), shape[(axis + 1)...].reduce(1, *))
    }
}

extension Program {
    /// About how many elements are computed.
    var work: Int {
        instructions.reduce(0) { total, instruction in
            let own = instruction.signatures.reduce(0) { $0 + $1.shape.elementCount }
            guard case .scan(let scan) = instruction.operation else { return total + own }
            return total + scan.expectedSteps * scan.body.work
        }
    }

    /// Whether every operation on batched values has code that works on lanes.
    func isBatchable(_ inputs: [Bool]) -> Bool {
        let isBatched = batched(inputs)
        let signatures = self.inputs + instructions.flatMap(\.signatures)
        return instructions.allSatisfy { instruction in
            let marks = instruction.operands.map { $0.index.map { isBatched[$0] } ?? false }
            if case .scan(let scan) = instruction.operation { return scan.body.isBatchable(scan.batchedInputs(marks)) }
            guard marks.contains(true) else { return true }
            return instruction.operation.worksOnLanes(
                instruction.operands[0].index.map { signatures[$0] }, instruction.signatures[0].type)
        }
    }

    /// Whether it is nothing but a factorization of matrices so large that groups of them
    /// have better code of their own.
    fileprivate var isFactorization: Bool {
        guard instructions.count == 1, case .cholesky = instructions[0].operation else { return false }
        return side(instructions[0].operands[0]) > 24
    }
}

extension Operation {
    /// Whether a batch of it can be computed in lanes.
    fileprivate func worksOnLanes(_ operand: Signature?, _ type: ElementType) -> Bool {
        let traits = traits
        return switch traits.kind {
        case .same, .movement, .reduction: true
        case .arithmetic(let f): !f.isRoutine(type)
        case .routine:
            switch traits.lanes {
            case .always: true
            case .never: false
            case .doubles: operand?.type == .float64 && operand?.shape.contains(0) == false
            case .transforms: operand.flatMap { FourierTransform(self, $0) }?.hasCode ?? false
            }
        case .program: false
        }
    }
}

extension Program {
    /// Whether all is factors of symmetric matrices, which have a routine for groups that reads
    /// and writes less than lanes do.
    fileprivate var isFactorsAlone: Bool {
        guard instructions.count == 1, case .cholesky = instructions[0].operation else { return false }
        return inputs[0].type == .float64 && inputs[0].shape.last! <= 64
    }
}
