import Foundation
import Testing

@Suite struct CommandTests {
    @Test(arguments: [[], ["run"], ["train"], ["compare"], ["reproduce"], ["list"], ["explain"], ["forecast"]])
    func everyCommandHasHelp(_ command: [String]) throws {
        let ending = try Tool.start(command + ["--help"], in: Folder()).wait()
        #expect(ending.status == 0 && ending.errors.isEmpty)
        #expect(ending.output.contains("USAGE: apus \(command.joined(separator: " "))"))
        #expect(ending.output.contains("OVERVIEW:"))
        if command.isEmpty {
            #expect(
                ["run", "train", "compare", "list", "explain", "forecast"].allSatisfy {
                    ending.output.contains("\n  \($0) ")
                })
        }
    }

    @Test func theToolAloneShowsItsHelp() throws {
        let ending = try Tool.run(in: Folder())
        #expect(ending.status == 0 && ending.output.contains("USAGE: apus"))
        #expect(try Tool.run("--version", in: Folder()).output.split(separator: ".").count == 3)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionsComeForEveryShell(_ shell: String) throws {
        let ending = try Tool.run("--generate-completion-script", shell, in: Folder())
        #expect(ending.status == 0 && ending.errors.isEmpty)
        #expect(["apus", "run", "explain", "resume", "lorenz96"].allSatisfy(ending.output.contains))
    }

    @Test func listParsesAndNamesTheModelsOfExplain() throws {
        struct Section: Decodable {
            struct Entry: Decodable {
                let name: String
                let what: String
            }
            let title: String
            let entries: [Entry]
        }
        struct List: Decodable {
            let sections: [Section]
        }
        let ending = try Tool.run("list", "--json", in: Folder())
        let sections = try JSONDecoder().decode(List.self, from: Data(ending.output.utf8)).sections
        let models = try #require(sections.first { $0.title.contains("explain") }).entries.map(\.name)
        #expect(models.contains("lorenz96") && sections.allSatisfy { !$0.entries.isEmpty })
        let plain = try Tool.run("list", in: Folder())
        #expect(sections.flatMap(\.entries).allSatisfy { plain.output.contains($0.name) })
        for model in models { #expect(try Tool.run("explain", model, in: Folder()).status == 0, "\(model)") }
    }

    @Test func explainFollowsAProgramToItsCode() throws {
        let text = try Tool.run("explain", "lorenz96-rk4", "--adjoint", "--code", in: Folder()).output
        for word in ["Recorded", "Simplified", "Schedule", "loops over float64[40]", "apus_run"] {
            #expect(text.contains(word), "\(word)")
        }
        let json = try Tool.run("explain", "lorenz63", "--json", in: Folder()).output
        let stages = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
        #expect(Set(stages.keys) == ["recorded", "simplified", "schedule", "code"])
        #expect(try Tool.run("explain", "lorenz63", "--tangent", "--adjoint", "--code", in: Folder()).status == 64)
    }

    @Test func explainShowsProgramTangentAndAdjoint() throws {
        let all = try Tool.run("explain", "lorenz96", in: Folder())
        #expect(all.status == 0 && all.errors.isEmpty)
        for part in ["\nProgram\n", "\nTangent", "\nAdjoint"] { #expect(all.output.contains(part)) }
        // The adjoint of a roll is the roll back.
        let adjoint = try Tool.run("explain", "lorenz96", "--adjoint", in: Folder()).output
        #expect(adjoint.hasPrefix("Adjoint") && !adjoint.contains("Tangent"))
        #expect(all.output.contains(adjoint.split(separator: "\n").dropFirst().joined(separator: "\n")))
        let tangent = try Tool.run("explain", "lorenz96", "--tangent", in: Folder()).output
        #expect(tangent.hasPrefix("Tangent") && tangent != adjoint)
    }
}
