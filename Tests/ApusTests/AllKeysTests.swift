import Foundation
import Testing

/// The configurations with every key: they run, and no key is left out.
@Suite struct AllKeysTests {
    private static let folder = ModelFileTests.root.appending(path: "Examples/all-keys").path

    private struct Kind: Decodable {
        struct Key: Decodable {
            let path: String
        }
        let kind: String
        let keys: [Key]
    }

    @Test func pageIsTheToolsOutput() throws {
        let page = try String(contentsOf: ModelFileTests.root.appending(path: "docs/keys.md"), encoding: .utf8)
        let printed = try Tool.run("help", "keys", "--markdown", in: Folder()).output
        #expect(page == printed, "docs/keys.md: apus help keys --markdown > docs/keys.md")
        #expect(try Tool.run("keys", "--markdown", in: Folder()).output == printed)
    }

    @Test func theTextFitsIntoATerminal() throws {
        let text = try Tool.run("help", "keys", in: Folder()).output
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
        let other = try Tool.run("help", "keys", "forcast", in: Folder())
        #expect(other.status == 64 && other.lines.count == 1 && other.errors.contains("one of: forecast"))
    }

    /// Below its key at the left margin, each key of the tables has its name, at work or in a comment that tells of it.
    @Test(arguments: ["forecast", "structural", "assimilate", "twin", "regression", "classification"])
    func everyKeyIsThere(kind: String) throws {
        let file = try String(contentsOfFile: "\(Self.folder)/\(kind).yaml", encoding: .utf8)
        var sections: [String: String] = [:]
        var name = ""
        for line in file.split(separator: "\n") {
            if let first = line.first(where: { $0 != "#" && $0 != " " }), first.isLetter, line.first != " ",
                let key = line.drop(while: { $0 == "#" || $0 == " " }).split(separator: ":").first, line.contains(":")
            {
                name = String(key)
            }
            sections[name, default: ""] += line + "\n"
        }
        let output = try Tool.run("help", "keys", kind, "--json", in: Folder()).output
        let kinds = try JSONDecoder().decode([Kind].self, from: Data(output.utf8))
        #expect(kinds.map(\.kind) == [kind])
        for path in kinds.flatMap(\.keys).map(\.path) {
            let parts = path.replacing("[]", with: "").split(separator: ".").map(String.init)
            guard let last = parts.last, last != "NAME" else { continue }
            let section = sections[parts[0]] ?? ""
            #expect(section.contains(try Regex("(^|[^A-Za-z0-9_-])\(last):")), "\(path) in \(kind).yaml")
        }
    }

    @Test(arguments: ["forecast", "structural", "assimilate", "twin", "regression", "classification"])
    func theyRun(kind: String) throws {
        let folder = try Folder()
        let ending = try Tool.run(
            "run", "\(Self.folder)/\(kind).yaml", "--quiet", "--output", folder.path + "/out", in: folder)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(folder.holds("out/results.json") && folder.holds("out/report.html"))
    }
}
