/// The quantile of numbers in any order as ``sortedQuantile(_:_:)`` has it of sorted ones, without sorting them:
/// O(N). The numbers, none of which may be NaN, are left in another order.
func quantile(ofUnsorted numbers: inout [Double], _ probability: Double) -> Double {
    precondition(!numbers.isEmpty, "no numbers, no quantile")
    let position = probability * Double(numbers.count + 1) - 1
    return numbers.withUnsafeMutableBufferPointer { numbers in
        let lower = min(max(Int(position), 0), numbers.count - 1)
        numbers.select(lower)
        if position <= 0 || lower + 1 >= numbers.count { return numbers[lower] }
        // All that follow are at least as large.
        var next = numbers[lower + 1]
        for index in (lower + 2)..<max(lower + 2, numbers.count) { next = min(next, numbers[index]) }
        return numbers[lower] + (position - Double(lower)) * (next - numbers[lower])
    }
}

extension UnsafeMutableBufferPointer<Double> {
    /// Puts the number that sorting would put at `place` there, none larger before it and none smaller after it.
    ///
    /// Reference: Hoare, Commun. ACM 4 (1961), 321, with the median of three.
    fileprivate func select(_ place: Int) {
        var (first, last) = (0, count - 1)
        while first < last {
            let pivot = median(self[first], self[first + (last - first) / 2], self[last])
            var (i, j) = (first, last)
            while i <= j {
                while self[i] < pivot { i += 1 }
                while self[j] > pivot { j -= 1 }
                if i <= j {
                    swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if place <= j { last = j } else if place >= i { first = i } else { return }
        }
    }
}

private func median(_ a: Double, _ b: Double, _ c: Double) -> Double { max(min(a, b), min(max(a, b), c)) }
