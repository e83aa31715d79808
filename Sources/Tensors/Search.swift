/// Places in sorted vectors.
extension Tensor {
    /// The number of elements of this ascending vector that are less than each value, or, `including` equal ones, not
    /// greater: `[k]` integers for values `[k]`, by halving. Derivatives are zero.
    public func insertionIndices(of values: Tensor, including: Bool = false) -> Tensor {
        precondition(
            rank == 1 && values.rank == 1, "insertionIndices: vectors, not of the shapes \(shape) and \(values.shape)")
        var (found, reach) = (Tensor(integers: [Int](repeating: 0, count: values.count)), 1)
        if count == 0 { return found }
        while 2 * reach <= count { reach *= 2 }
        let (sorted, values) = (stoppingGradient, values.stoppingGradient)
        while reach > 0 {
            let next = found + Tensor(integer: reach)
            let element = sorted.taking(next.minimum(Tensor(integer: count)) - Tensor(integer: 1))
            let isPassed = including ? element .<= values : element .< values
            found = select((next .<= Tensor(integer: count)) .& isPassed, next, found)
            reach /= 2
        }
        return found
    }
}
