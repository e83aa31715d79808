import Tensors

/// A function of trees recorded once as a program, and run from that record ever after.
///
/// Known arguments run machine code, or the interpreter where there is no compiler; the two agree to rounding. Traced
/// arguments record the program into their graph, so that derivatives pass through it. Arguments must have the shapes
/// that the function was recorded for; another shape traps.
public struct Compiled<Input: Tree, Output: Tree>: Sendable {
    /// The program, simplified.
    public let program: Program
    private let output: Output
    /// Its machine code; nil where there is no compiler, and where tensors are captured that are not known yet.
    private let native: NativeProgram?
    /// Traced tensors of a transform around it, the last inputs of the program.
    private let captured: [Tensor]

    init(_ f: (Input) -> Output, like input: Input, calls: ExpectedCalls) {
        var structure: Output?
        let (recorded, captured) = Program.capturing(input.leaves.map(\.signature)) { leaves in
            let result = f(input.replacingLeaves(leaves))
            structure = result
            return result.leaves
        }
        ProgramLog.append(recorded)
        program = Simplify.all(recorded)
        native = captured.isEmpty ? NativeProgram(program, calls: calls) : nil
        self.captured = captured
        // The leaves of the structure are placeholders; `callAsFunction` replaces all of them.
        output = structure!.replacingLeaves(structure!.leaves.map { _ in Tensor.zeros() })
    }

    public func callAsFunction(_ x: Input) -> Output {
        let arguments = x.leaves + captured
        guard let native, arguments.allSatisfy(\.isPlain) else { return output.replacingLeaves(program.run(arguments)) }
        precondition(
            arguments.map(\.signature) == program.inputs,
            "a program of \(program.inputs) was given \(arguments.map(\.signature))")
        return output.replacingLeaves(native(arguments))
    }
}

/// The function as machine code for arguments shaped like `input`: it is traced once, and compiled unless its code is
/// kept from before.
///
/// What `f` captures is constant in the program; what shall change from call to call, a network that learns or a state
/// of an optimiser, belongs into its argument. Inside another transform it may capture what that transform traces: the
/// program is then recorded into the graph of the transform, and derivatives pass through what was captured too.
///
/// - Parameter calls: how often it will be called, about.
public func compile<A: Tree, B: Tree>(
    like input: A, calls: ExpectedCalls = .many, _ f: (A) -> B
) -> Compiled<A, B> { Compiled(f, like: input, calls: calls) }

/// How often a program is called, which decides the effort of its compilation.
public enum ExpectedCalls: Sendable {
    /// So few times that they take no longer than its compilation: that takes less than half of the time, and calls up
    /// to 5 % more.
    case few
    /// Again and again, as a step of a training is.
    case many
}

extension Map {
    /// The map as a recorded program for inputs shaped like `input`; its parameters are constants.
    public func compiled(like input: Input) -> Compiled<Input, Output> { compile(like: input) { self($0) } }
}

extension Compiled {
    /// The C that was compiled; nil where programs are interpreted.
    public var code: String? { native?.emitted.source }
}
