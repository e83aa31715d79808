import Synchronization
import Tensors

/// A program as machine code.
final class NativeProgram: Sendable {
    private typealias Interpret =
        @convention(c) (
            UnsafeMutableRawPointer?, Int, UnsafePointer<UnsafeRawPointer?>?, UnsafePointer<UnsafeMutableRawPointer?>?
        ) -> Void
    private typealias Run =
        @convention(c) (
            UnsafeRawPointer, UnsafePointer<UnsafeRawPointer?>, UnsafePointer<UnsafeMutableRawPointer?>,
            UnsafeMutableRawPointer, Int
        ) -> Int32
    /// The services that the code calls, as C lays them out.
    private struct Runtime {
        let context: UnsafeMutableRawPointer?
        let interpret: Interpret
        let parallel: @convention(c) (Int, ThreadPool.Body, UnsafeMutableRawPointer?) -> Void
    }

    let emitted: EmittedProgram
    private let library: NativeLibrary
    private let run: Run
    private let interpreter: Interpreter
    private let scratch: ScratchPool

    /// Machine code for a program; nil where there is no compiler.
    init?(_ program: Program, calls: ExpectedCalls = .many) {
        emitted = EmittedProgram(program, calls: calls)
        guard
            let library = NativeLibrary.load(source: emitted.source, routines: emitted.routines, emitted.effort),
            let symbol = library.symbol("apus_run")
        else {
            return nil
        }
        self.library = library
        run = unsafeBitCast(symbol, to: Run.self)
        interpreter = Interpreter(emitted.interpreted)
        scratch = ScratchPool()
        keepMemory(ofResults: emitted.outputs.map { $0.shape.elementCount * $0.type.size })
    }

    /// Applies the program to known arguments of the right shapes.
    func callAsFunction(_ arguments: [Tensor]) -> [Tensor] {
        // The code writes every element.
        let results = emitted.outputs.map { signature in
            Tensor(signature) { preferLargePages($0, signature.shape.elementCount * signature.type.size) }
        }
        // The arrays are native and held to the end, so that their addresses stay.
        let failure = withExtendedLifetime((arguments, results, emitted.constants, interpreter)) {
            let inputs = (arguments + emitted.constants).map { $0.withBytes { Optional($0) } }
            let outputs = results.map {
                $0.withBytes { UnsafeMutableRawPointer(mutating: $0) as UnsafeMutableRawPointer? }
            }
            // More parts than threads, so that a thread that is held up leaves little behind;
            // no result depends on them.
            let threads = ThreadPool.count
            let parts = threads == 1 ? 1 : min(emitted.parts, 4 * threads)
            let memory = scratch.take(emitted.scratchSize * parts)
            defer { scratch.give(memory) }
            var runtime = Runtime(
                context: Unmanaged.passUnretained(interpreter).toOpaque(), interpret: interpretInstruction,
                parallel: ThreadPool.parallel)
            return withUnsafePointer(to: &runtime) { run(UnsafeRawPointer($0), inputs, outputs, memory.address, parts) }
        }
        precondition(failure == 0, "gather or scatterAdd: an index is outside of its axis")
        return results
    }
}

/// The operations of a program that have no code of their own.
private final class Interpreter: Sendable {
    private let instructions: [(operation: Operation, operands: [Signature], results: [Signature])]

    init(_ instructions: [InterpretedInstruction]) {
        self.instructions = instructions.map { ($0.operation, $0.operands, $0.results) }
    }

    func run(
        _ number: Int, _ operands: UnsafePointer<UnsafeRawPointer?>, _ results: UnsafePointer<UnsafeMutableRawPointer?>
    ) {
        let instruction = instructions[number]
        let x = instruction.operands.enumerated().map { place, signature in
            Tensor(signature) { memory in
                memory.copyMemory(from: operands[place]!, byteCount: signature.shape.elementCount * signature.type.size)
            }
        }
        for (place, result) in instruction.operation.interpreted(x, instruction.results).enumerated() {
            result.withBytes { results[place]!.copyMemory(from: $0, byteCount: result.count * result.type.size) }
        }
    }
}

private func interpretInstruction(
    _ context: UnsafeMutableRawPointer?, _ number: Int, _ operands: UnsafePointer<UnsafeRawPointer?>?,
    _ results: UnsafePointer<UnsafeMutableRawPointer?>?
) {
    guard let context, let operands, let results else { return }
    Unmanaged<Interpreter>.fromOpaque(context).takeUnretainedValue().run(number, operands, results)
}

/// Memory for intermediate results, kept between calls, a piece for each call at a time.
final class ScratchPool: Sendable {
    /// Memory with one owner: the call that took it, until it gives it back, or the pool, which gives it to one call at
    /// a time under its lock. The address is a number, because pointers are not `Sendable`.
    struct Piece: Sendable {
        private let bits: Int
        let size: Int

        init(size: Int) {
            bits = Int(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64))
            self.size = size
        }

        var address: UnsafeMutableRawPointer {
            guard let address = UnsafeMutableRawPointer(bitPattern: bits) else {
                preconditionFailure("\(size) bytes at no address")
            }
            return address
        }
    }
    private let free = Mutex<[Piece]>([])

    deinit { for piece in free.withLock({ $0 }) { piece.address.deallocate() } }

    func take(_ size: Int) -> Piece {
        if let piece = free.withLock({ $0.popLast() }) {
            if piece.size >= size { return piece }
            piece.address.deallocate()
        }
        let piece = Piece(size: max(size, 64))
        preferLargePages(piece.address, piece.size)
        return piece
    }

    func give(_ piece: Piece) { free.withLock { $0.append(piece) } }
}
