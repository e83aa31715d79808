import Foundation
import Testing

/// How often the compiler is called, by the tool as its users run it.
@Suite struct CompilationTests {
    /// A compiler that writes a line for each of its runs that compile, with the half that it makes.
    private static func counting(in folder: Folder) throws -> [String: String] {
        let script = """
            #!/bin/sh
            case " $* " in *' -c '*)
              for word; do case "$word" in -DHALF=*) echo "$word" >> '\(folder.path)/runs' ;; esac; done ;;
            esac
            exec clang "$@"

            """
        try folder.write(script, to: "compiler")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: "\(folder.path)/compiler")
        return ["APUS_COMPILER": "\(folder.path)/compiler", "APUS_CACHE": "\(folder.path)/cache"]
    }

    private static func configuration(_ members: [Int], cycles: Int) -> String {
        let methods = members.map { "  - {name: etkf\($0), method: etkf, members: \($0), inflation: 1.02, rotates: 1}" }
        return """
            experiment: twin
            name: sweep
            setting: sakov2008
            cycles: \(cycles)
            spinup: 20
            seeds: {tuning: 1, test: 2}
            methods:
            \(methods.joined(separator: "\n"))

            """
    }

    /// Another ensemble size is another program that calls the same routines; another length is the same program.
    @Test func sweepsShareTheirCode() throws {
        let folder = try Folder()
        let environment = try Self.counting(in: folder)
        func compilations(_ members: [Int], cycles: Int) throws -> (programs: Int, routines: Int) {
            try folder.write("", to: "runs")
            try folder.write(Self.configuration(members, cycles: cycles), to: "sweep.yaml")
            let ending = try Tool.run(
                "compare", "sweep.yaml", "--output", "out", "--force", "--quiet", in: folder, environment: environment)
            #expect(ending.status == 0, "\(ending.errors)")
            let lines = String(decoding: try folder.read("runs"), as: UTF8.self).split(separator: "\n")
            return (lines.count { $0 != "-DHALF=2" }, lines.count { $0 == "-DHALF=2" })
        }
        let first = try compilations([10], cycles: 300)
        #expect(first.programs > 0 && first.routines > 0)
        // One program for each size; at some size large matrices take other routines.
        let sizes = try compilations([10, 20, 40], cycles: 300)
        #expect(sizes.programs == 2 && sizes.routines <= 1, "\(sizes)")
        for cycles in [257, 700] { #expect(try compilations([10, 40], cycles: cycles) == (0, 0)) }
    }

    @Test func stagesOfCompiledFunctionsAreLogged() throws {
        let folder = try Folder()
        try folder.write(Self.configuration([4], cycles: 40), to: "sweep.yaml")
        let log = "\(folder.path)/programs"
        let ending = try Tool.run(
            "compare", "sweep.yaml", "--output", "out", "--quiet", in: folder, environment: ["APUS_LOG": log])
        #expect(ending.status == 0, "\(ending.errors)")
        let text = String(decoding: try folder.read("programs"), as: UTF8.self)
        for heading in ["Function 1: ", "\nRecorded\n", "\nSimplified\n", "\nSchedule\n", "\nCode\n"] {
            #expect(text.contains(heading), "no \(heading)")
        }
    }
}
