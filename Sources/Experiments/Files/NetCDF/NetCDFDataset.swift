import CNetCDF
import Foundation

/// A NetCDF file open for reading, closed at the end of its life; only inside ``NetCDFLibrary/exclusively(_:)``.
struct NetCDFDataset: ~Copyable {
    let path: String
    private let id: Int32

    struct Variable {
        let id: Int32
        let name: String
        let type: nc_type
        let dimensions: [NetCDFFile.Dimension]
        let attributes: [String: NetCDFFile.Attribute]

        var count: Int { dimensions.reduce(1) { $0 * $1.length } }

        func text(_ attribute: String) -> String? {
            if case .text(let text)? = attributes[attribute] { text } else { nil }
        }

        func numbers(_ attribute: String) -> [Double]? {
            switch attributes[attribute] {
            case .numbers(let numbers)?: numbers
            case .integers(let numbers)?: numbers.map(Double.init)
            default: nil
            }
        }
    }

    /// Opens the file.
    ///
    /// - Throws: a file that is absent, unreadable or not NetCDF.
    init(opening path: String) throws(InputError) {
        id = try Self.identifier(opening: path)
        self.path = path
    }

    private static func identifier(opening path: String) throws(InputError) -> Int32 {
        try InputFile.requireReadable(path)
        var id: Int32 = 0
        // A path from the root or from here cannot be taken for an address on the network.
        let status = nc_open(path.hasPrefix("/") ? path : "./" + path, NC_NOWRITE, &id)
        if status == NC_ENOTNC {
            throw InputError(.data, at: .init(path), "is not a NetCDF file", expected: "NetCDF-3 or NetCDF-4")
        }
        try NetCDFLibrary.check(status, .data, doing: "read the NetCDF file", file: path)
        return id
    }

    deinit { nc_close(id) }

    /// All dimensions of the file's root group.
    func dimensions() throws(InputError) -> [NetCDFFile.Dimension] {
        var count: Int32 = 0
        try check(nc_inq_ndims(id, &count))
        var dimensions: [NetCDFFile.Dimension] = []
        for index in 0..<count { dimensions.append(try dimension(index)) }
        return dimensions
    }

    /// All variables of the file's root group, without their values.
    func variables() throws(InputError) -> [Variable] {
        var count: Int32 = 0
        try check(nc_inq_nvars(id, &count))
        var variables: [Variable] = []
        for index in 0..<count { variables.append(try variable(index)) }
        return variables
    }

    func attributes() throws(InputError) -> [String: NetCDFFile.Attribute] { try attributes(of: NC_GLOBAL) }

    /// The numbers of a variable as they are stored.
    func numbers(_ variable: Variable) throws(InputError) -> [Double] {
        var values = [Double](repeating: .nan, count: variable.count)
        try check(nc_get_var_double(id, variable.id, &values), variable.name)
        return values
    }

    func integers(_ variable: Variable) throws(InputError) -> [Int32] {
        var values = [Int32](repeating: 0, count: variable.count)
        try check(nc_get_var_int(id, variable.id, &values), variable.name)
        return values
    }

    func texts(_ variable: Variable) throws(InputError) -> [String] {
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: variable.count)
        try check(nc_get_var_string(id, variable.id, &pointers), variable.name)
        defer { nc_free_string(pointers.count, &pointers) }
        return pointers.map { $0.map { String(cString: $0) } ?? "" }
    }

    private func check(_ status: Int32, _ variable: String? = nil) throws(InputError) {
        try NetCDFLibrary.check(status, .data, doing: "read the NetCDF file", file: path, variable: variable)
    }

    private func dimension(_ index: Int32) throws(InputError) -> NetCDFFile.Dimension {
        var name = nameBuffer
        var length = 0
        try check(nc_inq_dim(id, index, &name, &length))
        return .init(name: text(name), length: length)
    }

    private func variable(_ index: Int32) throws(InputError) -> Variable {
        var name = nameBuffer
        var type: nc_type = 0
        var rank: Int32 = 0
        var dimensionIDs = [Int32](repeating: 0, count: Int(NC_MAX_VAR_DIMS))
        try check(nc_inq_var(id, index, &name, &type, &rank, &dimensionIDs, nil))
        var dimensions: [NetCDFFile.Dimension] = []
        for dimensionID in dimensionIDs.prefix(Int(rank)) { dimensions.append(try dimension(dimensionID)) }
        return Variable(
            id: index, name: text(name), type: type, dimensions: dimensions, attributes: try attributes(of: index))
    }

    private func attributes(of variable: Int32) throws(InputError) -> [String: NetCDFFile.Attribute] {
        var count: Int32 = 0
        try check(variable == NC_GLOBAL ? nc_inq_natts(id, &count) : nc_inq_varnatts(id, variable, &count))
        var attributes: [String: NetCDFFile.Attribute] = [:]
        for index in 0..<count {
            var name = nameBuffer
            try check(nc_inq_attname(id, variable, index, &name))
            attributes[text(name)] = try attribute(name, of: variable)
        }
        return attributes
    }

    /// An attribute; `nil` where it is of a type that nothing here asks for.
    private func attribute(_ name: [CChar], of variable: Int32) throws(InputError) -> NetCDFFile.Attribute? {
        var type: nc_type = 0
        var length = 0
        try check(nc_inq_att(id, variable, name, &type, &length))
        switch type {
        case NC_CHAR:
            var characters = [CChar](repeating: 0, count: length)
            try check(nc_get_att_text(id, variable, name, &characters))
            return .text(text(characters))
        case NC_STRING:
            var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: length)
            try check(nc_get_att_string(id, variable, name, &pointers))
            defer { nc_free_string(pointers.count, &pointers) }
            return .text(pointers.map { $0.map { String(cString: $0) } ?? "" }.joined(separator: "\n"))
        case NC_INT:
            var numbers = [Int32](repeating: 0, count: length)
            try check(nc_get_att_int(id, variable, name, &numbers))
            return .integers(numbers)
        case NC_BYTE...NC_UINT64:
            var numbers = [Double](repeating: 0, count: length)
            try check(nc_get_att_double(id, variable, name, &numbers))
            return .numbers(numbers)
        default:
            return nil
        }
    }

    private var nameBuffer: [CChar] { [CChar](repeating: 0, count: Int(NC_MAX_NAME) + 1) }

    private func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
