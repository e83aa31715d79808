import Foundation
import Testing

/// The pages of the tour: their programs as they are, what these print, configurations that run.
@Suite struct TourTests {
    private static let root = ModelFileTests.root
    private static let pages = ((try? FileManager.default.contentsOfDirectory(atPath: root.path + "/docs/tour")) ?? [])
        .filter { $0.hasSuffix(".md") && $0.first?.isNumber == true }.map { String($0.dropLast(3)) }.sorted()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    /// The text between two marks.
    private func part(_ page: String, _ start: String, _ end: String) throws -> String {
        let first = try #require(page.firstRange(of: start))
        let rest = page[first.upperBound...]
        return String(rest[..<(try #require(rest.firstRange(of: end)).lowerBound)])
    }

    @Test func everyProgramHasAPage() throws {
        let programs = try FileManager.default.contentsOfDirectory(atPath: Self.root.path + "/Examples/Tour")
            .filter { $0.first?.isNumber == true }.map { String($0.dropLast(6)) }.sorted()
        #expect(programs == Self.pages && programs.count >= 13)
        let contents = try text("docs/tour/README.md")
        for page in Self.pages { #expect(contents.contains("(\(page).md)"), "\(page) is not in the contents") }
    }

    @Test(arguments: pages) func aPageShowsItsProgramAndWhatItPrints(_ name: String) throws {
        let (page, program) = (try text("docs/tour/\(name).md"), try text("Examples/Tour/\(name).swift"))
        #expect(program.split(separator: "\n", omittingEmptySubsequences: false).count <= 31)
        #expect(page.contains("```swift\n\(program)```\n") && page.contains("](\(name).svg)"), "make tour")
        let folder = try Folder()
        let number = try #require(Int(name.prefix(2)))
        let ending = try Running(Tool.path(of: "Tour"), ["\(number)", "picture.svg"], in: folder).wait()
        #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending.errors)")
        let shown = try part(page, "<!-- output:begin -->\n```\n", "```\n<!-- output:end -->")
        #expect(Self.agree(ending.output, shown), "make tour: \(ending.output)")
        let (fresh, kept) = (
            String(decoding: try folder.read("picture.svg"), as: UTF8.self), try text("docs/tour/\(name).svg")
        )
        #expect(fresh.hasPrefix("<svg") && kept.hasPrefix("<svg") && kept.hasSuffix("</svg>\n"))
        #expect(fresh.count(where: { $0 == "<" }) > kept.count(where: { $0 == "<" }) / 2)
    }

    /// Whether words are the same and numbers nearly so: other processors round otherwise.
    private static func agree(_ a: String, _ b: String) -> Bool {
        let (first, second) = (a.split { " \n[]\",:()".contains($0) }, b.split { " \n[]\",:()".contains($0) })
        return first.count == second.count
            && zip(first, second).allSatisfy { x, y in
                guard let x = Double(x), let y = Double(y) else { return x == y }
                return abs(x - y) <= 0.02 + 0.02 * abs(y)
            }
    }

    @Test(arguments: pages) func theConfigurationOfAPageRuns(_ name: String) throws {
        let folder = try Folder()
        try folder.write(part(text("docs/tour/\(name).md"), "```yaml\n", "```"), to: "page.yaml")
        for file in ["cubic.csv", "digits.csv", "pendulum.csv", "nino_regions_sst_monthly.csv"] {
            try FileManager.default.copyItem(
                atPath: "\(Self.root.path)/Examples/Data/\(file)", toPath: "\(folder.path)/\(file)")
        }
        let ending = try Tool.run("run", "page.yaml", "--output", "out", "--quiet", in: folder)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(folder.holds("out/report.html"))
    }
}
