import Tensors
import Testing

@Suite struct SearchTests {
    @Test func insertionIndicesCountWhatIsBefore() {
        for count in [0, 1, 2, 3, 4, 7, 8, 9, 20] {
            let sorted = (0..<count).map { Double($0 / 2) }
            let values = stride(from: -1.0, through: 11, by: 0.5).map { $0 }
            let (below, notAbove) = (
                Tensor(sorted).insertionIndices(of: Tensor(values)),
                Tensor(sorted).insertionIndices(of: Tensor(values), including: true)
            )
            #expect(below.integers == values.map { value in sorted.count { $0 < value } })
            #expect(notAbove.integers == values.map { value in sorted.count { $0 <= value } })
        }
    }
}
