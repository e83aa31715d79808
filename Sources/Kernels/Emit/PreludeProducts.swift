extension Prelude {
    /// Products of matrices: small ones by sums, the others by tiles that stay in registers.
    ///
    /// The right side lies in panels of two vectors of columns, of which one stays in the nearest cache or streams from
    /// the next: packed, or, where it is small, in place. The left side is packed tile by tile where its elements lie
    /// far apart. Each step multiplies a column of the tile with a row of the panel:
    /// with twelve rows 24 multiply-adds of vectors for 14 loads.
    static let products = products(wide: [12, 8, 4, 1], narrow: [6, 4, 1])
    /// With fewer kinds of tiles, which take compilers a quarter of the time: for programs that do little work.
    static let fewProducts = products(wide: [6, 1], narrow: [6, 1])

    /// - Parameters:
    ///   - wide: the rows of tiles for vectors of 64 bytes, most rows first.
    ///   - narrow: those for shorter vectors, of which there are fewer.
    private static func products(wide: [Int], narrow: [Int]) -> String {
        ["d", "f"].map { x in
            let forms = wide.count > 2 ? [true, false] : [true]
            // A few columns that are left take half a vector, in the tiles that do most of the work.
            let hasHalves = { $0 == wide[0] && forms.contains(false) }
            let tiles = Set(wide + narrow).sorted(by: >).map { rows in
                (hasHalves(rows) ? Columns.allCases : [.vector, .vectors]).map { columns in
                    forms.map { tile(x, rows, columns, isPacked: $0) }.joined()
                }.joined() + allPanels(x, rows, isInPlace: forms.contains(false), hasHalves: hasHalves(rows))
            }
            return """
                enum { PANEL_\(x) = 2 * WIDE_\(x), HALF_\(x) = VECTOR == 64 ? WIDE_\(x) / 2 : WIDE_\(x) };
                typedef t_\(x) h_\(x) __attribute__((vector_size(HALF_\(x) * sizeof(t_\(x))), aligned(sizeof(t_\(x))), may_alias));
                \(tiles.joined())
                \(multiply(x, wide: wide, narrow: narrow))
                \(Header.products.text(["d": Character(x)]))
                """
        }.joined(separator: "\n")
    }

    /// The columns of a tile: half a vector, one, or two.
    private enum Columns: CaseIterable {
        case half, vector, vectors

        var count: Int { self == .vectors ? 2 : 1 }
        /// As names of tiles end.
        var name: String { self == .half ? "half" : "\(count)" }

        /// Vectors and their width in C.
        func type(_ x: String) -> String { self == .half ? "h_\(x)" : "v_\(x)" }
        func width(_ x: String) -> String { self == .half ? "HALF_\(x)" : "WIDE_\(x)" }
    }

    /// `c (+)= a b` for a tile of `a`, with its columns or its rows together, `row` apart,
    /// and a panel of `b` with rows `down` apart.
    private static func tile(_ x: String, _ rows: Int, _ columns: Columns, isPacked: Bool) -> String {
        // Three rows a pointer: as many as a processor's addresses reach.
        let groups = (rows + 2) / 3
        let pointers = (0..<groups).map { "*p\($0) = a + \(3 * $0) * row" }.joined(separator: ", ")
        let values = (0..<rows).map { isPacked ? "a[l * row + \($0)]" : "p\($0 / 3)[\($0 % 3) * row]" }
        let (vectors, vector, wide) = (columns.count, columns.type(x), columns.width(x))
        return """
            static __attribute__((noinline, unused)) void \(isPacked ? "tile" : "tileInPlace")_\(x)_\(rows)_\(columns.name)(long k, const t_\(x) *restrict a, long row, const t_\(x) *restrict b, long down, t_\(x) *restrict c, long stride, int add, long columns) {
              \(vector) s[\(rows)][\(vectors)];
              UNROLL for (int r = 0; r < \(rows); r++) UNROLL for (int q = 0; q < \(vectors); q++) s[r][q] = (\(vector)){0};
              \(isPacked ? "" : "const t_\(x) \(pointers);")
              for (long l = 0; l < k; l++) {
                \(vector) y[\(vectors)];
                UNROLL for (int q = 0; q < \(vectors); q++) y[q] = *(const \(vector) *)(b + l * down + q * \(wide));
                \(values.enumerated().map { "{ const t_\(x) value = \($1); UNROLL for (int q = 0; q < \(vectors); q++) s[\($0)][q] += value * y[q]; }" }.joined(separator: "\n            "))
                \(isPacked ? "" : (0..<groups).map { "p\($0)++;" }.joined(separator: " "))
              }
              if (columns == \(vectors) * \(wide)) {
                UNROLL for (int r = 0; r < \(rows); r++) UNROLL for (int q = 0; q < \(vectors); q++) {
                  \(vector) *to = (\(vector) *)(c + r * stride + q * \(wide));
                  *to = add ? *to + s[r][q] : s[r][q];
                }
              } else {
                t_\(x) whole[\(vectors) * \(wide)];
                for (int r = 0; r < \(rows); r++) {
                  UNROLL for (int q = 0; q < \(vectors); q++) *(\(vector) *)(whole + q * \(wide)) = s[r][q];
                  for (long j = 0; j < columns; j++) c[r * stride + j] = add ? c[r * stride + j] + whole[j] : whole[j];
                }
              }
            }

            """
    }

    /// Some rows of a product, over all panels, which are `across` apart for each column.
    private static func allPanels(_ x: String, _ rows: Int, isInPlace: Bool, hasHalves: Bool) -> String {
        func panel(_ tile: String, _ row: String) -> String {
            let arguments = "(k, a, \(row), b + j * across, down, c + j, m, add, columns)"
            let half = hasHalves ? "if (columns <= HALF_\(x)) \(tile)_\(x)_\(rows)_half\(arguments); else " : ""
            return
                "if (columns > WIDE_\(x)) \(tile)_\(x)_\(rows)_2\(arguments); else \(half)\(tile)_\(x)_\(rows)_1\(arguments);"
        }
        let inPlace = isInPlace ? "if (isInPlace) { \(panel("tileInPlace", "row")) } else" : ""
        return """
            static __attribute__((noinline, unused)) void rows_\(x)_\(rows)(long m, long k, const t_\(x) *restrict a, long row, long column, const t_\(x) *restrict b, long down, long across, t_\(x) *restrict c, int add) {
              t_\(x) left[DEPTH * \(rows)];
              const int isInPlace = \(isInPlace ? "column == 1" : "0");
              if (!isInPlace && (row != 1 || column * k > 8192)) {
                if (row == 1) for (long l = 0; l < k; l++) memcpy(left + l * \(rows), a + l * column, sizeof(t_\(x)[\(rows)]));
                else for (long l = 0; l < k; l++) UNROLL for (int r = 0; r < \(rows); r++) left[l * \(rows) + r] = a[r * row + l * column];
                a = left;
                column = \(rows);
              }
              for (long j = 0; j < m; j += PANEL_\(x)) {
                const long columns = m - j < PANEL_\(x) ? m - j : PANEL_\(x);
                \(inPlace) { \(panel("tile", "column")) }
              }
            }

            """
    }

    private static func multiply(_ x: String, wide: [Int], narrow: [Int]) -> String {
        func step(_ rows: Int) -> String {
            "for (; i + \(rows) <= n; i += \(rows)) "
                + "rows_\(x)_\(rows)(m, depth, from_a + i * row, row, column, b + from * down, down, across, c + i * m, add || from);"
        }
        return """
            // c (+)= a b for a b in panels, packed or in place; the elements of a are row and column apart
            static __attribute__((noinline, unused)) void multiply_\(x)(long n, long m, long k, const t_\(x) *restrict a, long row, long column, const t_\(x) *restrict b, long down, long across, t_\(x) *restrict c, int add) {
              for (long from = 0; from < k; from += DEPTH) {
                const long depth = k - from < DEPTH ? k - from : DEPTH;
                const t_\(x) *from_a = a + from * column;
                long i = 0;
            #if VECTOR == 64
                \(wide.map(step).joined(separator: "\n    "))
            #else
                \(narrow.map(step).joined(separator: "\n    "))
            #endif
              }
            }
            """
    }
}
