import Formulas
import Foundation
import Tensors
import Testing

@Suite struct FormulaTests {
    private func value(_ text: String, _ names: [String: Double] = [:]) throws -> Double {
        let expression = try Formula(text)
        let kinds = names.mapValues { _ in ValueKind.number }
        #expect(try expression.kind(kinds) == .number)
        return expression.value(names.mapValues { Tensor($0) }, kinds).scalar
    }

    /// Values of Python's own evaluation of the same texts.
    @Test func valuesAreThoseOfPython() throws {
        let names = ["a": 1.5, "b": -2.0, "c": 0.25]
        let known: [(String, Double)] = [
            ("1 + 2 * 3", 7), ("-2^2", -4), ("2^3^2", 512), ("2^-1", 0.5), ("(1 + 2) * 3", 9), ("-a * b", 3),
            ("a - b - c", 3.25), ("a / b / c", -3), ("b^3", -8), ("b^-2", 0.25), ("a**2", 2.25), ("1e-3 * 2E2", 0.2),
            (".5 + 5.", 5.5), ("a < 2 and b < 0", 1), ("not a < 2 or c == 0.25", 1), ("a >= 2 or b != -2", 0),
            ("where(a > 1, 10, 20)", 10), ("min(a, b, c)", -2), ("max(a, b)", 1.5), ("clip(a, 0, 1)", 1),
            ("mod(7, 3)", 1), ("sign(b) + sign(a) + sign(0)", 0), ("abs(b)", 2), ("floor(a) + ceil(a)", 3),
            ("exp(a)", 4.4816890703380645), ("log(a)", 0.4054651081081644), ("sqrt(c)", 0.5),
            ("sin(a) * cos(a)", 0.07056000402993361), ("atan2(b, a)", -0.9272952180016122),
            ("tanh(c)", 0.24491866240370913), ("log10(100) + log2(8)", 5), ("2 * pi", 6.283185307179586),
            ("+a", 1.5), ("- - a", 1.5), ("a*-b", 3),
        ]
        for (text, expected) in known {
            let found = try value(text, names)
            #expect(abs(found - expected) < 1e-14, "\(text) is \(found), expected \(expected)")
        }
    }

    @Test(arguments: [
        ("a +", 3, "the end"), ("a + * b", 4, "'*'"), ("(a + b", 6, "the end"), ("a b", 2, "'b' after the end"),
        ("2a", 1, "a name behind the number"), ("a $ b", 2, "the character '$'"),
        ("a < b < c", 6, "a second comparison"),
        ("sin(a, b)", 0, "'sin' with 2 arguments"), ("sine(a)", 0, "the unknown function 'sine'"),
        ("a + bb", 4, "the unknown name 'bb'"), ("f(a, b", 6, "the end among"),
        ("shift(a, x: 1)", 6, "'shift' of a number"),
        ("a(b)", 0, "'a' in front of '('"), ("", 0, "the end"), ("exp(x: a)", 4, "the label 'x'"),
        ("where(a, b)", 0, "'where'"),
    ])
    func faultsHaveAPlace(text: String, offset: Int, problem: String) {
        do {
            let kinds = ["a": ValueKind.number, "b": .number, "c": .number]
            _ = try Formula(text).kind(kinds)
            Issue.record("\(text) has no fault")
        } catch {
            #expect(error.offset == offset && error.problem.contains(problem), "\(text): \(error)")
        }
    }

    @Test func deepTextsAreRefused() {
        let deep = String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000)
        #expect(throws: FormulaFault.self) { try Formula(deep) }
        #expect(throws: FormulaFault.self) { try Formula(String(repeating: "-", count: 100_000) + "1") }
        #expect(throws: FormulaFault.self) { try Formula(String(repeating: "2^", count: 100_000) + "1") }
    }

    @Test func fieldsAreShiftedByAxis() throws {
        let ring = ValueKind([Axis("x", length: 5, spacing: 0.5, isPeriodic: true)])
        let line = ValueKind([Axis("x", length: 5, spacing: 0.5)])
        let closed = ValueKind([Axis("x", length: 5, spacing: 0.5, boundary: .zero)])
        let u = Tensor([1, 4, 9, 16, 25])
        func of(_ text: String, _ kind: ValueKind) throws -> [Double] {
            try Formula(text).value(["u": u], ["u": kind]).values
        }
        #expect(try of("shift(u, x: 1)", ring) == [4, 9, 16, 25, 1])
        #expect(try of("shift(u, x: -2)", ring) == [16, 25, 1, 4, 9])
        #expect(try of("shift(u, x: 2)", line) == [9, 16, 25, 25, 25])
        #expect(try of("shift(u, x: -1)", closed) == [0, 1, 4, 9, 16])
        #expect(try of("ddx(u)", ring) == [-21, 8, 12, 16, -15])
        #expect(try of("laplacian(u)", line) == [12, 8, 8, 8, -36])
        #expect(try of("u - mean(u)", line) == [-10, -7, -2, 5, 14])
        #expect(try of("sum(u) + 0 * u", line) == [55, 55, 55, 55, 55])
    }

    @Test func fieldsOfTwoAxesHaveTheirOwn() throws {
        let kind = ValueKind([Axis("y", length: 2, isPeriodic: true), Axis("x", length: 3, isPeriodic: true)])
        let u = Tensor([1, 2, 3, 10, 20, 30], shape: [2, 3])
        func of(_ text: String) throws -> [Double] { try Formula(text).value(["u": u], ["u": kind]).values }
        #expect(try of("shift(u, x: 1, y: 1)") == [20, 30, 10, 2, 3, 1])
        #expect(try of("ddx(u)") == [-0.5, 1, -0.5, -5, 10, -5])
        #expect(try of("laplacian(u)") == [21, 36, 51, 12, -36, -84].map { $0 })
        let other = ValueKind([Axis("x", length: 6)])
        #expect(throws: FormulaFault.self) { try Formula("u + v").kind(["u": kind, "v": other]) }
        #expect(throws: FormulaFault.self) { try Formula("shift(u, z: 1)").kind(["u": kind]) }
    }
}
