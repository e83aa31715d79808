import Tensors

extension EmittedProgram {
    /// The code of a program that takes sums over a batch: before, tile by tile, after.
    ///
    /// Tiles are shared out among a fixed number of slots, each with its own memory and its own sums, which are added
    /// in order: the number of threads changes no bit.
    static func inTiles(_ tiled: TiledProgram, _ program: Program, _ constants: [Tensor]) -> EmittedProgram {
        let tiles = tiled.size / tiled.tileSize
        let slots = min(tiles, 8)
        var writer = TileWriter(tiled, program)
        let before = writer.before()
        let tile = tiled.element.map { writer.lanes($0) } ?? writer.tile()
        let after = writer.after()
        let (shared, sums) = (writer.shared.size, writer.sums.size)
        let slot = sums * 2 + writer.tileScratch
        let additions = zip(tiled.sums, writer.sums.starts).map { signature, start in
            let type = signature.type.name(false)
            return
                "  { \(type) *restrict to = (\(type) *)(a + \(start)); const \(type) *restrict from = (const \(type) *)(b + \(start)); "
                + "for (long i = 0; i < \(signature.shape.elementCount); i++) to[i] += from[i]; }"
        }.joined(separator: "\n")
        let (parameters, tileParameters) = (TileWriter.parameters.text, TileWriter.tileParameters.text)
        let entry = """
            static void apus_add(char *restrict a, const char *restrict b) {
            \(additions)
            }
            static void apus_before(\(parameters)) {
            \(before)
            }
            static void apus_tile(\(tileParameters)) {
            \(tile)
            }
            static void apus_after(\(parameters)) {
            \(after)
            }
            struct apus_job {
              const struct apus_runtime *runtime; const void *const *in; void *const *out; char *shared, *slots; int failed;
            };
            static void apus_slot(void *context, long slot) {
              struct apus_job *job = context;
              char *sums = job->slots + slot * \(slot), *own = sums + \(sums), *scratch = own + \(sums);
              int failed = 0;
              const long first = \(tiles) * slot / \(slots), end = \(tiles) * (slot + 1) / \(slots);
              \(tiled.element == nil ? "" : "memset(sums, 0, \(sums));")
              for (long tile = first; tile < end; tile++) {
                apus_tile(job->runtime, job->in, job->out, scratch, &failed, job->shared, \(tiled.element == nil ? "tile == first ? sums : own" : "sums"), tile);
                \(tiled.element == nil ? "if (tile != first) apus_add(sums, own);" : "")
              }
              if (failed) job->failed = 1;
            }
            int apus_run(const struct apus_runtime *runtime, const void *const *in, void *const *out, char *scratch, long parts) {
              char *slots = scratch + \(shared), *rest = slots + \(slots * slot);
              struct apus_job job = {runtime, in, out, scratch, slots, 0};
              int failed = 0;
              apus_before(runtime, in, out, rest, &failed, scratch, slots);
              runtime->parallel(\(slots), apus_slot, &job);
              for (long slot = 1; slot < \(slots); slot++) apus_add(slots, slots + slot * \(slot));
              apus_after(runtime, in, out, rest, &failed, scratch, slots);
              return failed | job.failed;
            }

            """
        return EmittedProgram(
            writer.source, lanes: tiled.element == nil ? nil : tiled.tileSize, entry: entry, program, constants,
            scratchSize: shared + slots * slot + max(writer.beforeScratch, writer.afterScratch), parts: 1)
    }
}

/// Arrays one after the other in memory.
private struct Arrays {
    let starts: [Int]
    let size: Int

    init(_ signatures: [Signature]) {
        var starts: [Int] = []
        var size = 0
        for signature in signatures {
            starts.append(size)
            size += (max(1, signature.shape.elementCount) * signature.type.size + 63) / 64 * 64
        }
        (self.starts, self.size) = (starts, size)
    }
}

/// The bodies of the three functions.
private struct TileWriter {
    let tiled: TiledProgram
    let program: Program
    let shared: Arrays
    let sums: Arrays
    private(set) var source = Source(lanes: nil)
    private(set) var beforeScratch = 0
    private(set) var tileScratch = 0
    private(set) var afterScratch = 0

    static let parameters =
        EmittedProgram.parameters + [Parameter("char *", "shared"), Parameter("char *", "sums")]
    static let tileParameters = parameters + [Parameter("const long ", "tile")]

    init(_ tiled: TiledProgram, _ program: Program) {
        (self.tiled, self.program) = (tiled, program)
        shared = Arrays(tiled.before.resultSignatures)
        sums = Arrays(tiled.sums)
    }

    private mutating func body(_ part: Program, _ inputs: [Place], _ outputs: [Place]) -> Int {
        let size = source.body(
            part, inputs: inputs, outputs: outputs, isBatched: [Bool](repeating: false, count: part.valueCount),
            scratch: "scratch")
        return (size + 63) / 64 * 64
    }

