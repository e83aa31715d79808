import Tensors
import Testing

/// A caller's bug stops the program, in optimised builds too,
/// with a message that names the operation and the offending shapes.
@Suite struct TrapTests {
    @Test func shapesThatDoNotBroadcast() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]) + Tensor.ones([4])
        }
        expectMessage(result, "add", "[2, 3]", "[4]")
    }

    @Test func matricesThatDoNotFit() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).matrixProduct(Tensor.ones([2, 3]))
        }
        expectMessage(result, "matrixProduct", "float64[2, 3], float64[2, 3]")
    }

    /// One line names the first row that differs; what was printed before is not lost.
    @Test func rowsOfUnequalLength() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent, \.standardOutputContent]
        ) {
            print("printed before")
            _ = Tensor(rows: (0..<731).map { [Double](repeating: 0, count: $0 == 3 ? 5 : 4) })
        }
        expectMessage(result, "Tensor(rows:): row 3 has 5 numbers, row 0 has 4")
        let errors = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(errors.count < 4000 && output.contains("printed before"), "\(output)")
    }

    @Test func anEmptyMaximum() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 0]).maximum(axes: [1])
        }
        expectMessage(result, "maximum", "[2, 0]", "empty axis")
    }

    @Test func theValueOfATracedTensor() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = vmap { (x: Tensor) in x.scalar > 0 ? x : -x }(Tensor([1, 2]))
        }
        expectMessage(result, "traced", "select", "scan")
    }

    @Test func anIndexOutsideTheAxis() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([1, 2, 3]).taking(Tensor(integers: [0, 3]))
        }
        expectMessage(result, "gather", "index 3", "axis 0 of length 3", "[2]")
    }

    @Test func aCarryThatChangesItsShape() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = scan(over: Tensor([1, 2]), from: Tensor(0)) { _, _ in (Tensor([1, 2]), Nothing()) }
        }
        expectMessage(result, "scan", "float64[]", "float64[2]")
    }

    @Test func aDirectionOfAnotherShape() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = jvp({ (x: Tensor) in x.sin() }, at: Tensor([1, 2, 3]), along: Tensor(1))
        }
        expectMessage(result, "jvp", "float64[3]", "float64[]")
    }

    @Test func aCotangentOfAnotherShape() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = vjp({ (x: Tensor) in x.sum() }, at: Tensor([1, 2, 3])).pullback(Tensor([1, 2, 3]))
        }
        expectMessage(result, "pullback", "float64[]", "float64[3]")
    }

    @Test func aNumberThatIsNoInteger() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([1, .nan]).cast(to: .int64)
        }
        expectMessage(result, "nan")
    }

    @Test func lettersThatDoNotFit() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = einsum("ij,jk->ik", Tensor.ones([2, 3]), Tensor.ones([4, 5]))
        }
        expectMessage(result, "ij,jk->ik", "[2, 3] and [4, 5]", "\"j\"")
    }

    @Test func aKernelOfOtherChannels() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([1, 3, 8]).convolution(Tensor.ones([2, 4, 3]))
        }
        expectMessage(result, "convolution", "float64[1, 3, 8]", "float64[2, 4, 3]")
    }

    @Test func anAxisTwice() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).sum(axes: [1, -1])
        }
        expectMessage(result, "sum", "[2, 3]", "[1, 1]")
    }

    @Test func aRightSideOfOtherRows() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.identity(3).triangularSolve(Tensor.ones([2, 1]))
        }
        expectMessage(result, "triangularSolve", "float64[3, 3], float64[2, 1]")
    }

    @Test func modesOfAnotherLength() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([3, 5, 2]).inverseRealFourier(length: 10)
        }
        expectMessage(result, "inverseRealFourier", "[3, 5, 2]", "[..., 6, 2]")
    }

    @Test func shapesThatDoNotStack() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.stacked([Tensor.ones([2]), Tensor.ones([3])])
        }
        expectMessage(result, "stacked", "[2]", "[3]")
    }

    fileprivate func expectMessage(_ result: ExitTest.Result?, _ words: String...) {
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        for word in words { #expect(message.contains(word), "\(message)") }
    }
}

extension TrapTests {
    @Test func aWhileLoopInReverse() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = gradient(of: { (x: Tensor) in
                whileLoop(from: x) {
                    $0 .< 9
                } do: {
                    $0 * 2
                }
            })(Tensor(1))
        }
        expectMessage(result, "whileLoop", "scan", "fixedPoint")
    }

    @Test func sidesOfDifferentShapes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = vmap { (x: Tensor) in
                cond(x .> 0) {
                    x
                } else: {
                    Tensor([1, 2])
                }
            }(Tensor([1, 2]))
        }
        expectMessage(result, "cond", "float64[]", "float64[2]")
    }

    @Test func theDerivativeOfACapturedConstant() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = gradient(of: { (w: Tensor) in
                customTangent { (x: Tensor) in
                    w * x
                } tangent: { _, _, dx in
                    w * dx
                }(Tensor(1))
            })(Tensor(2))
        }
        expectMessage(result, "customTangent", "argument")
    }

    @Test func batchesOfDifferentSizes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = vmap({ (x: Tensor, y: Tensor) in x + y }, in: (0, 1))(Tensor.ones([2, 3]), Tensor.ones([2, 3]))
        }
        expectMessage(result, "vmap", "[2, 3]")
    }
}
