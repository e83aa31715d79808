import Synchronization
import Tensors

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes the stages of every function that is compiled, where the variable `APUS_LOG` asks for it.
///
/// Its value is a file, to which they are appended, or `-` for standard error: the program as recorded, simplified, its
/// schedule and the C of the program itself, under a number and the shapes of the arguments.
enum ProgramLog {
    private static let destination = environmentValue("APUS_LOG")
    private static let count = Mutex(0)

    static func append(_ recorded: Program) {
        guard let destination else { return }
        let explanation = Explanation(recorded)
        let stages = [
            ("Recorded", explanation.recorded.description), ("Simplified", explanation.simplified.description),
            ("Schedule", explanation.schedule), ("Code", explanation.code),
        ]
        count.withLock { count in
            count += 1
            let title = "Function \(count): \(recorded.inputs)"
            let text = ([title] + stages.map { "\($0)\n\($1)" }).joined(separator: "\n\n") + "\n\n"
            guard let file = fopen(destination == "-" ? "/dev/stderr" : destination, "a") else { return }
            fputs(text, file)
            fclose(file)
        }
    }
}
