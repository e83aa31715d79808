import CNetCDF

/// The dimensions, variables and attributes of a file's root group.
struct NetCDFDescription {
    let dimensions: [NetCDFFile.Dimension]
    let variables: [NetCDFDataset.Variable]
    let attributes: [String: NetCDFFile.Attribute]

    /// From the first answer of the process that reads the file; `nil` where it is none.
    init?(from bytes: inout NetCDFBytes) {
        guard let dimensions = Self.dimensions(&bytes), let variables = Self.variables(&bytes),
            let attributes = Self.attributes(&bytes)
        else { return nil }
        (self.dimensions, self.variables, self.attributes) = (dimensions, variables, attributes)
    }

    private static func dimensions(_ bytes: inout NetCDFBytes) -> [NetCDFFile.Dimension]? {
        bytes.list(of: 16) { bytes in
            guard let name = bytes.text(), let length = bytes.integer(), length >= 0 else { return nil }
            return NetCDFFile.Dimension(name: name, length: length)
        }
    }

    private static func variables(_ bytes: inout NetCDFBytes) -> [NetCDFDataset.Variable]? {
        bytes.list(of: 40) { bytes in
            guard let number = bytes.integer().flatMap(Int32.init(exactly:)), let name = bytes.text(),
                let type = bytes.integer().flatMap(nc_type.init(exactly:)), let dimensions = dimensions(&bytes),
                let attributes = storedAttributes(&bytes)
            else { return nil }
            return NetCDFDataset.Variable(
                id: number, name: name, type: type, dimensions: dimensions,
                attributes: attributes.mapValues(\.value), attributeTypes: attributes.mapValues(\.type),
                wholeAttributes: attributes.compactMapValues(\.whole))
        }
    }

    private static func attributes(_ bytes: inout NetCDFBytes) -> [String: NetCDFFile.Attribute]? {
        storedAttributes(&bytes)?.mapValues(\.value)
    }

    private static func storedAttributes(_ bytes: inout NetCDFBytes) -> [String: Stored]? {
        let list: [(String, Stored?)]? = bytes.list(of: 24) { bytes in
            guard let name = bytes.text(), let type = bytes.integer().flatMap(nc_type.init(exactly:)),
                let count = bytes.integer(), count >= 0
            else { return nil }
            switch attribute(type, count, &bytes) {
            case .unreadable: return nil
            case .unused: return (name, nil)
            case .value(let value): return (name, value)
            }
        }
        return list.map { list in
            Dictionary(list.compactMap { entry in entry.1.map { (entry.0, $0) } }) { first, _ in first }
        }
    }

    /// An attribute with its type in the file, and its integers before any rounding.
    private struct Stored {
        let value: NetCDFFile.Attribute
        let type: nc_type
        var whole: [Int64]?
    }

    private enum Read {
        case value(Stored)
        /// Of a type that nothing here asks for.
        case unused
        case unreadable
    }

    private static func attribute(_ type: nc_type, _ count: Int, _ bytes: inout NetCDFBytes) -> Read {
        if type == NC_STRING {
            guard let texts = bytes.texts(count) else { return .unreadable }
            return .value(Stored(value: .text(texts.joined(separator: "\n")), type: type))
        }
        guard (NC_BYTE...NC_UINT64).contains(type) else { return .unused }
        let (size, isTooLarge) = count.multipliedReportingOverflow(by: NetCDFBytes.width(of: type))
        guard !isTooLarge, let values = bytes.take(size) else { return .unreadable }
        switch type {
        case NC_CHAR: return .value(Stored(value: .text(values.string), type: type))
        case NC_INT:
            let value = NetCDFFile.Attribute.integers(values.array(of: Int32.self))
            return .value(Stored(value: value, type: type, whole: values.wholeNumbers(type)))
        default:
            guard let numbers = values.numbers(type) else { return .unreadable }
            return .value(Stored(value: .numbers(numbers), type: type, whole: values.wholeNumbers(type)))
        }
    }
}

extension NetCDFBytes {
    /// A list after its length; `nil` where the bytes do not hold it, at `width` each at least.
    fileprivate mutating func list<Element>(
        of width: Int, _ read: (inout NetCDFBytes) -> Element?
    ) -> [Element]? {
        guard let count = count(of: width) else { return nil }
        var elements: [Element] = []
        for _ in 0..<count {
            guard let element = read(&self) else { return nil }
            elements.append(element)
        }
        return elements
    }
}
