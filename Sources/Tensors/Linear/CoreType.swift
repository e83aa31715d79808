/// The kind of processor whose kernels OpenBLAS uses.
///
/// A library that is older than the processor takes it for an old one, and its products are then several times slower.
/// The kind follows from instruction sets instead, which do not age.
package enum CoreType: String, Sendable, CaseIterable {
    case skylakeX = "SKYLAKEX"
    case zen = "ZEN"
    case haswell = "HASWELL"
    case sandyBridge = "SANDYBRIDGE"
    case nehalem = "NEHALEM"

    /// The kind that has all the instructions of a processor and the widest vectors; nil where the library knows
    /// better, as on processors other than x86.
    ///
    /// - Parameters:
    ///   - vendor: `GenuineIntel`, `AuthenticAMD` or another.
    ///   - features: the names of Linux.
    package init?(vendor: String, features: Set<String>) {
        if features.isSuperset(of: ["avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd", "fma"]) {
            self = .skylakeX
        } else if features.isSuperset(of: ["avx2", "fma"]) {
            self = vendor == "AuthenticAMD" || vendor == "HygonGenuine" ? .zen : .haswell
        } else if features.contains("avx") {
            self = .sandyBridge
        } else if features.contains("sse4_2") {
            self = .nehalem
        } else {
            return nil
        }
    }

    /// - Parameter description: of ``processorDescription()``.
    package init?(processor description: String) {
        var fields: [Substring: Substring] = [:]
        for line in description.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].prefix { $0 != "\t" }
            if fields[name] == nil { fields[name] = parts[1] }
        }
        let features = (fields["flags"] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        self.init(vendor: String((fields["vendor_id"] ?? "").drop { $0 == " " }), features: Set(features))
    }

    /// The bits of the vectors that a kind of processor computes with, by the name that OpenBLAS gives it; nil for
    /// names that are not of x86.
    package static func vectorBits(_ name: String) -> Int? {
        switch name.uppercased() {
        case "SKYLAKEX", "COOPERLAKE", "SAPPHIRERAPIDS": 512
        case "HASWELL", "ZEN", "SANDYBRIDGE", "EXCAVATOR", "STEAMROLLER", "PILEDRIVER", "BULLDOZER": 256
        case "NEHALEM", "PRESCOTT", "CORE2", "PENRYN", "DUNNINGTON", "ATOM", "NANO", "OPTERON", "OPTERON_SSE3",
            "BARCELONA", "BOBCAT", "KATMAI", "COPPERMINE", "NORTHWOOD", "BANIAS":
            128
        default: nil
        }
    }
}
