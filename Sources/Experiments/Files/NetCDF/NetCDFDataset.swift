import CNetCDF
import Foundation

/// A NetCDF file open for reading in a process of its own, closed at the end of its life; only inside
/// ``NetCDFLibrary/exclusively(_:)``.
struct NetCDFDataset: ~Copyable {
    let path: String
    private let process: NetCDFProcess
    private let description: NetCDFDescription

    struct Variable {
        let id: Int32
        let name: String
        let type: nc_type
        let dimensions: [NetCDFFile.Dimension]
        let attributes: [String: NetCDFFile.Attribute]
        /// The types that the attributes have in the file.
        let attributeTypes: [String: nc_type]
        /// The attributes that are integers, unsigned ones of 64 bits as patterns of bits.
        let wholeAttributes: [String: [Int64]]

        /// The number of values; the largest integer where it is no integer.
        var count: Int {
            dimensions.reduce(1) { count, dimension in
                let (product, isTooLarge) = count.multipliedReportingOverflow(by: dimension.length)
                return isTooLarge ? .max : product
            }
        }

        func text(_ attribute: String) -> String? {
            if case .text(let text)? = attributes[attribute] { text } else { nil }
        }

        func numbers(_ attribute: String) -> [Double]? {
            switch attributes[attribute] {
            case .numbers(let numbers)?: numbers
            case .integers(let numbers)?: numbers.map(Double.init)
            case .text(let text)?: Self.numbers(of: text)
            default: nil
            }
        }

        /// The numbers that a text holds: some programs write all attributes as text.
        private static func numbers(of text: String) -> [Double]? {
            var numbers: [Double] = []
            for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
                // As in CDL: 0.1f, -999s.
                let bare = word.last.map { "fFdDsSbBlL".contains($0) } ?? false ? word.dropLast() : word
                guard let number = Double(decimal: word) ?? Double(decimal: bare) else { return nil }
                numbers.append(number)
            }
            return numbers.isEmpty ? nil : numbers
        }
    }

    /// Opens the file.
    ///
    /// - Throws: a file that is absent, unreadable, damaged or not NetCDF.
    init(opening path: String) throws(InputError) {
        let process = try NetCDFProcess(reading: path)
        // No description is much longer than what the file itself needs for it.
        var bytes = NetCDFBytes(try process.answer(atMost: 16 << 20 + 8 * process.size))
        guard let description = NetCDFDescription(from: &bytes) else {
            throw process.fault("the NetCDF library describes it inconsistently", nil)
        }
        self.path = path
        self.process = process
        self.description = description
    }

    /// All dimensions of the file's root group.
    func dimensions() throws(InputError) -> [NetCDFFile.Dimension] { description.dimensions }

    /// All variables of the file's root group, without their values.
    func variables() throws(InputError) -> [Variable] { description.variables }

    func attributes() throws(InputError) -> [String: NetCDFFile.Attribute] { description.attributes }

    /// The numbers of a variable as they are stored.
    func numbers(_ variable: Variable) throws(InputError) -> [Double] {
        guard let numbers = try values(variable).numbers(variable.type) else { throw wrongType(variable) }
        return numbers
    }

    func integers(_ variable: Variable) throws(InputError) -> [Int32] {
        guard variable.type == NC_INT else { throw wrongType(variable) }
        return try values(variable).array(of: Int32.self)
    }

    /// Integers as they are stored, unsigned ones of 64 bits as patterns of bits.
    func wholeNumbers(_ variable: Variable) throws(InputError) -> [Int64] {
        guard let numbers = try values(variable).wholeNumbers(variable.type) else { throw wrongType(variable) }
        return numbers
    }

    /// The texts of a variable of strings, or of characters along its last dimension.
    func texts(_ variable: Variable) throws(InputError) -> [String] {
        if variable.type == NC_CHAR {
            let characters = try values(variable).array(of: UInt8.self)
            let length = max(variable.dimensions.last?.length ?? 1, 1)
            return stride(from: 0, to: characters.count, by: length).map { start in
                let text = characters[start..<min(start + length, characters.count)].prefix { $0 != 0 }
                let end = text.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? text.startIndex
                return String(decoding: text[..<end], as: UTF8.self)
            }
        }
        guard variable.type == NC_STRING else { throw wrongType(variable) }
        var bytes = try values(variable)
        guard let texts = bytes.texts(variable.count) else {
            throw process.fault("the NetCDF library tells its texts inconsistently", variable.name)
        }
        return texts
    }

    /// The values of a variable as bytes, their number held against the size of the file.
    private func values(_ variable: Variable) throws(InputError) -> NetCDFBytes {
        // Compression gains a factor of a thousand at most, and little of a file was never written.
        let limit = 64 << 20 + 1100 * process.size
        let width = NetCDFBytes.width(of: variable.type)
        guard variable.count <= limit / width else {
            throw process.fault(
                "\(variable.count) values in a file of \(process.size) bytes", variable.name)
        }
        process.ask(for: variable.id)
        let isText = variable.type == NC_STRING
        let bytes = try process.answer(atMost: isText ? limit : variable.count * width, variable: variable.name)
        guard isText || bytes.count == variable.count * width else {
            throw process.fault("\(bytes.count) bytes of \(variable.count) values were read", variable.name)
        }
        return NetCDFBytes(bytes)
    }

    private func wrongType(_ variable: Variable) -> InputError {
        process.fault("its values are of another type", variable.name, expected: "numbers, or texts of NetCDF-4")
    }
}
