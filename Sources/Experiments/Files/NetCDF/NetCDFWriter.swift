import CNetCDF
import Foundation

extension NetCDFFile {
    /// Writes the file in the NetCDF-4 format, complete or not at all.
    ///
    /// The same content gives the same bytes. Numbers that are not coordinates have NetCDF's default `_FillValue`,
    /// 9.97e36, in the place of NaN: averages of NCO take a fill of NaN for a number.
    ///
    /// - Throws: as ``AtomicFile/write(_:to:)-(Collection<UInt8>,_)``, and `data` for a name that NetCDF does not
    ///   allow.
    public func write(to path: String) throws(InputError) { try AtomicFile.write(bytes(for: path), to: path) }

    /// The bytes of the file; `path` names it in errors.
    func bytes(for path: String) throws(InputError) -> [UInt8] {
        try NetCDFLibrary.exclusively { () throws(InputError) in try NetCDFWriter(path: path).bytes(of: self) }
    }
}

/// Makes the bytes of a NetCDF-4 file in memory.
private struct NetCDFWriter {
    /// The default of the library for `double`, NC_FILL_DOUBLE.
    static let fill = 9.9692099683868690e36
    let path: String

    func bytes(of file: NetCDFFile) throws(InputError) -> [UInt8] {
        var id: Int32 = 0
        try check(nc_create_mem(path, NC_NETCDF4, 1 << 16, &id))
        do throws(InputError) {
            try define(file, id)
        } catch {
            nc_abort(id)
            throw error
        }
        var content = NC_memio()
        try check(nc_close_memio(id, &content))
        defer { free(content.memory) }
        return Array(UnsafeRawBufferPointer(start: content.memory, count: content.size))
    }

    private func check(_ status: Int32, _ name: String? = nil) throws(InputError) {
        try NetCDFLibrary.check(status, .data, doing: "write NetCDF", file: path, variable: name)
    }

    private func define(_ file: NetCDFFile, _ id: Int32) throws(InputError) {
        var dimensions: [String: Int32] = [:]
        for dimension in file.dimensions {
            var dimensionID: Int32 = 0
            try check(nc_def_dim(id, dimension.name, dimension.length, &dimensionID), dimension.name)
            dimensions[dimension.name] = dimensionID
        }
        try put(file.attributes, id, NC_GLOBAL)
        var variableIDs: [Int32] = []
        for variable in file.variables {
            variableIDs.append(try define(variable, id, variable.dimensions.compactMap { dimensions[$0] }))
        }
        try check(nc_enddef(id))
        for (variable, variableID) in zip(file.variables, variableIDs) { try put(variable, id, variableID) }
    }

    private func define(
        _ variable: NetCDFFile.Variable, _ id: Int32, _ dimensions: [Int32]
    ) throws(InputError) -> Int32 {
        let type =
            switch variable.values {
            case .numbers: NC_DOUBLE
            case .integers: NC_INT
            case .texts: NC_STRING
            }
        var variableID: Int32 = 0
        try check(
            nc_def_var(id, variable.name, type, Int32(dimensions.count), dimensions, &variableID), variable.name)
        if case .numbers = variable.values, variable.dimensions != [variable.name] {
            var missing = NetCDFWriter.fill
            try check(nc_def_var_fill(id, variableID, NC_FILL, &missing), variable.name)
        }
        try put(variable.attributes.filter { $0.key != "_FillValue" }, id, variableID)
        return variableID
    }

    /// Writes attributes in the order of their names.
    private func put(_ attributes: [String: NetCDFFile.Attribute], _ id: Int32, _ variable: Int32) throws(InputError) {
        for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
            switch attribute {
            case .text(let text): try check(nc_put_att_text(id, variable, name, text.utf8.count, text), name)
            case .numbers(let numbers):
                try check(nc_put_att_double(id, variable, name, NC_DOUBLE, numbers.count, numbers), name)
            case .integers(let numbers):
                try check(nc_put_att_int(id, variable, name, NC_INT, numbers.count, numbers), name)
            }
        }
    }

    private func put(_ variable: NetCDFFile.Variable, _ id: Int32, _ variableID: Int32) throws(InputError) {
        switch variable.values {
        case .numbers(let numbers):
            let filled = numbers.map { $0.isNaN ? Self.fill : $0 }
            try check(nc_put_var_double(id, variableID, filled), variable.name)
        case .integers(let numbers): try check(nc_put_var_int(id, variableID, numbers), variable.name)
        case .texts(let texts):
            let copies = texts.map { strdup($0) }
            defer { for copy in copies { free(copy) } }
            var pointers = copies.map { $0.map { UnsafePointer<CChar>($0) } }
            try check(nc_put_var_string(id, variableID, &pointers), variable.name)
        }
    }
}
