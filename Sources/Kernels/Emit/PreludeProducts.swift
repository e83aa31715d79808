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

    /// Transposes of matrices, by blocks as wide as a vector.
    static let transposes = ["d", "f"].map { x in
        """
        typedef t_\(x) v_\(x) __attribute__((vector_size(VECTOR), aligned(sizeof(t_\(x))), may_alias));
        typedef t_\(x) aligned_\(x) __attribute__((vector_size(VECTOR), may_alias));
        enum { WIDE_\(x) = VECTOR / sizeof(t_\(x)) };
        \(transposition(x))
        static __attribute__((noinline, unused)) void transposed_\(x)(long rows, long columns, const t_\(x) *restrict from, t_\(x) *restrict to) {
          long i = 0;
          for (; i + WIDE_\(x) <= rows; i += WIDE_\(x)) {
            long j = 0;
            for (; j + WIDE_\(x) <= columns; j += WIDE_\(x)) transpose_\(x)(from + i * columns + j, columns, to + j * rows + i, rows, 0);
            for (; j < columns; j++) for (long k = i; k < i + WIDE_\(x); k++) to[j * rows + k] = from[k * columns + j];
          }
          for (; i < rows; i++) for (long j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
        }
        """
    }.joined(separator: "\n")

    static let productSettings = """
        #if defined(__AVX512F__) && !defined(NARROW_VECTORS)
        #define VECTOR 64
        #elif defined(__AVX__)
        #define VECTOR 32
        #else
        #define VECTOR 16
        #endif
        #if defined(__clang__)
        #define UNROLL _Pragma("clang loop unroll(full)")
        #else
        #define UNROLL _Pragma("GCC unroll 16")
        #endif
        #define DEPTH 384
        // More than caches hold is written past them, where whole vectors are;
        // such writes are not ordered before others without a fence.
        #if defined(__clang__)
        #define STREAMED(count, row, to, wide) ((count) > 1 << 19 && (row) % (wide) == 0 && (unsigned long)(to) % VECTOR == 0)
        #define STREAM(value, to, type) __builtin_nontemporal_store(value, (type *)(to))
        #else
        #define STREAMED(count, row, to, wide) 0
        #define STREAM(value, to, type) *(type *)(to) = value
        #endif
        """

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

    /// The transpose of a block as wide as a vector, by rounds that interleave its first half with its second.
    private static func transposition(_ x: String) -> String {
        let shuffles = [64, 32, 16].map { vector in
            let wide = vector / (x == "d" ? 8 : 4)
            func list(_ start: Int) -> String {
                (start..<(start + wide / 2)).map { "\($0),\($0 + wide)" }.joined(separator: ",")
            }
            return """
                #\(vector == 64 ? "if" : "elif") VECTOR == \(vector)
                #define LOW_\(x)(a, b) __builtin_shufflevector(a, b, \(list(0)))
                #define HIGH_\(x)(a, b) __builtin_shufflevector(a, b, \(list(wide / 2)))
                """
        }.joined(separator: "\n")
        return """
            \(shuffles)
            #endif
            INLINE void transpose_\(x)(const t_\(x) *from, long row, t_\(x) *to, long stride, int isStreamed) {
            #if __has_builtin(__builtin_shufflevector)
              v_\(x) a[WIDE_\(x)], b[WIDE_\(x)];
              UNROLL for (int i = 0; i < WIDE_\(x); i++) a[i] = *(const v_\(x) *)(from + i * row);
              UNROLL for (int round = 1; round < WIDE_\(x); round *= 2) {
                UNROLL for (int i = 0; i < WIDE_\(x); i++) b[i] = a[i];
                UNROLL for (int i = 0; i < WIDE_\(x) / 2; i++) {
                  a[2 * i] = LOW_\(x)(b[i], b[i + WIDE_\(x) / 2]);
                  a[2 * i + 1] = HIGH_\(x)(b[i], b[i + WIDE_\(x) / 2]);
                }
              }
              if (isStreamed) UNROLL for (int i = 0; i < WIDE_\(x); i++) STREAM(a[i], to + i * stride, aligned_\(x));
              else UNROLL for (int i = 0; i < WIDE_\(x); i++) *(v_\(x) *)(to + i * stride) = a[i];
            #else
              for (long i = 0; i < WIDE_\(x); i++) for (long j = 0; j < WIDE_\(x); j++) to[i * stride + j] = from[j * row + i];
            #endif
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
            static __attribute__((noinline, unused)) void pack_\(x)(long m, long k, const t_\(x) *restrict b, long row, long column, t_\(x) *restrict packed) {
              for (long j = 0; j < m; j += PANEL_\(x)) {
                const long columns = m - j < PANEL_\(x) ? m - j : PANEL_\(x);
                t_\(x) *to = packed + j * k;
                if (columns < PANEL_\(x)) memset(to, 0, k * PANEL_\(x) * sizeof(t_\(x)));
                if (columns == PANEL_\(x) && column == 1)
                  for (long l = 0; l < k; l++) for (int q = 0; q < PANEL_\(x); q++) to[l * PANEL_\(x) + q] = b[l * row + j + q];
                else {
                  long l = 0;
                  if (columns == PANEL_\(x) && row == 1) for (; l + WIDE_\(x) <= k; l += WIDE_\(x)) {
                    transpose_\(x)(b + j * column + l, column, to + l * PANEL_\(x), PANEL_\(x), 0);
                    transpose_\(x)(b + (j + WIDE_\(x)) * column + l, column, to + l * PANEL_\(x) + WIDE_\(x), PANEL_\(x), 0);
                  }
                  for (; l < k; l++) for (long q = 0; q < columns; q++) to[l * PANEL_\(x) + q] = b[l * row + (j + q) * column];
                }
              }
            }
            // A large product shared out among threads: first panels of the right side to pack,
            // then blocks of rows of the result, each with what follows from it while it is in the nearest cache
            struct product_\(x) {
              long n, m, k; const t_\(x) *a; long row, column; const t_\(x) *b; long down, across; t_\(x) *packed, *c; int add;
              void (*then)(void *context, long row, long end); void *context;
            };
            enum { BLOCK_\(x) = 12 };
            static __attribute__((unused)) void packPanel_\(x)(void *context, long panel) {
              const struct product_\(x) *p = context;
              const long j = panel * PANEL_\(x);
              pack_\(x)(p->m - j < PANEL_\(x) ? p->m - j : PANEL_\(x), p->k, p->b + j * p->across, p->down, p->across, p->packed + j * p->k);
            }
            static __attribute__((unused)) void multiplyBlock_\(x)(void *context, long block) {
              const struct product_\(x) *p = context;
              const long i = block * BLOCK_\(x), rows = p->n - i < BLOCK_\(x) ? p->n - i : BLOCK_\(x);
              multiply_\(x)(rows, p->m, p->k, p->a + i * p->row, p->row, p->column, p->packed, PANEL_\(x), p->k, p->c + i * p->m, p->add);
              if (p->then) p->then(p->context, i, i + rows);
            }
            static __attribute__((unused)) void sharedProduct_\(x)_\(x)_\(x)(const struct apus_runtime *runtime, long n, long m, long k, const t_\(x) *a, const t_\(x) *b, t_\(x) *c, int ta, int tb, int add, char *packed, void (*then)(void *, long, long), void *context) {
              struct product_\(x) p = {n, m, k, a, ta ? 1 : k, ta ? n : 1, b, tb ? 1 : m, tb ? k : 1, (t_\(x) *)packed, c, add, then, context};
              // A few microseconds of packing take less time than threads need to meet.
              const long panels = (m + PANEL_\(x) - 1) / PANEL_\(x);
              if (m * k > 1 << 16) runtime->parallel(panels, packPanel_\(x), &p);
              else for (long panel = 0; panel < panels; panel++) packPanel_\(x)(&p, panel);
              runtime->parallel((n + BLOCK_\(x) - 1) / BLOCK_\(x), multiplyBlock_\(x), &p);
            }
            // c (+)= a b, or of their transposes
            INLINE void product_\(x)_\(x)_\(x)(long n, long m, long k, const t_\(x) *restrict a, const t_\(x) *restrict b, t_\(x) *restrict c, int ta, int tb, int add, char *packed) {
              if (n * m * k <= 4096 || m == 1) {
                for (long i = 0; i < n; i++) {
                  if (!tb && m > 1) {
                    if (!add) for (long j = 0; j < m; j++) c[i * m + j] = 0;
                    for (long l = 0; l < k; l++) {
                      const t_\(x) s = ta ? a[l * n + i] : a[i * k + l];
                      INDEPENDENT for (long j = 0; j < m; j++) c[i * m + j] += s * b[l * m + j];
                    }
                  } else for (long j = 0; j < m; j++) {
                    REASSOCIATE
                    t_\(x) s = add ? c[i * m + j] : 0;
                    for (long l = 0; l < k; l++) s += (ta ? a[l * n + i] : a[i * k + l]) * (tb ? b[j * k + l] : b[l * m + j]);
                    c[i * m + j] = s;
                  }
                }
              } else if (!tb && m % WIDE_\(x) == 0 && k * m <= 4096) {
                multiply_\(x)(n, m, k, a, ta ? 1 : k, ta ? n : 1, b, m, 1, c, add);
              } else {
                pack_\(x)(m, k, b, tb ? 1 : m, tb ? k : 1, (t_\(x) *)packed);
                multiply_\(x)(n, m, k, a, ta ? 1 : k, ta ? n : 1, (const t_\(x) *)packed, PANEL_\(x), k, c, add);
              }
            }
            """
    }
}
