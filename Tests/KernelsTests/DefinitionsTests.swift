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
        #if defined(__clang__)
        #define FAST 1
        #else
        #define SLOW(x) \\
          half(x)
        #endif
        enum { COUNT = 3, SIZE = 8 };
        """)

    private let number = "typedef double number;"
    private let half = "static number half(number x) { return x / 2; }"

    @Test func whatIsUsedComesWithWhatItUses() {
        #expect(definitions.used(by: "") == "")
        #expect(definitions.used(by: "halfway(0x1p3half) // half") == "")
        #expect(definitions.used(by: "half(1)") == number + "\n" + half)
        let quarter = "static number quarter(number x) {\n  return half(half(x));\n}"
        #expect(definitions.used(by: "quarter(1)") == [number, half, quarter].joined(separator: "\n"))
    }

    @Test func aFamilyIsTakenMemberByMember() {
        #expect(definitions.used(by: "root_f(1)") == "static float root_f(float x) { return  x; }")
        #expect(definitions.used(by: "root_d(1)") == number + "\nstatic number root_d(number x) { return - x; }")
        #expect(
            definitions.used(by: "cube_f(1)")
                == "#define TWICE(x) ((x) + (x))\nstatic float cube_f(float x) { return TWICE(x); }")
    }

    @Test func aConditionIsTakenWhole() {
        let condition = "#if defined(__clang__)\n#define FAST 1\n#else\n#define SLOW(x) \\\n  half(x)\n#endif"
        #expect(definitions.used(by: "FAST") == [number, half, condition].joined(separator: "\n"))
        #expect(definitions.used(by: "SIZE") == "enum { COUNT = 3, SIZE = 8 };")
    }

    @Test func aConditionWithFunctionsIsTakenAlways() {
        let text = "#if FAST\nint twice(int x) { return 2 * x; }\n#endif"
        #expect(Definitions("int other;\n" + text).used(by: "") == text)
    }

    @Test func nothingOfWhatProgramsStartWithIsTakenInVain() {
        #expect(Prelude.text(lanes: nil, for: "") == "")
        #expect(Prelude.text(lanes: 8, for: "") == "")
        let sine = Prelude.text(lanes: nil, for: "sin_d(1)")
        #expect(sine.contains("turn_d(") && !sine.contains("turn_f(") && !sine.contains("exp_d("))
    }
}
