import Kernels
import Tensors

/// Tracing, compiling and running, with the arguments at hand; each run does all of it.
private func first<A: Tree, B: Tree>(_ input: A, _ f: @escaping (A) -> B) -> Prepared {
    Prepared(run: { keep(compile(like: input, f)(input)) }, result: { compile(like: input, f)(input).numbers })
}

let firstCallRows: [String: @Sendable () -> Prepared] = [
    "first/variational": {
        let window = Window(steps: 10)
        return first(window.start, window.costAndGradient)
    },
    "first/filter": {
        let (observations, truth) = (read("observations", rows: 20), read("truth", rows: 20))
        return first(read("members")) { members in
            scan(over: Pair(observations, truth), from: members) { members, now in
                transformCycle(members, observation: now.first, truth: now.second)
            }.outputs
        }
    },
]
