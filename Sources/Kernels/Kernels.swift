import Tensors

/// A map recorded once as a program, and run from that record ever after.
///
/// This is the place of native code: simplification, fusion, emission and loading of machine code will stand between the
/// record and the run. Until then the interpreter runs the program, and it stays as the oracle that native code is tested
/// against. A map is recorded for the shapes of `input`; another shape traps.
public struct CompiledMap<Base: Map>: Sendable {
    public let program: Program
    private let input: Base.Input
    private let output: Base.Output

    init(_ map: Base, like input: Base.Input) {
        self.input = input
        var structure: Base.Output?
        program = Program.tracing(input.leaves.map(\.signature)) { leaves in
            let result = map(input.replacingLeaves(leaves))
            structure = result
            return result.leaves
        }
        // The leaves of the structure are placeholders; `callAsFunction` replaces all of them.
        output = structure!.replacingLeaves(structure!.leaves.map { _ in Tensor.zeros() })
    }

    public func callAsFunction(_ x: Base.Input) -> Base.Output { output.replacingLeaves(program.run(x.leaves)) }
}

extension Map {
    /// The map as a recorded program for inputs shaped like `input`: no more tracing, and later native code.
    public func compiled(like input: Input) -> CompiledMap<Self> { CompiledMap(self, like: input) }
}