    /// The inputs of the program; those with a batch from the start of a tile.
    private mutating func inputs(cut: Bool) -> [Place] {
        program.inputs.enumerated().map { number, signature in
            let rest = signature.shape.dropFirst().reduce(1, *)
            let offset = cut && tiled.inputIsBatched[number] ? "tile * \(tiled.tileSize * rest)" : "0"
            return place("in", "in[\(number)]", signature.type, number, offset, "const ")
        }
    }

    private mutating func place(
        _ name: String, _ pointer: String, _ type: ElementType, _ number: Int, _ offset: String, _ qualifier: String
    ) -> Place {
        let c = type.name(false)
        source.line(
            "\(qualifier)\(c) *restrict \(name)\(number) = (\(qualifier)\(c) *)\(pointer)\(offset == "0" ? "" : " + \(offset)");"
        )
        return Place(pointer: "\(name)\(number)", type: type, isBatched: false)
    }

    private mutating func areas(_ name: String, _ signatures: [Signature], _ arrays: Arrays) -> [Place] {
        zip(signatures, arrays.starts).enumerated().map { number, item in
            place("\(name)_", "(\(name) + \(item.1))", item.0.type, number, "0", "")
        }
    }

    mutating func before() -> String {
        source.startFunction(Self.parameters)
        let inputs = inputs(cut: false)
        let outputs = areas("shared", tiled.before.resultSignatures, shared)
        beforeScratch = body(tiled.before, inputs, outputs)
        return source.text
    }

    mutating func tile() -> String {
        source.startFunction(Self.tileParameters)
        let inputs = inputs(cut: true) + areas("shared", tiled.before.resultSignatures, shared)
        let batched = program.outputs.indices.filter { isBatchedOutput[$0] }
        let outputs = zip(batched, tiled.tile.resultSignatures).map { number, signature in
            place("out", "out[\(number)]", signature.type, number, "tile * \(signature.shape.elementCount)", "")
        }
        let sums = areas("sums", tiled.sums, sums)
        tileScratch = body(tiled.tile, inputs, outputs + sums)
        return source.text
    }

    /// The tile as lanes, each an element of the batch.
    mutating func lanes(_ element: BatchedProgram) -> String {
        source.startFunction(Self.tileParameters)
        source.lanes = tiled.tileSize
        defer { source.lanes = nil }
        var size = 0
        let marks = element.inputAxes.map { $0 != nil }
        source.line("const long first = tile * LANES;")
        var inputs: [Place] = []
        let given = self.inputs(cut: false) + areas("shared", tiled.before.resultSignatures, shared)
        for (number, place) in given.enumerated() {
            guard marks[number] else {
                inputs.append(place)
                continue
            }
            let lanes = area(element.program.inputs[number], "lanes\(number)", &size)
            let inner = element.program.inputs[number].shape.elementCount
            source.line(
                "gather_\(place.type.letter(true))(\(lanes.pointer), \(place.pointer), 1, \(inner), \(tiled.size), first);"
            )
            inputs.append(lanes)
        }
        let batched = program.outputs.indices.filter { isBatchedOutput[$0] }
        let kept = batched.enumerated().map { area(element.program.resultSignatures[$0], "outLanes\($1)", &size) }
        let sums = areas("sums", tiled.sums, sums)
        source.line("char *restrict work = scratch + \(size);")
        let used = source.body(
            element.program, inputs: inputs, outputs: kept + sums, isBatched: element.program.batched(marks),
            scratch: "work")
        for (number, place) in zip(batched, kept) {
            let type = place.type
            let inner = program.resultSignatures[number].shape.dropFirst().reduce(1, *)
            source.line(
                "scatter_\(type.letter(true))((\(type.name(false)) *)out[\(number)], \(place.pointer), 1, \(inner), \(tiled.size), first);"
            )
        }
        tileScratch = (size + used + 63) / 64 * 64
        return source.text
    }

    private mutating func area(_ signature: Signature, _ name: String, _ size: inout Int) -> Place {
        let type = signature.type.name(true)
        source.line("\(type) *restrict \(name) = (\(type) *)(scratch + \(size));")
        size += (max(1, signature.shape.elementCount) * signature.type.bytes(tiled.tileSize) + 63) / 64 * 64
        return Place(pointer: name, type: signature.type, isBatched: true)
    }

    mutating func after() -> String {
        source.startFunction(Self.parameters)
        let inputs =
            inputs(cut: false) + areas("shared", tiled.before.resultSignatures, shared)
            + areas("sums", tiled.sums, sums)
        let late = program.outputs.indices.filter { !isBatchedOutput[$0] }
        let outputs = late.map { number in
            place("out", "out[\(number)]", program.resultSignatures[number].type, number, "0", "")
        }
        afterScratch = body(tiled.after, inputs, outputs)
        return source.text
    }

    private var isBatchedOutput: [Bool] { tiled.outputIsBatched }
}
