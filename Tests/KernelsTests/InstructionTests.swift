import Foundation
import Tensors
import Testing

@testable import Kernels

/// The instructions of the inner loop of a kernel, for a processor and by kind, as they are checked in for one version
/// of the compiler: what noise of a measurement cannot hide.
///
/// `Scripts/instructions` writes the file anew, for another compiler or after a change that is meant.
struct Instructions: Codable, Equatable {
    var compiler: String
    /// By kernel, processor and mnemonic.
    var counts: [String: [String: [String: Int]]] = [:]
    /// By kernel: what a call executes on AVX2, as callgrind counts.
    var executed: [String: Int]?

    static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Data/instructions.json")
    static let saved = try? JSONDecoder().decode(Instructions.self, from: Data(contentsOf: file))
    static let isWriting = ProcessInfo.processInfo.environment["APUS_WRITE_INSTRUCTIONS"] != nil

    /// The first line that the compiler says of itself.
    static let version: String = {
        guard let compiler = try? Compiler(Settings.ofProcess) else { return "no compiler" }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: compiler.path)
        process.arguments = ["--version"]
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return "a compiler that does not run" }
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").first.map(String.init) ?? "a compiler of no version"
    }()

    static let callgrind = ["/usr/bin/valgrind", "/usr/local/bin/valgrind"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    static let reason: Comment =
        """
        the counts are of \(saved?.compiler ?? "no compiler"), this is \(version): Scripts/instructions writes them anew
        """
}

/// A kernel that much work spends its time in.
private struct Kernel: Sendable {
    let name: String
    let program: Program
    /// The function of the inner loop for a number of rows of tiles; any function without it.
    var function: (@Sendable (Int) -> String)?

    static let all = [
        Kernel(name: "product, double", program: ProcessorCodeTests.product) { "tile_d_\($0)_2" },
        Kernel(
            name: "product, single",
            program: Program.tracing([Signature([512, 512], .float32), Signature([512, 512], .float32)]) {
                [$0[0].matrixProduct($0[1])]
            }
        ) { "tile_f_\($0)_2" },
        Kernel(name: "Runge-Kutta step along the state", program: ProcessorCodeTests.step),
        Kernel(
            name: "Runge-Kutta step across members",
            program: Program.tracing([Signature([1000, 3])]) { inputs in
                let step = { (x: Tensor) -> Tensor in
                    func tendency(_ x: Tensor) -> Tensor {
                        let next = x.rolled(by: -1)
                        return next * x.rolled(by: 1) - x + 0.1 * next
                    }
                    let a = tendency(x)
                    return x + 0.01 * tendency(x + 0.005 * a)
                }
                return [
                    vmap { (x: Tensor) in
                        scan(over: Nothing(), from: x, count: 50) { x, _ in (step(x), Nothing()) }.final
                    }(inputs[0])
                ]
            }),
        Kernel(name: "product in place, double", program: ProcessorCodeTests.product) { "tileInPlace_d_\($0)_2" },
        Kernel(
            name: "sum of squares",
            program: Program.tracing([Signature([64, 4096])]) { [$0[0].squared().sum(axes: [-1])] }),
    ]

    func instructions(_ target: Target) throws -> [String] {
        let functions = try assembly(program, target)
        if let function {
            let name = function(target.rows)
            return innermostLoop(try #require(functions[name], "\(functions.keys.sorted())"))
        }
        return functions.sorted { $0.key < $1.key }.map { innermostLoop($0.value) }.max {
            $0.count(where: isMultiplyAdd) < $1.count(where: isMultiplyAdd)
        } ?? []
    }
}

@Suite(.enabled(if: (try? Compiler(Settings.ofProcess)) != nil)) struct InstructionTests {
    private static func counted() throws -> Instructions {
        var result = Instructions(compiler: Instructions.version)
        for kernel in Kernel.all {
            for target in Target.all {
                let loop = try kernel.instructions(target)
                let mnemonics = loop.filter { $0.hasPrefix("\t") && !$0.hasPrefix("\t.") && !$0.hasPrefix("\t#") }
                    .compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) }
                let counts = Dictionary(mnemonics.map { ($0, 1) }, uniquingKeysWith: +)
                result.counts[kernel.name, default: [:]][target.name] = counts
                #expect(loop.contains(where: isMultiplyAdd), "\(kernel.name), \(target.name): no loop was found")
                let spills = loop.filter(isSpill)
                #expect(spills.isEmpty, "\(kernel.name), \(target.name): \(spills)")
            }
        }
        return result
    }

    /// The instructions that a call of each kernel executes on AVX2.
    private static func executed() throws -> [String: Int] {
        try Dictionary(uniqueKeysWithValues: Kernel.all.map { ($0.name, try executedInstructions($0.program, .avx2)) })
    }

    /// Loops around the innermost ones too: what the counts of the assembly leave out.
    @Test(
        .enabled(if: Instructions.saved?.compiler == Instructions.version, Instructions.reason),
        .enabled(if: Instructions.callgrind != nil && !Instructions.isWriting, "valgrind is not installed"))
    func callsExecuteAsManyInstructionsAsCheckedIn() throws {
        let saved = try #require(Instructions.saved?.executed)
        for (kernel, count) in try Self.executed() {
            let before = try #require(saved[kernel])
            #expect(abs(count - before) * 100 <= 3 * before, "\(kernel): \(before) → \(count)")
        }
    }

    @Test(
        .enabled(
            if: Instructions.isWriting || Instructions.saved?.compiler == Instructions.version, Instructions.reason))
    func innerLoopsAreAsCheckedIn() throws {
        var now = try Self.counted()
        if Instructions.isWriting {
            now.executed =
                Instructions.callgrind == nil ? Instructions.saved?.executed : try Self.executed()
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return try encoder.encode(now).write(to: Instructions.file)
        }
        let saved = try #require(Instructions.saved)
        #expect(now.counts.keys.sorted() == saved.counts.keys.sorted())
        for (kernel, targets) in now.counts {
            for (target, counts) in targets {
                let before = saved.counts[kernel]?[target]
                #expect(counts == before, "\(kernel), \(target): \(counts.changes(from: before ?? [:]))")
            }
        }
    }
}

extension [String: Int] {
    /// What differs, one kind of instruction after the other.
    fileprivate func changes(from other: [String: Int]) -> String {
        Set(keys).union(other.keys).sorted().filter { self[$0] != other[$0] }
            .map { "\($0) \(other[$0] ?? 0) → \(self[$0] ?? 0)" }.joined(separator: ", ")
    }
}
