import ArgumentParser
import Experiments
import Foundation
import Kernels
import Tensors

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the program of a model, with its tangent and its adjoint.",
        discussion: """
            A model is written once, as a function of tensors. This shows what the engine records of it, one line an
            operation, and the tangent-linear and adjoint programs that are derived from the record. With --code it
            follows one of them to machine code: the simplified program, its schedule, and the C that is compiled.

                apus explain lorenz96
                apus explain lorenz63 --adjoint
                apus explain lorenz96-rk4 --adjoint --code
            """)

    @Argument(help: "The model; 'apus list' names them.", completion: .list(Catalog.models.map(\.name)))
    var model: String

    @Flag(help: "Only the tangent-linear program.")
    var tangent = false

    @Flag(help: "Only the adjoint program.")
    var adjoint = false

    @Flag(help: "The stages to machine code: simplified program, schedule, C.")
    var code = false

    @Flag(help: "The same as JSON.")
    var json = false

    func validate() throws {
        if tangent && adjoint && (code || json) {
            throw ValidationError("--code and --json follow one program: give --tangent or --adjoint, not both")
        }
    }

    func run() throws {
        try reportingFaults { () throws(InputError) in
            let model = try Catalog.model(named: model)
            if code || json { return try follow(tangent ? model.tangent : adjoint ? model.adjoint : model.program) }
            let all = !tangent && !adjoint
            if all { try StandardStream.line("\(model.title)\n\(model.formula)\n\nProgram\n\(model.program)") }
            if all || tangent {
                try StandardStream.line(
                    "\(all ? "\n" : "")Tangent: inputs are the state and its change\n\(model.tangent)")
            }
            if all || adjoint {
                try StandardStream.line(
                    "\(all ? "\n" : "")Adjoint: inputs are the state and a sensitivity to the result\n\(model.adjoint)")
            }
        }
    }

    /// One program, stage by stage.
    private func follow(_ program: Program) throws(InputError) {
        let explanation = Explanation(program)
        let stages = [
            ("recorded", "Recorded", explanation.recorded.description),
            ("simplified", "Simplified", explanation.simplified.description),
            ("schedule", "Schedule", explanation.schedule), ("code", "Code", explanation.code),
        ]
        guard json else {
            return try StandardStream.line(stages.map { "\($0.1)\n\($0.2)" }.joined(separator: "\n\n"))
        }
        try StandardStream.line(plainJSON(Dictionary(uniqueKeysWithValues: stages.map { ($0.0, $0.2) })))
    }
}
