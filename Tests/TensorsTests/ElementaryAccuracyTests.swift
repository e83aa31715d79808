// The oracle is the C library in 80 bits, which only this processor has.
#if arch(x86_64)
    import Kernels
    import RealModule
    import Testing

    @testable import Tensors

    /// The elementary functions of compiled code against longer numbers, over all magnitudes,
    /// near zeros and at the ends.
    @Suite struct ElementaryAccuracyTests {
        struct Function: Sendable, CustomStringConvertible {
            let description: String
            let compiled: @Sendable (Tensor) -> Tensor
            let exact: @Sendable (Float80) -> Float80
            /// The units in the last place that it may be off.
            var units = 2.0
        }

        static let functions = [
            Function(description: "exp", compiled: { $0.exp() }, exact: { .exp($0) }),
            Function(description: "expMinusOne", compiled: { $0.expMinusOne() }, exact: { .expMinusOne($0) }),
            Function(description: "log", compiled: { $0.log() }, exact: { .log($0) }),
            Function(description: "logOnePlus", compiled: { $0.logOnePlus() }, exact: { .log(onePlus: $0) }),
            Function(description: "sin", compiled: { $0.sin() }, exact: { .sin($0) }),
            Function(description: "cos", compiled: { $0.cos() }, exact: { .cos($0) }),
            Function(description: "tanh", compiled: { $0.tanh() }, exact: { .tanh($0) }),
            Function(
                description: "logistic", compiled: { $0.logistic() },
                exact: { $0 < 0 ? .exp($0) / (1 + .exp($0)) : 1 / (1 + .exp(-$0)) }),
            Function(description: "erf", compiled: { $0.erf() }, exact: { .erf($0) }),
            Function(
                description: "power 0.5", compiled: { $0.power(0.5) },
                exact: { $0 == -.infinity ? .infinity : .sqrt($0) + 0 }),
            Function(
                description: "power 1.5", compiled: { $0.power(1.5) },
                exact: { $0 == -.infinity ? .infinity : (.sqrt($0) + 0) * $0.magnitude }),
            Function(description: "power 3", compiled: { $0.power(3) }, exact: { $0 * $0 * $0 }),
            Function(
                description: "power -0.5", compiled: { $0.power(-0.5) },
                exact: { $0 == -.infinity ? 0 : 1 / (.sqrt($0) + 0) }),
        ]

        /// Both signs of all magnitudes, the neighbourhood of multiples of π/2 and of log 2, and the ends.
        static func arguments(_ type: ElementType) -> [Double] {
            let exponents = type == .float64 ? (-1074)...1023 : (-149)...127
            var x: [Double] = [
                0, .infinity, .nan, type == .float64 ? .leastNonzeroMagnitude : 0x1p-149, 709.78, 88.72, -745.1, -103.9,
                18.7, 1,
            ]
            x += exponents.flatMap { e in [1, 1.37, 1.99].map { $0 * Double(sign: .plus, exponent: e, significand: 1) }
            }
            for k in 1...2000 {
                x += [
                    Double(k) * .pi / 2, Double(k * 97) * .pi / 2, Double(k) * 0.0173, 1 + Double(k) * 1e-4,
                    Double(k) * 0.6931471805599453,
                ]
            }
            x += stride(from: 0.0003, to: 3, by: 0.0017)
            return x.flatMap { [$0, -$0] }.map { type == .float64 ? $0 : Double(Float($0)) }
        }

        @Test(arguments: functions, [ElementType.float64, .float32])
        func errorsAreBelowTwoUnits(_ function: Function, _ type: ElementType) {
            let all = Self.arguments(type)
            let x = Tensor(all).cast(to: type)
            // Without the far arguments of sines, for which loops over elements are run again, and with them.
            let near = Tensor(all.filter { abs($0) < 3e5 }).cast(to: type)
            // Elements that move cannot be a batch in lanes.
            let moved: @Sendable (Tensor) -> Tensor = { function.compiled($0).rolled(by: 1, axis: 0) }
            for x in [x, near] {
                let (lanes, loop) = (compile(like: x, function.compiled), compile(like: x, moved))
                let isInterpreted = compile(like: x) { $0 + 1 }.code == nil
                #expect((loop.code == nil) == isInterpreted && (lanes.code == nil) == isInterpreted)
                check(function, x, lanes(x), "lanes")
                check(function, x, loop(x).rolled(by: -1, axis: 0), "loop")
            }
        }

        private func check(_ function: Function, _ x: Tensor, _ y: Tensor, _ place: String) {
            let (least, digits) = x.type == .float64 ? (-1074, 52) : (-149, 23)
            var worst = (error: Float80(0), at: 0.0, found: 0.0)
            for (x, y) in zip(x.values, y.values) {
                let exact = function.exact(Float80(x))
                let largest = Float80(
                    digits == 52 ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude))
                var error: Float80 = 0
                if y.isNaN || exact.isNaN {
                    error = y.isNaN == exact.isNaN ? 0 : .infinity
                } else if y.isInfinite {
                    error = exact.magnitude >= largest && (exact < 0) == (y < 0) ? 0 : .infinity
                } else {
                    let exponent = exact == 0 ? least : max(least, Int(exact.exponent) - digits)
                    error = (Float80(y) - exact).magnitude / Float80(sign: .plus, exponent: exponent, significand: 1)
                    if y == 0 && exact == 0 && y.sign != exact.sign { error = .infinity }
                }
                if error > worst.error { worst = (error, x, y) }
            }
            #expect(worst.error <= Float80(function.units), "\(function) in \(place): \(worst)")
        }
    }
#endif
