import RealModule

/// Threefry-2x64 with 20 rounds: a counter-based generator,
/// so that a key gives the same numbers on any number of threads.
///
/// Reference: Salmon, Moraes, Dror & Shaw, *Parallel random numbers: as easy as 1, 2, 3* (SC 2011).
func threefry(_ key: (UInt64, UInt64), _ counter: (UInt64, UInt64)) -> (UInt64, UInt64) {
    let keys = (key.0, key.1, 0x1BD1_1BDA_A9FC_1A22 ^ key.0 ^ key.1)
    var (a, b) = (counter.0 &+ keys.0, counter.1 &+ keys.1)
    @inline(__always) func mix(_ r: UInt64) {
        a = a &+ b
        b = ((b << r) | (b >> (64 - r))) ^ a
    }
    @inline(__always) func inject(_ x: UInt64, _ y: UInt64, _ round: UInt64) {
        a = a &+ x
        b = b &+ y &+ round
    }
    mix(16)
    mix(42)
    mix(12)
    mix(31)
    inject(keys.1, keys.2, 1)
    mix(16)
    mix(32)
    mix(24)
    mix(21)
    inject(keys.2, keys.0, 2)
    mix(16)
    mix(42)
    mix(12)
    mix(31)
    inject(keys.0, keys.1, 3)
    mix(16)
    mix(32)
    mix(24)
    mix(21)
    inject(keys.1, keys.2, 4)
    mix(16)
    mix(42)
    mix(12)
    mix(31)
    inject(keys.2, keys.0, 5)
    return (a, b)
}

func randomValue(_ draw: RandomDraw, _ x: [Tensor]) -> Storage {
    let words = x[0].integers
    let keys = (0..<(words.count / 2)).map {
        (UInt64(bitPattern: Int64(words[2 * $0])), UInt64(bitPattern: Int64(words[2 * $0 + 1])))
    }
    switch draw {
    case .uniform(let shape): return .float64(keys.flatMap { uniforms($0, shape.elementCount) })
    case .normal(let shape): return .float64(keys.flatMap { normals($0, shape.elementCount) })
    case .split(let count):
        return .int64(keys.flatMap { key in (0..<count).flatMap { pair(threefry(key, (UInt64($0), 1))) } })
    case .fold:
        return .int64(
            zip(keys, x[1].integers).flatMap { key, data in
                pair(threefry(key, (UInt64(bitPattern: Int64(data)), 2)))
            })
    }
}

private func pair(_ words: (UInt64, UInt64)) -> [Int] {
    [Int(truncatingIfNeeded: words.0), Int(truncatingIfNeeded: words.1)]
}

/// Two numbers in the open interval (0, 1) from counter `i`.
@inline(__always)
private func uniformPair(_ key: (UInt64, UInt64), _ i: Int) -> (Double, Double) {
    let words = threefry(key, (UInt64(i), 0))
    return (openUnit(words.0), openUnit(words.1))
}

/// The middle of one of 2⁵² intervals of (0, 1), exactly: a bit more would round the last of them to 1.
@inline(__always)
func openUnit(_ word: UInt64) -> Double { (Double(word >> 12) + 0.5) * 0x1p-52 }

private func uniforms(_ key: (UInt64, UInt64), _ count: Int) -> [Double] {
    pairs(count) { uniformPair(key, $0) }
}

/// Box and Muller's transform.
private func normals(_ key: (UInt64, UInt64), _ count: Int) -> [Double] {
    pairs(count) {
        let (u, v) = uniformPair(key, $0)
        let radius = (-2 * Double.log(u)).squareRoot()
        return (radius * Double.cos(2 * .pi * v), radius * Double.sin(2 * .pi * v))
    }
}

private func pairs(_ count: Int, _ draw: (Int) -> (Double, Double)) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(count + 1)
    for i in 0..<((count + 1) / 2) {
        let (a, b) = draw(i)
        result.append(a)
        result.append(b)
    }
    if result.count > count { result.removeLast() }
    return result
}
