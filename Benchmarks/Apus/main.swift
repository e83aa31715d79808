// Runs rows of the benchmark on demand, by the same commands as Benchmarks/peers/server.py:
//
//     prepare ROW         compile and run once            ok | missing
//     run ROW REPEATS     time that many runs             seconds, and those of all its threads together
//     system -            what computes                   the library of linear algebra, and the width of vectors
//     result ROW FILE     write what the row computes     ok

import Foundation
import Kernels
import Tensors

/// The time that all threads of this process have computed, in seconds.
private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

struct Server {
    private let rows = [
        lorenz96Rows, variationalRows, filterRows, jacobianRows, spectralRows, matrixRows, trainingRows, eagerRows,
        firstCallRows, learningRows, productRows, recurrenceRows,
    ]
    private var prepared: [String: Prepared] = [:]

    mutating func answer(_ words: [String]) -> String {
        guard words.count >= 2 else { return "error expected a command and a row" }
        if words[0] == "system" {
            return "\(LinearAlgebra.description ?? "no library of linear algebra"); \(MachineCode.description)"
        }
        let (command, name) = (words[0], words[1].replacingOccurrences(of: "_", with: " "))
        if command == "prepare" {
            guard let row = rows.lazy.compactMap({ $0[name] }).first else { return "missing" }
            prepared[name] = row()
            return "ok"
        }
        guard let row = prepared[name], words.count == 3 else { return "error \(name) is not prepared" }
        if command == "run", let repeats = Int(words[2]) {
            let start = processorSeconds()
            let time = ContinuousClock().measure { for _ in 0..<repeats { row.run() } }
            return "\(time / .seconds(1)) \(processorSeconds() - start)"
        }
        if command == "result" {
            let data = row.result().withUnsafeBytes { Data($0) }
            return FileManager.default.createFile(atPath: words[2], contents: data)
                ? "ok" : "error cannot write \(words[2])"
        }
        return "error unknown command \(command)"
    }
}

var server = Server()
while let line = readLine() {
    let text = server.answer(line.split(separator: " ").map(String.init))
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}
