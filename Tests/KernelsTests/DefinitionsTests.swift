import Testing

@testable import Kernels

/// What a program takes of the C that every program may start with.
struct DefinitionsTests {
    private let definitions = Definitions(
        """
        #define TWICE(x) ((x) + (x))
        typedef double number;
        // a comment; with ( and {
        static number half(number x) { return x / 2; } // half(1)
        static number quarter(number x) {
          return half(half(x));
        }
        #define ROOTS(T, X, sign) \\
          static T root_##X(T x) { return sign x; } \\
          static T cube_##X(T x) { return TWICE(x); }
        ROOTS(number, d, -) ROOTS(float, f, )
        enum { COUNT = 3, SIZE = 8 };
        """)

    private func used(by code: String) -> String {
        let text = definitions.completed(code).text
        #expect(text.hasSuffix(code))
        return String(text.dropLast(code.isEmpty ? 0 : code.count + 1))
    }

    private let number = "typedef double number;"
    private let half = "static number half(number x) { return x / 2; }"

    @Test func usedDefinitionsBringTheirDependencies() {
        #expect(used(by: "") == "")
        #expect(used(by: "halfway(0x1p3half) // half") == "")
        #expect(used(by: "half(1)") == number + "\n" + half)
        let quarter = "static number quarter(number x) {\n  return half(half(x));\n}"
        #expect(used(by: "quarter(1)") == [number, half, quarter].joined(separator: "\n"))
    }

    @Test func aFamilyIsTakenMemberByMember() {
        #expect(used(by: "root_f(1)") == "static float root_f(float x) { return  x; }")
        #expect(used(by: "root_d(1)") == number + "\nstatic number root_d(number x) { return - x; }")
        #expect(
            used(by: "cube_f(1)")
                == "#define TWICE(x) ((x) + (x))\nstatic float cube_f(float x) { return TWICE(x); }")
    }

    @Test func bothBranchesOfAConditionAreTaken() {
        let conditions = Definitions(
            """
            #define TWICE(X, by) static int twice_##X(int x) { return by * x; }
            #if FAST
            #define ONE 1
            TWICE(i, 2)
            #else
            #define ONE \\
              (1)
            TWICE(i, ONE + ONE)
            #endif
            static int other;
            """)
        #expect(
            conditions.completed("ONE").text == "#if FAST\n#define ONE 1\n#else\n#define ONE \\\n  (1)\n#endif\nONE")
        let twice = conditions.completed("twice_i(1)").text
        #expect(twice.contains("{ return 2 * x; }\n#else") && twice.contains("#else\n#define ONE"))
        #expect(twice.contains("{ return ONE + ONE * x; }\n#endif") && !twice.contains("other"))
        #expect(used(by: "SIZE").hasSuffix("enum { COUNT = 3, SIZE = 8 };"))
    }

    /// One source for both halves and for the whole: what calls routines must not need what is in them.
    @Test func routinesAreMadeInTheSecondHalf() {
        let routines = Definitions(
            """
            static __attribute__((noinline)) int inner(int x) { return x; }
            static __attribute__((noinline)) int outer(int x) { return inner(x); }
            static int between(int x) { return outer(x); }
            """)
        let (text, shared) = routines.completed("int run() { return between(1); }")
        #expect(shared != nil && routines.completed("int run() { return 1; }").routines == nil)
        #expect(routines.completed("int other() { return between(2) + 1; }").routines == shared)
        let inner = "#if HALF != 1\nstatic __attribute__((noinline)) int inner(int x) { return x; }\n#endif"
        let outer =
            "ROUTINE __attribute__((noinline)) int outer(int x) \n#if HALF == 1\n;\n#else\n{ return inner(x); }\n#endif"
        let rest =
            "static int between(int x) { return outer(x); }\n#if HALF != 2\nint run() { return between(1); }\n#endif\n"
        #expect(text.hasSuffix("#endif\n" + [inner, outer, rest].joined(separator: "\n")))
    }

    /// Where both halves take as long, the longest routines first go where there is less; what both need is in both.
    @Test func halvesAreBalanced() {
        let routines = Definitions(
            """
            static __attribute__((noinline)) int shared(int x) { return x; }
            static __attribute__((noinline)) int long_(int x) { return shared(x) + shared(x + 1) + shared(x + 2); }
            static __attribute__((noinline)) int short_(int x) { return shared(x) + 1; }
            """)
        let text = routines.completed("int run() { return long_(1) + short_(2); }", isBalanced: true).text
        #expect(text.contains("ROUTINE __attribute__((noinline)) int long_(int x) \n#if HALF == 1\n;"))
        #expect(text.contains("ROUTINE __attribute__((noinline)) int short_(int x) \n#if HALF == 2\n;"))
        #expect(text.contains("#endif\nstatic __attribute__((noinline)) int shared(int x) { return x; }\nROUTINE"))
    }

    @Test func unusedDefinitionsAreLeftOut() {
        let conditions = Prelude.completed("", lanes: 8).text
        #expect(conditions.split(separator: "\n").allSatisfy { $0.hasPrefix("#if") || $0.hasPrefix("#e") })
        let sine = Prelude.completed("sin_d(1)", lanes: nil).text
        #expect(sine.contains("turn_d(") && !sine.contains("turn_f(") && !sine.contains("exp_d("))
    }
}
