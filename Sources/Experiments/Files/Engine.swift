import Kernels
import Tensors

/// How programs of tensors were run. The two differ in the last digits and in speed.
public enum Engine: String, Codable, Sendable, Equatable {
    /// All as machine code.
    case compiled
    /// At least one by the interpreter, for want of a compiler that works.
    case interpreted

    /// That of this process up to now.
    static var ofProcess: Engine { MachineCode.failures.isEmpty ? .compiled : .interpreted }
}

extension Engine {
    /// The software that made results, as files name it.
    func source(_ version: String) -> String {
        switch self {
        case .compiled: "Apus \(version)"
        case .interpreted: "Apus \(version), programs interpreted, not run as machine code"
        }
    }
}

/// Refuses to compute without the library of linear algebra.
///
/// - Throws: `unavailableService`.
public func requireLinearAlgebra() throws(InputError) {
    if let reason = LinearAlgebra.failure { throw InputError(.unavailableService, at: nil, reason) }
}
