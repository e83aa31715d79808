import Tensors

/// A sum of two known vectors, a thousand times, each computed when it is written.
private func sum(_ count: Int) -> Prepared {
    let (a, b) = (uniform(1, [count]), uniform(2, [count]))
    return Prepared(run: { for _ in 0..<1000 { keep(a + b) } }, result: { (a + b).values })
}

let eagerRows: [String: @Sendable () -> Prepared] = ["eager/4": { sum(4) }, "eager/1024": { sum(1024) }]
