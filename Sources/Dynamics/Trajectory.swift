import Tensors

extension Map where Input == Output {
    /// The states after 1, 2, … `steps` applications of the map, time as a new first axis of every leaf; one `scan`.
    public func trajectory(from start: Input, steps: Int) -> Input {
        scan(over: Nothing(), from: start, count: steps) { state, _ in
            let next = self(state)
            return (next, next)
        }.outputs
    }
}

extension Tree {
    /// `self + time · tendency`, leaf by leaf.
    func advanced(_ time: Double, along tendency: Self) -> Self {
        combiningLeaves(tendency) { $0 + time * $1 }
    }
}
