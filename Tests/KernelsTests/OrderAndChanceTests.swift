import Testing

@testable import Kernels
@testable import Tensors

/// Orders and random numbers of machine code are those of the interpreter, alone and in lanes.
@Suite struct OrderAndChanceTests {
    private static let hasCompiler = compile(like: Tensor(1)) { $0 + 1 }.code != nil

    /// Compiles, and tells whether code does all of it.
    private func compiled<A: Tree, B: Tree>(like x: A, inLanes: Bool = false, _ f: @escaping (A) -> B) -> B {
        let program = compile(like: x, f)
        if Self.hasCompiler { #expect(program.code != nil, "interpreted") }
        #expect(program.code?.contains("runtime->interpret(") != true)
        if inLanes { #expect(program.code?.contains("#define LANES") != false) }
        return program(x)
    }

    /// Ties, numbers that are none, and signs of zero among them; one block of runs, several,
    /// and some that are not full.
    private func line(_ count: Int, _ type: ElementType) -> Tensor {
        let x = (4 * Key(count).normal([3, count, 2])).rounded() * 0.5
        let y = select(x .== 1, Tensor(floatLiteral: .nan), select(x .== 0, -x, x))
        return type.isReal ? y.cast(to: type) : x.cast(to: type)
    }

    @Test(arguments: [ElementType.float64, .float32, .int64, .bool], [1, 2, 7, 8, 9, 40, 100])
    func orders(_ type: ElementType, _ count: Int) {
        let x = line(count, type)
        let f = { (x: Tensor) in [x.argsort(axis: -2), x.argmax(axis: -2), x.argsort(axis: -1)] }
        for (a, b) in zip(compiled(like: x, f), f(x)) { #expect(a.integers == b.integers) }
        let batch = Tensor.stacked((0..<21).map { x.rolled(by: $0, axis: 1) })
        for (a, b) in zip(compiled(like: batch, inLanes: true, vmap(f)), f(batch)) { #expect(a.integers == b.integers) }
    }

    @Test func largeIntegersThatDifferByOneAreOrdered() {
        let x = Tensor(integers: [1 << 60, (1 << 60) + 1, 1 << 60])
        let f = { (x: Tensor) in [x.argsort(), x.argmax()] }
        for (a, b) in zip(compiled(like: x, f), f(x)) { #expect(a.integers == b.integers) }
        #expect(f(x)[0].integers == [0, 2, 1] && f(x)[1].integers == [1])
    }

    @Test func integersWrapAround() {
        let x = Tensor(integers: [.max, .min, -1, 3 << 61])
        let f = { (x: Tensor) in [x + x, x - x * x, x * x] }
        for (a, b) in zip(compiled(like: x, f), f(x)) { #expect(a.integers == b.integers) }
        let batch = Tensor.stacked([Tensor](repeating: x, count: 20))
        for (a, b) in zip(compiled(like: batch, inLanes: true, vmap(f)), vmap(f)(batch)) {
            #expect(a.integers == b.integers)
        }
    }

    /// Uniform numbers and keys to the bit, normal ones to rounding.
    @Test(arguments: [0, 1, 2, 63, 64, 65, 200]) func randomNumbers(_ count: Int) {
        let f = { (key: Key) in
            let keys = key.split(3)
            return Pair([keys[0].uniform([count]), keys[1].folding(7).words], keys[2].normal([count]))
        }
        func check(_ a: Pair<[Tensor], Tensor>, _ b: Pair<[Tensor], Tensor>) {
            for (a, b) in zip(a.first, b.first) { #expect(a.signature == b.signature && a.values == b.values) }
            #expect(a.second.signature == b.second.signature)
            #expect(zip(a.second.values, b.second.values).allSatisfy { abs($0 - $1) <= 4e-15 * max(1, abs($1)) })
        }
        check(compiled(like: Key(5), f), f(Key(5)))
        let keys = Key(words: Tensor.stacked((0..<21).map { Key($0).words }))
        check(compiled(like: keys, inLanes: true, vmap(f)), vmap(f)(keys))
    }

    /// Keys and numbers that are folded into them may each be the same for all.
    @Test func keysThatAreShared() {
        let f = { (x: [Tensor]) in Key(words: x[0]).folding(x[1]).uniform([3]) }
        let numbers = Tensor.range(21)
        let found = compiled(like: [Key(1).words, numbers], vmap(f, in: [nil, 0]))
        #expect(found.values == vmap(f, in: [nil, 0])([Key(1).words, numbers]).values)
    }

    /// Places that differ from one element of a batch to the next.
    @Test func placesThatDiffer() {
        let x = Key(1).normal([21, 5, 3])
        let places = (5 * Key(2).uniform([21, 4, 3])).floor().cast(to: .int64)
        let f = { (x: [Tensor]) in
            [
                x[0].gathered(x[1], axis: 0), x[1].cast(to: .float64).scatterAdded(x[1], axis: 0, size: 5),
                (x[0] .> 0).gathered(x[1], axis: 0), x[0].sorted(axis: 0), x[1].gathered(x[1].minimum(3), axis: 0),
            ]
        }
        for (a, b) in zip(compiled(like: [x, places], inLanes: true, vmap(f)), vmap(f)([x, places])) {
            #expect(a.signature == b.signature && a.values == b.values)
        }
        let one = x[0]
        let shared = { (places: Tensor) in one.gathered(places, axis: 0) }
        let found = compiled(like: places, inLanes: true, vmap(shared))
        #expect(found.values == vmap(shared)(places).values)
    }

    /// Numbers in the code are exact, also where a double is not.
    @Test func largeConstants() {
        for number in [Int.min, .max, (1 << 60) + 1, -7] {
            let constant = Tensor(integer: number)
            let f = { (x: Tensor) in [x + constant, x.maximum(constant), constant] }
            let x = Tensor(integers: [0, 1, -1])
            for (a, b) in zip(compiled(like: x, f), f(x)) { #expect(a.integers == b.integers) }
        }
    }

    /// A batch of quotients of integers is not for lanes.
    @Test func quotientsOfIntegers() {
        let x = Tensor(integers: (0..<40).map { $0 - 20 }, shape: [20, 2])
        let f = { (x: Tensor) in [x / Tensor(integers: [3]), x % Tensor(integers: [3]), Tensor(integers: [2]) + x] }
        let program = compile(like: x, vmap(f))
        for (a, b) in zip(program(x), vmap(f)(x)) { #expect(a.integers == b.integers) }
    }
}
