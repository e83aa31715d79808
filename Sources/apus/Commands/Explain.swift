import ArgumentParser
import Experiments

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the program of a model, with its tangent and its adjoint.",
        discussion: """
            A model is written once, as a function of tensors. This shows what the engine records of it, one line an
            operation, and the tangent-linear and adjoint programs that are derived from the record.

                apus explain lorenz96
                apus explain lorenz63 --adjoint
            """)

    @Argument(help: "The model; 'apus list' names them.", completion: .list(Catalog.models.map(\.name)))
    var model: String

    @Flag(help: "Only the tangent-linear program.")
    var tangent = false

    @Flag(help: "Only the adjoint program.")
    var adjoint = false

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let model = try Catalog.model(named: model)
            let all = !tangent && !adjoint
            if all { print("\(model.title)\n\(model.formula)\n\nProgram\n\(model.program)") }
            if all || tangent {
                print("\(all ? "\n" : "")Tangent: inputs are the state and its change\n\(model.tangent)")
            }
            if all || adjoint {
                print(
                    "\(all ? "\n" : "")Adjoint: inputs are the state and a sensitivity to the result\n\(model.adjoint)")
            }
        }
    }
}
