import Tensors

extension Map where Input == Tensor, Output == Tensor {
    /// The largest Lyapunov exponents, descending: the mean rates at which small errors grow along
    /// directions that stay orthogonal.
    ///
    ///     Q R = M′(x) Q,   λ = mean of log diag R / interval
    ///
    /// with one step of the tangent-linear model and one factorization for every step of the model; a single compiled
    /// `scan`. Cost: of `count` tangents, and O(n count²), a step. References: Benettin, Galgani, Giorgilli & Strelcyn,
    /// *Lyapunov characteristic exponents for smooth dynamical systems*, Meccanica 15 (1980), 9–30; Lorenz (1996) for
    /// the predictability by the leading one.
    ///
    /// - Parameters:
    ///   - count: how many, at most as many as there are variables.
    ///   - start: a state `[n]`.
    ///   - interval: the time that one application of the map takes; its inverse is the exponents' unit.
    ///   - steps: over which the mean is taken, after `settling` others.
    /// - Returns: `[count]`; NaN where the model diverges.
    public func lyapunovExponents(
        _ count: Int, from start: Tensor, interval: Double, steps: Int, settling: Int = 1000, key: Key = Key(0)
    ) -> Tensor {
        precondition(
            start.rank == 1 && 1...start.count ~= count && steps > 0 && settling >= 0 && interval > 0,
            "\(count) exponents from \(start.signature), \(settling) + \(steps) steps of \(interval)")
        let directions = key.normal([count, start.count])
        let rates = scan(over: Nothing(), from: Pair(start, directions), count: settling + steps) { now, _ in
            let (state, rows) = (now.first, now.second)
            let moved = vmap { (row: Tensor) in jvp({ self($0) }, at: state, along: row).tangent }(rows)
            let (q, r) = moved.transposed.qr()
            return (Pair(self(state), q.transposed), r.diagonal().log())
        }.outputs
        return rates[settling..<(settling + steps)].mean(axes: [0]) / Tensor(interval)
    }
}
