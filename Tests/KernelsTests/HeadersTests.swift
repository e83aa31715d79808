import Foundation
import Testing

@testable import Kernels

/// The headers of C and the texts that are made of them.
struct HeadersTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/Kernels/C").standardized

    private static func headers(_ folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "h" }.sorted { $0.path < $1.path }
    }

    private static func embedded(_ header: URL) throws -> String {
        let parts = try String(contentsOf: header, encoding: .utf8).split(
            separator: "// Embedded from here on.\n", maxSplits: 1)
        return String(try #require(parts.last)).trimmingCharacters(in: .newlines)
    }

    @Test func textsAreThoseOfTheHeaders() throws {
        let source = try String(
            contentsOf: HeadersTests.folder.appending(path: "../Emit/Headers.swift"), encoding: .utf8)
        let texts = source.components(separatedBy: "#\"\"\"\n").dropFirst().map {
            $0.components(separatedBy: "        \"\"\"#")[0].split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? "" : String($0.dropFirst(8)) }.joined(separator: "\n")
                .trimmingCharacters(in: .newlines)
        }
        let headers =
            try HeadersTests.headers(HeadersTests.folder)
            + HeadersTests.headers(HeadersTests.folder.appending(path: "Matrices"))
        #expect(headers.count > 40)
        #expect(texts.count == headers.count, "run Scripts/embed")
        for (header, text) in zip(headers, texts) {
            #expect(try HeadersTests.embedded(header) == text, "\(header.lastPathComponent): run Scripts/embed")
        }
    }

    @Test func headersOfMatricesListTheirIncludes() throws {
        for header in try HeadersTests.headers(HeadersTests.folder.appending(path: "Matrices")) {
            let own = Header.matrices.first { $0.name == header.deletingPathExtension().lastPathComponent }
            let text = try String(contentsOf: header, encoding: .utf8)
            for name in Header.matrices.map(\.name) {
                let includes = text.contains("#include \"\(name).h\"")
                #expect(own?.includes.contains(name) == includes, "\(header.lastPathComponent): run Scripts/embed")
            }
        }
    }

    @Test func everyHeaderCompilesByItself() throws {
        for folder in [HeadersTests.folder, HeadersTests.folder.appending(path: "Matrices")] {
            for header in try HeadersTests.headers(folder) {
                try compile(["-x", "c", "-fsyntax-only", "-Wno-pragma-once-outside-header", header.path])
            }
        }
    }

    @Test func otherTypesReplaceLettersBehindUnderscores() {
        let header = Header(text: "t_d cast_l_d(t_l a_data, t_d d) { return from_l(a_data); }")
        #expect(
            header.text(["d": "D", "l": "L"]) == "t_D cast_L_D(t_L a_data, t_D d) { return from_L(a_data); }")
    }

    @Test func routinesBringTheirIncludes() {
        #expect(
            Header.matrices(for: "sqrtm_d(n, a, x, 0);").map(\.name) == [
                "wideVectors", "eigenRows", "crossProduct", "sqrtm",
            ])
        #expect(Header.matrices(for: "sqrt_d(x)").isEmpty)
    }
}
