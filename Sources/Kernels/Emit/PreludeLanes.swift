extension Prelude {
    /// Vectors of as many lanes as the batch is cut into: each lane is another element of the batch.
    static func vectors(_ lanes: Int) -> String {
        """
        #define LANES \(lanes)
        typedef double t_D __attribute__((vector_size(LANES * 8), aligned(\(min(64, lanes * 8)))));
        typedef float t_F __attribute__((vector_size(LANES * 4), aligned(\(min(64, lanes * 4)))));
        typedef long t_L __attribute__((vector_size(LANES * 8), aligned(\(min(64, lanes * 8)))));
        typedef long t_B __attribute__((vector_size(LANES * 8), aligned(\(min(64, lanes * 8)))));
        typedef unsigned long t_U __attribute__((vector_size(LANES * 8), aligned(\(min(64, lanes * 8)))));
        typedef t_U unsigned_L; typedef unsigned int unsigned_I __attribute__((vector_size(LANES * 4)));
        typedef int t_I __attribute__((vector_size(LANES * 4)));
        #define SPLAT_D(s) splat_D(s)
        #define SPLAT_F(s) splat_F(s)
        INLINE t_D splat_D(t_d s) { return s - (t_D){0}; }
        INLINE t_F splat_F(t_f s) { return s - (t_F){0}; }
        INLINE t_L splat_L(t_l s) { return s - (t_L){0}; }
        INLINE t_B splat_B(t_b s) { return (t_l)s * -1 - (t_B){0}; }
        #define CONVERT(x, T) __builtin_convertvector(x, T)
        INLINE t_B compare_D(t_L m) { return m; }
        INLINE t_B compare_L(t_L m) { return m; }
        INLINE t_B compare_B(t_L m) { return m; }
        INLINE t_B compare_F(t_I m) { return CONVERT(m, t_B); }
        INLINE t_D select_D(t_B c, t_D a, t_D b) { return (t_D)(((t_L)a & c) | ((t_L)b & ~c)); }
        INLINE t_L select_L(t_B c, t_L a, t_L b) { return (a & c) | (b & ~c); }
        INLINE t_B select_B(t_B c, t_B a, t_B b) { return (a & c) | (b & ~c); }
        INLINE t_F select_F(t_B c, t_F a, t_F b) {
          const t_I m = CONVERT(c, t_I);
          return (t_F)(((t_I)a & m) | ((t_I)b & ~m));
        }
        INLINE t_B not_B(t_B a) { return ~a; }
        INLINE t_D not_D(t_D a) { return select_D(compare_D(a == 0), splat_D(1), splat_D(0)); }
        INLINE t_F not_F(t_F a) { return select_F(compare_F(a == 0), splat_F(1), splat_F(0)); }
        INLINE t_L not_L(t_L a) { return (a == 0) & 1; }
        #define CASTS(X) \\
          INLINE t_D cast_##X##_D(t_##X a) { return CONVERT(a, t_D); } \\
          INLINE t_F cast_##X##_F(t_##X a) { return CONVERT(a, t_F); } \\
          INLINE t_L cast_##X##_L(t_##X a) { return CONVERT(a, t_L); } \\
          INLINE t_B cast_##X##_B(t_##X a) { return compare_##X(a != 0); } \\
          INLINE t_##X maximum_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a > b) | compare_##X(a != a), a, b); } \\
          INLINE t_##X minimum_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a < b) | compare_##X(a != a), a, b); } \\
          INLINE t_##X maximumStep_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a >= b) | compare_##X(a != a), a, b); } \\
          INLINE t_##X minimumStep_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a <= b) | compare_##X(a != a), a, b); } \\
          INLINE t_##X sign_##X(t_##X a) { return select_##X(compare_##X(a > 0), splat_##X(1), select_##X(compare_##X(a < 0), splat_##X(-1), a)); }
        CASTS(D) CASTS(F) CASTS(L)
        INLINE t_D sumStep_D(t_D a, t_D b) { return a + b; }
        INLINE t_F sumStep_F(t_F a, t_F b) { return a + b; }
        WRAP(L, U)
        INLINE t_B sumStep_B(t_B a, t_B b) { return a | b; }
        INLINE t_B maximumStep_B(t_B a, t_B b) { return a | b; }
        INLINE t_B minimumStep_B(t_B a, t_B b) { return a & b; }
        INLINE t_D cast_B_D(t_B a) { return (t_D)(a & 0x3ff0000000000000l); }
        INLINE t_F cast_B_F(t_B a) { return (t_F)(CONVERT(a, t_I) & 0x3f800000); }
        INLINE t_L cast_B_L(t_B a) { return -a; }
        #define sumStart_D splat_D(0)
        #define sumStart_F splat_F(0)
        #define sumStart_L splat_L(0)
        #define sumStart_B splat_B(0)
        #define maximumStart_D splat_D(-INFINITY)
        #define maximumStart_F splat_F(-INFINITY)
        #define maximumStart_L splat_L(maximumStart_l)
        #define maximumStart_B splat_B(0)
        #define minimumStart_D splat_D(INFINITY)
        #define minimumStart_F splat_F(INFINITY)
        #define minimumStart_L splat_L(minimumStart_l)
        #define minimumStart_B splat_B(1)
        #define EACH(f, X, x) INLINE t_##X f##_##X(t_##X a) { t_##X r; for (int i = 0; i < LANES; i++) r[i] = f##_##x(a[i]); return r; }
        #define EACH2(f, X, x) INLINE t_##X f##_##X(t_##X a, t_##X b) { t_##X r; for (int i = 0; i < LANES; i++) r[i] = f##_##x(a[i], b[i]); return r; }
        #if defined(__clang__)
        #define EVERY(X, whole, one) return whole;
        #else
        #define EVERY(X, whole, one) t_##X r; for (int i = 0; i < LANES; i++) r[i] = one; return r;
        #endif
        #define ROUNDINGS(X, x) \\
          INLINE t_##X floor_##X(t_##X a) { EVERY(X, __builtin_elementwise_floor(a), floor_##x(a[i])) } \\
          INLINE t_##X ceiling_##X(t_##X a) { EVERY(X, __builtin_elementwise_ceil(a), ceiling_##x(a[i])) } \\
          INLINE t_##X rounded_##X(t_##X a) { EVERY(X, __builtin_elementwise_roundeven(a), rounded_##x(a[i])) } \\
          INLINE t_##X sqrt_##X(t_##X a) { EVERY(X, __builtin_elementwise_sqrt(a), sqrt_##x(a[i])) } \\
          INLINE t_##X fma_##X(t_##X a, t_##X b, t_##X c) { EVERY(X, __builtin_elementwise_fma(a, b, c), fma_##x(a[i], b[i], c[i])) }
        ROUNDINGS(D, d) ROUNDINGS(F, f)
        INLINE t_L absolute_L(t_L a) { return select_L(compare_L(a < 0), negative_L(a), a); }
        INLINE t_D absolute_D(t_D a) { return (t_D)((t_L)a & 0x7fffffffffffffffl); }
        INLINE t_F absolute_F(t_F a) { return (t_F)((t_I)a & 0x7fffffff); }
        INLINE t_I bits_F(t_F x) { return (t_I)x; }
        INLINE t_F from_I(t_I x) { return (t_F)x; }
        INLINE t_F cast_I_F(t_I x) { return CONVERT(x, t_F); }
        INLINE t_L bits_D(t_D x) { return (t_L)x; }
        INLINE t_D from_L(t_L x) { return (t_D)x; }
        EACH2(power, D, d) EACH2(power, F, f) EACH2(remainder, D, d) EACH2(remainder, F, f)
        EACH2(atan2, D, d) EACH2(atan2, F, f)
        \(real("D", "t_D", "t_L"))
        \(single("F"))
        \(errorFunction("D", isSingle: false))
        \(errorFunction("F", isSingle: true))
        \(powers("D"))
        \(powers("F"))
        \(trigonometry("D", isSingle: false))
        \(trigonometry("F", isSingle: true))
        \(trigonometryInLanes)
        // Blocks of as many elements of as many lanes as a vector is wide; numbers of other types go one by one
        #define BLOCKS_d(l, i) BLOCKS(d, l, i)
        #define BLOCKS_f(l, i) BLOCKS(f, l, i)
        #define BLOCKS(x, l, i) \\
          if (LANES % WIDE_##x == 0) for (; i + WIDE_##x <= inner; i += WIDE_##x) for (int l = 0; l < LANES; l += WIDE_##x)
        enum { WIDE_l = 1, WIDE_b = 1 };
        #define BLOCKS_l(l, i) for (int l = 0; 0;)
        #define BLOCKS_b(l, i) for (int l = 0; 0;)
        #define transpose_l(from, row, to, stride, isStreamed) (void)0
        #define transpose_b(from, row, to, stride, isStreamed) (void)0
        // Elements first + lane of a batch, lanes innermost, and back; lanes beyond the end repeat its last element.
        #define MOVES(X, x, T) \\
          static void gather_##X(t_##X *restrict to, const t_##x *restrict from, long outer, long inner, long size, long first) { \\
            if (first + LANES <= size) { \\
              for (long o = 0; o < outer; o++) { \\
                const t_##x *rows = from + (o * size + first) * inner; \\
                long i = 0; \\
                BLOCKS_##x(l, i) { \\
                  for (int k = 0; k < WIDE_##x; k++) __builtin_prefetch(rows + (l + LANES + k) * inner + i, 0, 2); \\
                  transpose_##x(rows + l * inner + i, inner, (t_##x *)(to + o * inner + i) + l, LANES, 0); \\
                } \\
                for (; i < inner; i++) { \\
                  t_##X v; \\
                  for (int l = 0; l < LANES; l++) v[l] = T rows[l * inner + i]; \\
                  to[o * inner + i] = v; \\
                } \\
              } \\
              return; \\
            } \\
            for (long o = 0; o < outer; o++) for (long i = 0; i < inner; i++) for (int l = 0; l < LANES; l++) { \\
              const long b = first + l < size ? first + l : size - 1; \\
              to[o * inner + i][l] = T from[(o * size + b) * inner + i]; \\
            } \\
          } \\
          static void scatter_##X(t_##x *restrict to, const t_##X *restrict from, long outer, long inner, long size, long first) { \\
            const int count = first + LANES <= size ? LANES : (int)(size - first); \\
            if (count == LANES) { \\
              for (long o = 0; o < outer; o++) { \\
                t_##x *rows = to + (o * size + first) * inner; \\
                const int isStreamed = STREAMED(size * inner * outer, inner, rows, WIDE_##x); \\
                long i = 0; \\
                BLOCKS_##x(l, i) \\
                  transpose_##x((const t_##x *)(from + o * inner + i) + l, LANES, rows + l * inner + i, inner, isStreamed); \\
                if (isStreamed) __atomic_thread_fence(__ATOMIC_SEQ_CST); \\
                for (; i < inner; i++) { \\
                  const t_##X v = from[o * inner + i]; \\
                  for (int l = 0; l < LANES; l++) rows[l * inner + i] = T v[l]; \\
                } \\
              } \\
              return; \\
            } \\
            for (long o = 0; o < outer; o++) for (long i = 0; i < inner; i++) for (int l = 0; l < count; l++) \\
              to[(o * size + first + l) * inner + i] = T from[o * inner + i][l]; \\
          }
        MOVES(D, d, ) MOVES(F, f, ) MOVES(L, l, ) MOVES(B, b, -)
        // Elements at indices that differ between lanes.
        #define CHOICES(X, x, T) \\
          INLINE t_##X gatherLanes_##X(const t_##X *from, long stride, t_L index, long length, int *failure) { \\
            t_##X r; \\
            for (int l = 0; l < LANES; l++) r[l] = from[apus_index(index[l], length, failure) * stride][l]; \\
            return r; \\
          } \\
          INLINE t_##X gatherLanes_##X##x(const t_##x *from, long stride, t_L index, long length, int *failure) { \\
            t_##X r; \\
            for (int l = 0; l < LANES; l++) r[l] = T from[apus_index(index[l], length, failure) * stride]; \\
            return r; \\
          } \\
          INLINE void scatterLanes_##X(t_##X *to, long stride, t_L index, long length, t_##X update, int *failure) { \\
            for (int l = 0; l < LANES; l++) { \\
              t_##X *place = to + apus_index(index[l], length, failure) * stride; \\
              (*place)[l] = T sumStep_##x(T (*place)[l], T update[l]); \\
            } \\
          }
        CHOICES(D, d, ) CHOICES(F, f, ) CHOICES(L, l, ) CHOICES(B, b, -)
        #define ADDLANES(X, x) \\
          INLINE t_##x sumLanes_##X(t_##X v) { t_##x s = 0; REASSOCIATE_BLOCK(for (int l = 0; l < LANES; l++) s += v[l];) return s; } \\
          INLINE void addLanes_##X(t_##x *restrict to, const t_##X *restrict from, long count) { for (long i = 0; i < count; i++) to[i] += sumLanes_##X(from[i]); }
        #if defined(__clang__)
        #define REASSOCIATE_BLOCK(S) { REASSOCIATE S }
        #else
        #define REASSOCIATE_BLOCK(S) { S }
        #endif
        ADDLANES(D, d) ADDLANES(F, f) ADDLANES(L, l)
        """
    }

    /// Products of matrices whose elements are lanes, found through tables of offsets.
    ///
    /// Lanes are taken a vector of the processor at a time, so that a tile of sums stays in registers. Sums over the
    /// lanes are taken in pieces of so many steps that the pieces of both sides stay in the nearest cache.
    static let laneProducts = """
        enum { WIDTH_D = LANES * 8 < VECTOR ? LANES * 8 : VECTOR, WIDTH_F = LANES * 4 < VECTOR ? LANES * 4 : VECTOR };
        enum { PIECES_D = LANES * 8 / WIDTH_D, PIECES_F = LANES * 4 / WIDTH_F, PIECES_d = 1, PIECES_f = 1 };
        typedef t_d w_D __attribute__((vector_size(WIDTH_D), may_alias));
        typedef t_f w_F __attribute__((vector_size(WIDTH_F), may_alias));
        typedef t_d w_d;
        typedef t_f w_f;
        // c (+)= a b, the elements at a[ar[i] + ac[l]] and b[br[l] + bc[j]]
        #define LANETILE(C, V, A, B, R, S, FINISH) \\
          INLINE void laneTile_##C##_##A##_##B##_##R##_##S(long m, long k, const t_##A *restrict a, const int *restrict ar, const int *restrict ac, const t_##B *restrict b, const int *restrict br, const int *restrict bc, t_##C *restrict c, int add) { \\
            w_##V s[R][S]; \\
            UNROLL for (int r = 0; r < R; r++) UNROLL for (int q = 0; q < S; q++) s[r][q] = (w_##V){0}; \\
            for (int piece = 0; piece < OUTER_##FINISH(V); piece++) { \\
              const w_##A *x[R]; const w_##B *y[S]; \\
              UNROLL for (int r = 0; r < R; r++) x[r] = (const w_##A *)(a + ar[r]) + (PIECES_##A > 1 ? piece : 0); \\
              UNROLL for (int q = 0; q < S; q++) y[q] = (const w_##B *)(b + bc[q]) + (PIECES_##B > 1 ? piece : 0); \\
              for (long l = 0; l < k; l++) { \\
                const long p = (long)ac[l] * PIECES_##A, o = (long)br[l] * PIECES_##B; \\
                UNROLL for (int i = 0; i < INNER_##FINISH(V); i++) { \\
                  if (R < S) { \\
                    w_##A value[R]; \\
                    UNROLL for (int r = 0; r < R; r++) value[r] = x[r][p + (PIECES_##A > 1 ? i : 0)]; \\
                    UNROLL for (int q = 0; q < S; q++) { \\
                      const w_##B other = y[q][o + (PIECES_##B > 1 ? i : 0)]; \\
                      UNROLL for (int r = 0; r < R; r++) s[r][q] += value[r] * other; \\
                    } \\
                  } else { \\
                    w_##B value[S]; \\
                    UNROLL for (int q = 0; q < S; q++) value[q] = y[q][o + (PIECES_##B > 1 ? i : 0)]; \\
                    UNROLL for (int r = 0; r < R; r++) { \\
                      const w_##A other = x[r][p + (PIECES_##A > 1 ? i : 0)]; \\
                      UNROLL for (int q = 0; q < S; q++) s[r][q] += other * value[q]; \\
                    } \\
                  } \\
                } \\
              } \\
              FINISH(R, S, V, C) \\
            } \\
          }
        #define LANEROWS(C, V, A, B, R, S, FINISH, LAST) \\
          LANETILE(C, V, A, B, R, S, FINISH) LANETILE(C, V, A, B, R, 1, LAST) \\
          INLINE void laneRows_##C##_##A##_##B##_##R(long m, long k, const t_##A *restrict a, const int *restrict ar, const int *restrict ac, const t_##B *restrict b, const int *restrict br, const int *restrict bc, t_##C *restrict c, int add) { \\
            long j = 0; \\
            for (; j + S <= m; j += S) laneTile_##C##_##A##_##B##_##R##_##S(m, k, a, ar, ac, b, br, bc + j, c + j, add); \\
            for (; j < m; j++) laneTile_##C##_##A##_##B##_##R##_1(m, k, a, ar, ac, b, br, bc + j, c + j, add); \\
          }
        #define LANEPRODUCT(C, V, A, B, R, S, FINISH, LAST, DEEPEST) \\
          LANEROWS(C, V, A, B, R, S, FINISH, LAST) LANEROWS(C, V, A, B, 1, 8, LAST, LAST) \\
          static __attribute__((noinline, unused)) void laneProduct_##C##_##A##_##B(long n, long m, long k, const t_##A *restrict a, const int *restrict ar, const int *restrict ac, const t_##B *restrict b, const int *restrict br, const int *restrict bc, t_##C *restrict c, int add) { \\
            const long parts = k > DEEPEST ? (k + DEEPEST - 1) / DEEPEST : 1; \\
            for (long part = 0; part < parts; part++) { \\
              const long from = k * part / parts, depth = k * (part + 1) / parts - from; \\
              long i = 0; \\
              for (; i + R <= n; i += R) laneRows_##C##_##A##_##B##_##R(m, depth, a, ar + i, ac + from, b, br + from, bc, c + i * m, add); \\
              for (; i < n; i++) laneRows_##C##_##A##_##B##_1(m, depth, a, ar + i, ac + from, b, br + from, bc, c + i * m, add); \\
            } \\
          }
        // Where results keep their lanes, pieces are computed one after the other; where lanes are added up, together.
        #define OUTER_KEEP(V) PIECES_##V
        #define INNER_KEEP(V) 1
        #define OUTER_SUM(V) 1
        #define INNER_SUM(V) PIECES_##V
        #define OUTER_SUMALL(V) 1
        #define INNER_SUMALL(V) PIECES_##V
        #define KEEP(R, S, V, C) \\
          UNROLL for (int r = 0; r < R; r++) UNROLL for (int q = 0; q < S; q++) { \\
            w_##V *to = (w_##V *)(c + r * m + q) + piece; \\
            *to = add ? *to + s[r][q] : s[r][q]; \\
            s[r][q] = (w_##V){0}; \\
          }
        #define SUM(R, S, V, C) \\
          UNROLL for (int r = 0; r < R; r++) UNROLL for (int q = 0; q < S; q++) { \\
            t_##C sum = 0; \\
            REASSOCIATE_BLOCK(UNROLL for (int l = 0; l < LANES / PIECES_##V; l++) sum += s[r][q][l];) \\
            c[r * m + q] += sum; \\
          }
        #if VECTOR == 64 && LANES == 16 && __has_builtin(__builtin_shufflevector)
        // Sixteen sums over sixteen lanes as one vector of sums: each step adds halves of what is left of two.
        #define ADD(a, b, ...) (__builtin_shufflevector(a, b, __VA_ARGS__))
        #define STEP8(a, b) (ADD(a, b, 0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23) + ADD(a, b, 8,9,10,11,12,13,14,15,24,25,26,27,28,29,30,31))
        #define STEP4(a, b) (ADD(a, b, 0,1,2,3,8,9,10,11,16,17,18,19,24,25,26,27) + ADD(a, b, 4,5,6,7,12,13,14,15,20,21,22,23,28,29,30,31))
        #define STEP2(a, b) (ADD(a, b, 0,1,4,5,8,9,12,13,16,17,20,21,24,25,28,29) + ADD(a, b, 2,3,6,7,10,11,14,15,18,19,22,23,26,27,30,31))
        #define STEP1(a, b) (ADD(a, b, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30) + ADD(a, b, 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31))
        #define SUMALL(R, S, V, C) \\
          w_##V h[8], g[4], f[2]; \\
          UNROLL for (int i = 0; i < 8; i++) h[i] = STEP8(s[i / 2][i % 2 * 2], s[i / 2][i % 2 * 2 + 1]); \\
          UNROLL for (int i = 0; i < 4; i++) g[i] = STEP4(h[2 * i], h[2 * i + 1]); \\
          UNROLL for (int i = 0; i < 2; i++) f[i] = STEP2(g[2 * i], g[2 * i + 1]); \\
          const w_##V e = STEP1(f[0], f[1]); \\
          UNROLL for (int r = 0; r < 4; r++) UNROLL for (int q = 0; q < 4; q++) c[r * m + q] += e[4 * r + q];
        #else
        #define SUMALL(R, S, V, C) SUM(R, S, V, C)
        #endif
        #define WHOLE_DEPTH 0x7fffffffffffffffl
        #define LANEPRODUCTS(V, v, R, S, ALL) \\
          LANEPRODUCT(V, V, V, V, R, S, KEEP, KEEP, WHOLE_DEPTH) LANEPRODUCT(V, V, V, v, R, S, KEEP, KEEP, WHOLE_DEPTH) LANEPRODUCT(V, V, v, V, S, R, KEEP, KEEP, WHOLE_DEPTH) \\
          LANEPRODUCT(v, V, V, V, R, S, ALL, SUM, LANEDEPTH) LANEPRODUCT(v, V, V, v, R, S, ALL, SUM, LANEDEPTH) LANEPRODUCT(v, V, v, V, S, R, ALL, SUM, LANEDEPTH)
        #if VECTOR == 64
        #define LANEDEPTH 128
        LANEPRODUCTS(D, d, 4, 4, SUM)
        LANEPRODUCTS(F, f, 4, 4, SUMALL)
        #else
        #define LANEDEPTH 32
        LANEPRODUCTS(D, d, 3, 4, SUM)
        LANEPRODUCTS(F, f, 3, 4, SUM)
        #endif
        """
}
