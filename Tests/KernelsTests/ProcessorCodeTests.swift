import Tensors
import Testing

@testable import Kernels

/// Code for processors other than the one at hand, by the assembly that the compiler makes of it.
@Suite(.enabled(if: (try? Compiler(Settings.ofProcess)) != nil)) struct ProcessorCodeTests {
    static let product = Program.tracing([Signature([512, 512]), Signature([512, 512])]) {
        [$0[0].matrixProduct($0[1])]
    }

    @Test(arguments: Target.all) func tilesOfProductsStayInRegisters(_ target: Target) throws {
        let functions = try assembly(Self.product, target)
        let tile = try #require(functions["tile_d_\(target.rows)_2"], "\(functions.keys.sorted())")
        let loop = innermostLoop(tile)
        let products = loop.filter(isMultiplyAdd)
        #expect(products.count.isMultiple(of: 2 * target.rows) && !products.isEmpty)
        #expect(products.allSatisfy { $0.contains(target.register) }, "\(products)")
        #expect(loop.filter(isSpill).isEmpty, "\(loop.filter(isSpill))")
        if let narrower = target.narrower { #expect(!loop.contains { $0.contains(narrower) }) }
    }

    /// One step of the fourth-order Runge–Kutta method for the waves of Lorenz 1996.
    static let step = Program.tracing([Signature([960])]) { inputs in
        func tendency(_ x: Tensor) -> Tensor { (x.rolled(by: -1) - x.rolled(by: 2)) * x.rolled(by: 1) - x + 8 }
        let (x, h) = (inputs[0], 0.05)
        let a = tendency(x)
        let b = tendency(x + h / 2 * a)
        let c = tendency(x + h / 2 * b)
        return [x + h / 6 * (a + 2 * b + 2 * c + tendency(x + h * c))]
    }

    /// A row of 40 is five vectors of eight: nothing is gathered across rows.
    @Test(arguments: Target.all) func rowsAreReadAsTheyLie(_ target: Target) throws {
        let program = Program.tracing([Signature([100_000, 40]), Signature([40])]) { [$0[0] - $0[1]] }
        let functions = try assembly(program, target)
        let odd = functions.values.joined().filter { $0.contains("gather") || $0.contains("scatter") }
        #expect(odd.isEmpty, "\(odd)")
    }

    @Test(arguments: Target.all) func loopsOverElementsHaveFullWidth(_ target: Target) throws {
        let functions = try assembly(Self.step, target)
        let loop =
            functions.values.map(innermostLoop).max { $0.count(where: isMultiplyAdd) < $1.count(where: isMultiplyAdd) }
            ?? []
        let products = loop.filter(isMultiplyAdd)
        #expect(!products.isEmpty && products.allSatisfy { $0.contains(target.register) }, "\(loop)")
        #expect(loop.filter(isSpill).isEmpty, "\(loop)")
    }
}
