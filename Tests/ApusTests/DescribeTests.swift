import Experiments
import Foundation
import Studies
import Testing

/// The help of methods, models, surrogates and settings comes from the values themselves.
@Suite struct DescribeTests {
    @Test func methodsTellParametersRequirementsAndReference() throws {
        let text = try Tool.run("help", "letkf", in: Folder()).output
        for part in ["Hunt, Kostelich & Szunyogh", "Needs a model with spatial coordinates", "radius", "2 to 1000000"] {
            #expect(text.contains(part), "no '\(part)' in \(text)")
        }
        #expect(try Tool.run("help", "sakov2008", in: Folder()).output.contains("inflation 1.013"))
    }

    @Test func unknownNamesAreAnsweredByTheNearest() throws {
        let ending = try Tool.run("describe", "letfk", in: Folder())
        #expect(ending.status == 64 && ending.errors.contains("did you mean 'letkf'"), "\(ending.errors)")
    }

    @Test func everythingInTheListsHasAReference() {
        let without = Described.all.filter { $0.reference.isEmpty }.map(\.name)
        #expect(without == [JointNetworksMethod.name, EquationsModel.name])
        #expect(Set(Described.all.map { "\($0.kind) \($0.name)" }).count == Described.all.count)
    }

    @Test func helpTellsAllOfAName() throws {
        let text = try Tool.run("help", "gaussian-process", in: Folder()).output
        #expect(text.contains("gaussian-process (surrogate)") && text.contains("gaussian-process (supervised model)"))
    }

    @Test func listsForProgramsHoldAllNames() throws {
        let output = try Tool.run("list", "--json", in: Folder()).output
        let read = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        let described = read?["described"] as? [[String: Any]]
        #expect(described?.compactMap { $0["name"] as? String } == Described.all.map(\.name))
    }
}
