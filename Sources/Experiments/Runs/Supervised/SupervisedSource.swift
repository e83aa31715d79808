import Supervised
import Tensors

/// Where samples come from: a table, or pictures and their labels.
struct SupervisedSource: Sendable {
    enum Layout: Sendable {
        case csv(CSVFormat)
        case netCDF
        /// Arrays by name: `.npy`, `.npz`.
        case numpy
        /// Pictures in one file, labels in another.
        case pictures(labels: String)
    }

    let file: String
    let layout: Layout
    /// The column of the targets; nil of pictures.
    let target: String?
    /// The columns of inputs; nil: all others.
    let inputs: [String]?
    let leftOut: [String]
    /// Columns of numbers that are names of categories.
    let categories: [String]
    let dates: [String]
    let groups: String?
    /// Rows and columns of pictures that the input columns are, one after the other.
    let shape: [Int]?
    /// Only so many samples, the first.
    let rows: Int?
    let place: InputError.Place

    static let keys =
        KeyTable(
            .text(
                "file", .optional("'pictures'"),
                "A table, from the folder of the configuration: CSV, NetCDF, or NumPy's .npy and .npz."),
            .text("pictures", .optional("'file'"), "Pictures: an IDX file or NumPy array, gzip or not."),
            .text(
                "labels", .optional("none: pictures need it"), "The labels of the pictures: an IDX file or NumPy array."
            ),
            .text("target", .optional("none: a table needs it"), "The column that is predicted."),
            ConfigurationKey("inputs", .list(.text), .optional("all other columns"), "The columns to predict from."),
            ConfigurationKey("leave_out", .list(.text), .optional("none"), "Columns that are no inputs."),
            ConfigurationKey(
                "categories", .list(.text), .optional("columns of words"),
                "Columns whose numbers are names of categories."),
            ConfigurationKey(
                "dates", .list(.text), .optional("none"),
                "Columns of ISO 8601 dates; each becomes days since 1970, and cosine and sine of the year."),
            .text("groups", .optional("none"), "The column whose equal values keep samples together in every split."),
            .integers(
                "shape", 1...100_000, .optional("a row is no picture"), unit: "points",
                "[rows, columns] of the picture that the inputs of a row are, line after line."),
            .integer("rows", 1...1_000_000_000, .optional("all"), "How many samples are used, the first of the file.")
        ) + KeyTable(DataSource.keys.keys.filter { csvKeys.contains($0.name) })

    private static let csvKeys = ["delimiter", "comment", "header", "decimal", "thousands", "missing"]

    init(_ node: ConfigurationNode) throws(InputError) {
        self = try node.mapping(Self.keys) { (keys) throws(InputError) in try SupervisedSource(&keys, node) }
    }

    private init(_ keys: inout ConfigurationMapping, _ node: ConfigurationNode) throws(InputError) {
        let folder = FilePath.folder(of: node.place.file)
        place = node.place
        rows = try keys.optionalInteger("rows")
        if let pictures = try keys.optionalText("pictures") {
            file = FilePath.join(folder, pictures)
            layout = .pictures(labels: FilePath.join(folder, try keys.required("labels").string()))
            (target, inputs, leftOut, categories, dates, groups, shape) = (nil, nil, [], [], [], nil, nil)
            return
        }
        guard let table = try keys.optionalText("file") else {
            throw node.error("no samples", expected: "a 'file', or 'pictures' and 'labels'")
        }
        file = FilePath.join(folder, table)
        switch FilePath.fileExtension(of: file) {
        case "npy", "npz": layout = .numpy
        case "nc", "nc4", "cdf", "netcdf": layout = .netCDF
        default:
            var format = try DataSource.csvFormat(&keys, file: file)
            for entry in try keys.optional("missing")?.listOrSingle() ?? [] {
                format.missing.append(try entry.string())
            }
            layout = .csv(format)
        }
        target = try keys.required("target").string()
        inputs = try keys.optionalTexts("inputs")
        leftOut = try inputs == nil ? keys.optionalTexts("leave_out") ?? [] : []
        categories = try keys.optionalTexts("categories") ?? []
        dates = try keys.optionalTexts("dates") ?? []
        groups = try keys.optionalText("groups")
        let shapeNode = keys.optional("shape")
        shape = try shapeNode == nil ? nil : keys.integers("shape")
        if let shape, let shapeNode, shape.count != 2 {
            throw shapeNode.error("\(shape.count) lengths", expected: "[rows, columns]")
        }
    }

    /// The same layout of another file.
    func of(_ other: String, labels: String? = nil) -> SupervisedSource {
        SupervisedSource(self, file: other, labels: labels)
    }

    private init(_ source: SupervisedSource, file: String, labels: String?) {
        self.file = file
        if let labels { layout = .pictures(labels: labels) } else { layout = source.layout }
        (target, inputs, leftOut, categories) = (source.target, source.inputs, source.leftOut, source.categories)
        (dates, groups, shape, rows, place) = (source.dates, source.groups, source.shape, nil, source.place)
    }

    /// A table to predict from, laid out as usual.
    init(predictingFrom file: String, dates: [String]) {
        self.file = file
        switch FilePath.fileExtension(of: file) {
        case "npy", "npz": layout = .numpy
        case "nc", "nc4", "cdf", "netcdf": layout = .netCDF
        default:
            var format = CSVFormat()
            if ["tsv", "tab"].contains(FilePath.fileExtension(of: file)) { format.delimiter = .character("\t") }
            layout = .csv(format)
        }
        (target, inputs, leftOut, categories) = (nil, nil, [], [])
        (self.dates, groups, shape, rows, place) = (dates, nil, nil, nil, .init(file))
    }

    var inputFiles: [String] {
        if case .pictures(let labels) = layout { return [file, labels] }
        return [file]
    }
}
