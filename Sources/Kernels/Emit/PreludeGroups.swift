extension Prelude {
    /// Matrices of a batch side by side: as many as a register, or two, have lanes.
    static let groups = #"""
        // A group of matrices, one a lane: vectors of one register, and of two where operations wait for each other.
        typedef t_d t_R __attribute__((vector_size(VECTOR), aligned(8), may_alias));
        typedef t_d t_A __attribute__((vector_size(VECTOR), aligned(VECTOR), may_alias));
        typedef t_d t_G __attribute__((vector_size(2 * VECTOR), aligned(VECTOR), may_alias));
        typedef t_l t_N __attribute__((vector_size(2 * VECTOR), aligned(VECTOR), may_alias));
        typedef t_l t_S __attribute__((vector_size(VECTOR), aligned(8), may_alias));
        enum { REGISTER = VECTOR / 8, GROUP = 2 * REGISTER };
        #if VECTOR == 64
        #define LOW1(a, b) __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
        #define HIGH1(a, b) __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15)
        #define LOW2(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
        #define HIGH2(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
        #define LOW4(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
        #define HIGH4(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
        #elif VECTOR == 32
        #define LOW1(a, b) __builtin_shufflevector(a, b, 0, 4, 2, 6)
        #define HIGH1(a, b) __builtin_shufflevector(a, b, 1, 5, 3, 7)
        #define LOW2(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
        #define HIGH2(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)
        #define LOW4(a, b) (a)
        #define HIGH4(a, b) (b)
        #else
        #define LOW1(a, b) __builtin_shufflevector(a, b, 0, 2)
        #define HIGH1(a, b) __builtin_shufflevector(a, b, 1, 3)
        #define LOW2(a, b) (a)
        #define HIGH2(a, b) (b)
        #define LOW4(a, b) (a)
        #define HIGH4(a, b) (b)
        #endif
        #define EXCHANGE(d, LOW, HIGH) if (REGISTER > d) UNROLL for (int i = 0; i < REGISTER; i++) if (!(i & d)) { \
          const t_R a = x[i], b = x[i + d]; x[i] = LOW(a, b); x[i + d] = HIGH(a, b); }
        // Rows become columns.
        INLINE void transpose_R(t_R x[REGISTER]) { EXCHANGE(1, LOW1, HIGH1) EXCHANGE(2, LOW2, HIGH2) EXCHANGE(4, LOW4, HIGH4) }
        // count elements of as many arrays as there are lanes, `size` apart, to vectors; and back
        INLINE void gatherLanes(int lanes, long count, const t_d *from, long size, t_d *restrict to) {
          long e = 0;
          for (; e + REGISTER <= count; e += REGISTER) for (int h = 0; h < lanes; h += REGISTER) {
            t_R x[REGISTER];
            UNROLL for (int i = 0; i < REGISTER; i++) x[i] = *(const t_R *)(from + (h + i) * size + e);
            transpose_R(x);
            UNROLL for (int i = 0; i < REGISTER; i++) *(t_R *)(to + (e + i) * lanes + h) = x[i];
          }
          for (; e < count; e++) for (int h = 0; h < lanes; h++) to[e * lanes + h] = from[h * size + e];
        }
        INLINE void scatterLanes(int lanes, long count, const t_d *restrict from, t_d *to, long size) {
          long e = 0;
          for (; e + REGISTER <= count; e += REGISTER) for (int h = 0; h < lanes; h += REGISTER) {
            t_R x[REGISTER];
            UNROLL for (int i = 0; i < REGISTER; i++) x[i] = *(const t_R *)(from + (e + i) * lanes + h);
            transpose_R(x);
            UNROLL for (int i = 0; i < REGISTER; i++) *(t_R *)(to + (h + i) * size + e) = x[i];
          }
          for (; e < count; e++) for (int h = 0; h < lanes; h++) to[h * size + e] = from[e * lanes + h];
        }
        """#

    /// Cholesky factors of as many matrices as a vector of type `T` has lanes, in place, by blocks of four rows and two
    /// columns that stay in registers; NaN is returned for those that have none.
    static let choleskyBlocks = #"""
        // Some rows i... of the factors, columns j and those after it:
        // what the columns before `depth` take is subtracted.
        #define CHOLESKYBLOCK(T, R, C) \
        static __attribute__((noinline, unused)) void choleskyBlock_##T##_##R##_##C(long n, long i, long j, long depth, t_##T *restrict m, const t_##T *inverse) { \
          t_##T s[R][C]; \
          t_##T *rows = m + i * n; \
          const t_##T *columns = m + j * n; \
          UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) s[r][c] = rows[r * n + j + c]; \
          for (long k = 0; k < depth; k++) UNROLL for (int c = 0; c < C; c++) { \
            const t_##T y = columns[c * n + k]; \
            UNROLL for (int r = 0; r < R; r++) s[r][c] -= rows[r * n + k] * y; \
          } \
          if (inverse) UNROLL for (int c = 0; c < C; c++) { \
            UNROLL for (int b = 0; b < c; b++) { const t_##T y = columns[c * n + j + b]; UNROLL for (int r = 0; r < R; r++) s[r][c] -= s[r][b] * y; } \
            UNROLL for (int r = 0; r < R; r++) s[r][c] *= inverse[j + c]; \
          } \
          UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) rows[r * n + j + c] = s[r][c]; \
        }
        #define CHOLESKYROWS(T) \
        INLINE long choleskyRows_##T(long n, long i, t_##T *restrict m, t_##T *inverse, t_##T *worst) { \
          const long rows = i + 4 <= n ? 4 : 1; \
          for (long j = 0, columns; j < i + rows; j += columns) { \
            columns = rows == 4 || j + 2 <= i ? 2 : 1; \
            const t_##T *scale = j < i ? inverse : 0; \
            const long depth = j < i ? j : i; \
            if (rows == 4) choleskyBlock_##T##_4_2(n, i, j, depth, m, scale); \
            else if (columns == 2) choleskyBlock_##T##_1_2(n, i, j, depth, m, scale); \
            else choleskyBlock_##T##_1_1(n, i, j, depth, m, scale); \
          } \
          for (long k = i; k < i + rows; k++) { \
            const t_##T pivot = m[k * n + k], root = sqrt_##T(pivot); \
            m[k * n + k] = root; \
            inverse[k] = 1 / root; \
            *worst += 0 * inverse[k];  /* the inverse of no positive pivot is not finite */ \
            for (long r = k + 1; r < i + rows; r++) { \
              const t_##T factor = m[r * n + k] * inverse[k]; \
              m[r * n + k] = factor; \
              for (long c = k + 1; c <= r; c++) m[r * n + c] -= factor * m[c * n + k]; \
            } \
          } \
          return rows; \
        }
        """#

    static let choleskyGroup = #"""
        INLINE t_R sqrt_R(t_R x) { return __builtin_elementwise_sqrt(x); }
        CHOLESKYBLOCK(R, 4, 2) CHOLESKYBLOCK(R, 1, 2) CHOLESKYBLOCK(R, 1, 1)
        CHOLESKYROWS(R)
        // The lower triangles of a group to vectors; and back, zeros beside them, past the caches if they are streamed.
        // Blocks go on from row to row: a matrix is an array of n n elements.
        INLINE void gatherLower(long n, const t_d *from, t_R *restrict m) {
          long e = 0;
          for (long i = 0; i < n; i++) {
            if (e < i * n) e = i * n / REGISTER * REGISTER;
            for (; e <= i * n + i && e + REGISTER <= n * n; e += REGISTER) {
              UNROLL for (int h = 0; h < REGISTER; h++) m[e + h] = *(const t_R *)(from + h * n * n + e);
              transpose_R(m + e);
            }
            for (; e <= i * n + i; e++) for (int h = 0; h < REGISTER; h++) m[e][h] = from[h * n * n + e];
          }
        }
        INLINE void scatterLower(long n, const t_R *restrict m, t_d *to, int isStreamed) {
          // Whole vectors of memory are what can be written past caches: what comes before them is written one by one.
          const long head = isStreamed ? (VECTOR - (unsigned long)to % VECTOR) % VECTOR / 8 : 0;
          long e = 0, i = 0, j = head;
          for (; e < head; e++) for (int h = 0; h < REGISTER; h++) to[h * n * n + e] = e % n <= e / n ? m[e][h] : 0;
          for (; j >= n; j -= n) i++;
          for (; e + REGISTER <= n * n; e += REGISTER) {
            t_R x[REGISTER];
            int isZero = 1;
            UNROLL for (int h = 0; h < REGISTER; h++) {
              x[h] = j <= i ? m[e + h] : (t_R){0};
              isZero &= j > i;
              if (++j == n) i++, j = 0;
            }
            if (!isZero) transpose_R(x);
            UNROLL for (int h = 0; h < REGISTER; h++) {
              if (isStreamed) __builtin_nontemporal_store(x[h], (t_A *)(to + h * n * n + e));
              else *(t_R *)(to + h * n * n + e) = x[h];
            }
          }
          for (; e < n * n; e++) for (int h = 0; h < REGISTER; h++) to[h * n * n + e] = e % n <= e / n ? m[e][h] : 0;
        }
        static __attribute__((noinline, unused)) void choleskyGroup_d(long n, const t_d *a, t_d *l, t_R *restrict m, int isStreamed) {
          t_R inverse[n], worst = {0};
          gatherLower(n, a, m);
          const t_d *next = a + REGISTER * n * n;
          for (long i = 0, rows; i < n; i += rows) {
            for (int h = 0; h < REGISTER; h++) for (long r = i; r < i + 4 && r < n; r++)
              for (long e = 0; e <= r; e += 8) __builtin_prefetch(next + (h * n + r) * n + e);
            rows = choleskyRows_R(n, i, m, inverse, &worst);
          }
          t_d check = 0;
          for (int w = 0; w < REGISTER; w++) check += worst[w];
          scatterLower(n, m, l, isStreamed);
          if (check != 0) for (int h = 0; h < REGISTER; h++) if (worst[h] != 0)
            for (long i = 0; i < n * n; i++) l[h * n * n + i] = NAN;
        }
        """#

    /// Whole groups side by side, shared among threads where they are many; the rest one after the other.
    static let choleskies = """
        #if defined(__clang__)
        struct choleskies { long groups, parts; const t_d *a; t_d *l; char *scratch; int isStreamed; };
        INLINE void choleskiesPart(long n, const struct choleskies *p, long part) {
          const long size = REGISTER * n * n, end = p->groups * (part + 1) / p->parts;
          t_R *m = (t_R *)(p->scratch + part * 64 * n * n);
          for (long g = p->groups * part / p->parts; g < end; g++)
            choleskyGroup_d(n, p->a + g * size, p->l + g * size, m, p->isStreamed);
          // Writes past the caches are not ordered before others without a fence.
          if (p->isStreamed) __atomic_thread_fence(__ATOMIC_SEQ_CST);
        }
        #else
        #define choleskiesPart(n, p, part)
        #endif
        INLINE void choleskies_d(const struct apus_runtime *runtime, void (*body)(void *context, long part), long count, long n, const t_d *a, t_d *l, char *scratch) {
          long b = 0;
        #if defined(__clang__)
          const int isStreamed = count * n * n > 1 << 19 && n * n % REGISTER == 0 && (unsigned long)l % 8 == 0;
          struct choleskies all = {count / REGISTER, count * n * n > 1 << 14 ? \(Source.groupParts) : 1, a, l, scratch, isStreamed};
          if (all.parts > 1) runtime->parallel(all.parts, body, &all);
          else body(&all, 0);
          b = all.groups * REGISTER;
        #endif
          for (; b < count; b++) cholesky_d(n, a + b * n * n, l + b * n * n);
        }
        """
}
