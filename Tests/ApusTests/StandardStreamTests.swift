import Foundation
import Testing

/// Standard streams that are full, closed or not read to their end.
@Suite struct StandardStreamTests {
    private static let twin = """
        experiment: twin
        name: small
        output: twin
        model: {name: lorenz96, variables: 8}
        cycles: 20
        spinup: 5
        seeds: {tuning: 1, test: 2}
        methods: [{method: learned-gain, scale: 0.02, steps: 8, truncation: 4}]

        """

    /// Every command that prints, on a folder whose work is done.
    private static let commands = [
        "--help", "--version", "run --help", "--generate-completion-script bash", "list", "list --json", "help keys",
        "help keys twin --json",
        "explain lorenz63", "explain lorenz63 --tangent", "explain lorenz63 --code", "explain lorenz63 --json",
        "run config.yaml --resume --quiet", "run config.yaml --resume --quiet --json",
        "train twin.yaml --resume --quiet",
        "compare twin.yaml --quiet", "compare twin.yaml --quiet --json",
    ]

    private func folder() throws -> Folder {
        let folder = try SmallExperiment.folder(SmallExperiment.structural)
        try folder.write(Self.twin, to: "twin.yaml")
        for command in ["run config.yaml --quiet", "compare twin.yaml --quiet"] {
            let ending = try Tool.start(command.split(separator: " ").map(String.init), in: folder).wait()
            #expect(ending.status == 0, "\(ending.errors)")
        }
        return folder
    }

    private func run(_ command: String, _ redirection: String, in folder: Folder) throws -> Tool.Ending {
        try Running("/bin/sh", ["-c", "trap '' XFSZ; exec \"\(Tool.path)\" \(command) \(redirection)"], in: folder)
            .wait()
    }

    @Test func unwritableOutputIsReported() throws {
        let folder = try folder()
        for command in Self.commands {
            for (redirection, reason) in [
                ("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor"),
                ("<&- >&-", "Bad file descriptor"), ("1< /dev/null", "Bad file descriptor"),
            ] {
                let ending = try run(command, redirection, in: folder)
                #expect(
                    ending.status == 74 && !ending.isSignalled
                        && ending.errors == "apus: standard output: cannot write: \(reason)\n",
                    "\(command) \(redirection): \(ending.status) \(ending.errors)")
            }
        }
        // What was there before is still whole.
        expectCompleteFiles(in: folder)
        #expect(folder.holds("out/results.json") && folder.holds("twin/results.json"))
    }

    /// A file that would take the number of the closed stream would get its text.
    @Test func aClosedOutputIsNoFileOfTheRun() throws {
        let (closed, open) = (try SmallExperiment.folder(), try SmallExperiment.folder())
        #expect(try run("run config.yaml", "<&- >&- 2>&-", in: closed).status == 74)
        #expect(try Tool.run("run", "config.yaml", "--quiet", in: open).status == 0)
        for name in SmallExperiment.results {
            #expect(try closed.read("out/\(name)") == open.read("out/\(name)"), "\(name)")
        }
    }

    @Test func aClosedErrorStreamIsNoTrap() throws {
        let folder = try folder()
        for redirection in ["2>&-", "2> /dev/full", "<&- 2>&-"] {
            for (command, status) in [
                ("run nothing.yaml", Int32(66)), ("rum", 64), ("list", 0), ("run config.yaml", 73),
                ("run config.yaml --force", 0),
            ] {
                let ending = try run(command, redirection, in: folder)
                #expect(ending.status == status && !ending.isSignalled, "\(command) \(redirection): \(ending.status)")
            }
        }
    }

    @Test func aLimitOnFilesIsAFullDisk() throws {
        let folder = try folder()
        for command in ["list", "explain lorenz96-rk4 --code"] {
            let script = "ulimit -f 1; exec \"\(Tool.path)\" \(command) > short"
            let ending = try Running("/bin/bash", ["-c", script], in: folder).wait()
            #expect(ending.status == 74 && ending.errors == "apus: standard output: cannot write: File too large\n")
        }
    }

    /// `apus list | head -1` is silent; where signals of pipes are ignored the pipe's end is an error like any other.
    @Test func aPipeThatNobodyReadsIsSilent() throws {
        for start in ["", "trap '' PIPE; "] {
            let script = "\(start)(\"\(Tool.path)\" explain lorenz96 --adjoint --code; echo $? > status) | head -1"
            let folder = try Folder()
            let ending = try Running("/bin/bash", ["-c", script], in: folder).wait()
            #expect(ending.errors.isEmpty && ending.lines.isEmpty && ending.output == "Recorded\n")
            let status = String(decoding: try folder.read("status"), as: UTF8.self)
            #expect(["141\n", "0\n"].contains(status), "\(status)")
        }
    }
}
