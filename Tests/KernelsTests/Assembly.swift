import Foundation
import Tensors
import Testing

@testable import Kernels

/// A processor that code is emitted for, on whatever machine the tests run.
struct Target: Sendable, CustomTestStringConvertible {
    let name: String
    let flags: [String]
    /// How its assembly names a register of full width, and a narrower one.
    let register: String
    let narrower: String?
    /// Rows of the largest tile.
    let rows: Int
    let registers: VectorRegisters

    var testDescription: String { name }

    static let avx2 = Target(
        name: "AVX2", flags: ["--target=x86_64-linux-gnu", "-march=x86-64-v3"] + VectorWidth.flags(nil),
        register: "%ymm", narrower: nil, rows: 6, registers: VectorRegisters(count: 16, width: 32))

    static let all = [
        avx2,
        Target(
            name: "AVX-512 at 512 bits",
            flags: ["--target=x86_64-linux-gnu", "-march=sapphirerapids"] + VectorWidth.flags(nil),
            register: "%zmm", narrower: "%ymm", rows: 12,
            registers: VectorRegisters(count: 32, width: 64)),
        Target(
            name: "AVX-512 at 256 bits",
            flags: ["--target=x86_64-linux-gnu", "-march=sapphirerapids"] + VectorWidth.flags(.bits256),
            register: "%ymm", narrower: nil, rows: 6, registers: VectorRegisters(count: 32, width: 32)),
        Target(
            name: "AVX-512 of AMD", flags: ["--target=x86_64-linux-gnu", "-march=znver4"] + VectorWidth.flags(nil),
            register: "%zmm", narrower: "%ymm", rows: 12,
            registers: VectorRegisters(count: 32, width: 64)),
        Target(
            name: "NEON", flags: ["--target=aarch64-linux-gnu", "-mcpu=neoverse-n1"], register: "v", narrower: nil,
            rows: 6, registers: VectorRegisters(count: 32, width: 16)),
    ]
}

/// The assembly of a program for a processor, by function.
func assembly(_ program: Program, _ target: Target) throws -> [String: [String]] {
    try withFolder { folder in
        let (source, output) = (folder.appending(path: "program.c"), folder.appending(path: "program.s"))
        try Explanation(program, registers: target.registers).source.write(
            to: source, atomically: false, encoding: .utf8)
        try compile(["-O3", "-S"] + target.flags + [source.path, "-o", output.path])
        return functions(try String(contentsOf: output, encoding: .utf8))
    }
}

/// How many instructions a call of a program executes on a processor that valgrind knows.
func executedInstructions(_ program: Program, _ target: Target) throws -> Int {
    try withFolder { folder in
        let (source, output) = (folder.appending(path: "program.c"), folder.appending(path: "program"))
        let counts = folder.appending(path: "counts")
        let explanation = Explanation(program, registers: target.registers)
        try (explanation.source + explanation.mainFunction).write(to: source, atomically: false, encoding: .utf8)
        try compile(["-O3"] + target.flags + [source.path, "-lm", "-o", output.path])
        try run(
            try #require(Instructions.callgrind),
            ["--tool=callgrind", "--toggle-collect=apus_run", "--callgrind-out-file=\(counts.path)", output.path])
        let lines = try String(contentsOf: counts, encoding: .utf8).split(separator: "\n")
        let total = try #require(lines.last { $0.hasPrefix("totals:") || $0.hasPrefix("summary:") })
        let count = try #require(Int(total.split(separator: " ").last ?? ""))
        return try #require(count > 0 ? count : nil)
    }
}

extension Explanation {
    /// A program's start in C, which calls the code once with arrays of numbers between 0.1 and 0.7.
    fileprivate var mainFunction: String {
        func arrays(_ name: String, _ signatures: [Signature]) -> String {
            signatures.enumerated().map { number, signature in
                let type = signature.type == .float32 ? "float" : "double"
                let count = max(signature.shape.elementCount, 1)
                return """
                      \(type) *\(name)\(number) = \(name)[\(number)] = aligned_alloc(64, \((count * 8 + 127) / 64 * 64));
                      for (long i = 0; i < \(count); i++) \(name)\(number)[i] = 0.1 * (1 + i % 7);

                    """
            }.joined()
        }
        let inputs = simplified.inputs + emitted.constants.map { Signature($0.shape, $0.type) }
        return """

            void *aligned_alloc(unsigned long, unsigned long);
            static void serial(long parts, void (*body)(void *, long), void *context) { for (long i = 0; i < parts; i++) body(context, i); }
            int main(void) {
              void *in[\(inputs.count + 1)], *out[\(emitted.outputs.count + 1)];
            \(arrays("in", inputs))\(arrays("out", emitted.outputs))
              struct apus_runtime runtime = {0, 0, serial};
              // Never within `main`, where callgrind would not find it.
              int (*volatile run)(const struct apus_runtime *, const void *const *, void *const *, char *, long) = apus_run;
              return run(&runtime, (const void *const *)in, out, aligned_alloc(64, \(emitted.scratchSize + 64)), 1);
            }

            """
    }
}

private func withFolder<R>(_ body: (URL) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "apus-assembly-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

func compile(_ arguments: [String]) throws {
    try run(try #require(try Compiler(Settings.ofProcess)).path, Compiler.languageFlags + arguments)
}

private func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(program) \(arguments)")
}

private func functions(_ assembly: String) -> [String: [String]] {
    var functions: [String: [String]] = [:]
    var name: String?
    for line in assembly.split(separator: "\n") {
        if let first = line.first, first.isLetter, let colon = line.firstIndex(of: ":") {
            name = String(line[..<colon])
        }
        if line.hasPrefix(".Lfunc_end") { name = nil }
        if let name { functions[name, default: []].append(String(line)) }
    }
    return functions
}

/// The loop of a function that holds the most fused multiply-adds: from a label to the last jump back to it.
func innermostLoop(_ lines: [String]) -> [String] {
    func multiplyAdds(_ lines: some Sequence<String>) -> Int { lines.count(where: isMultiplyAdd) }
    var best: [String] = []
    for (start, line) in lines.enumerated() where line.hasPrefix(".L") {
        let label = String(line.prefix { $0 != ":" })
        guard
            let end = lines.indices.last(where: {
                $0 > start && lines[$0].hasPrefix("\t")
                    && lines[$0].split(whereSeparator: \.isWhitespace).last.map(String.init) == label
            })
        else { continue }
        let loop = Array(lines[start...end])
        // A loop that holds another is not the innermost.
        let isInnermost = !loop.dropFirst().contains {
            $0.hasPrefix(".L") && $0.contains(":") && !$0.hasPrefix(".Ltmp")
        }
        if isInnermost, multiplyAdds(loop) > multiplyAdds(best) { best = loop }
    }
    return best
}

func isMultiplyAdd(_ line: String) -> Bool { line.hasPrefix("\tvfmadd") || line.hasPrefix("\tfmla") }

/// Memory relative to the stack: in a loop, a register that had to be stored.
func isSpill(_ line: String) -> Bool {
    line.contains("(%rsp") || line.contains("(%rbp") || line.contains("[sp")
}
