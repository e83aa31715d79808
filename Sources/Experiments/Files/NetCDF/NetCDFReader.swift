import CNetCDF

extension NetCDFFile {
    /// Reads a whole file, NetCDF-3 or NetCDF-4: numbers as they are stored (no scale, no missing values), root group
    /// only.
    ///
    /// - Throws: a file that is absent, unreadable, damaged or not NetCDF; a variable whose type is no number or text.
    public init(contentsOf path: String) throws(InputError) {
        self = try NetCDFLibrary.exclusively { () throws(InputError) in
            let dataset = try NetCDFDataset(opening: path)
            var file = NetCDFFile()
            file.attributes = try dataset.attributes()
            file.dimensions = try dataset.dimensions()
            for variable in try dataset.variables() {
                let values: Values =
                    switch variable.type {
                    case NC_INT: .integers(try dataset.integers(variable))
                    case NC_STRING: .texts(try dataset.texts(variable))
                    default: .numbers(try dataset.numbers(variable))
                    }
                file.variables.append(
                    Variable(
                        name: variable.name, dimensions: variable.dimensions.map(\.name), values: values,
                        attributes: variable.attributes))
            }
            return file
        }
    }
}
