// Made of the headers in Sources/Kernels/C by Scripts/embed.
// swift-format-ignore-file

extension Header {
    static let circles = Header(
        text: #"""
        typedef double w_d __attribute__((vector_size(64), aligned(8), may_alias));
        typedef float w_f __attribute__((vector_size(32), aligned(4), may_alias));
        #define WIDE_d(p, i) (*(const w_d *)((p) + (i)))
        #define WIDE_f(p, i) (*(const w_f *)((p) + (i)))
        #define TURN(a, b, o) __builtin_shufflevector(a, b, (o) % 8, (o) % 8 + 1, (o) % 8 + 2, (o) % 8 + 3, (o) % 8 + 4, (o) % 8 + 5, (o) % 8 + 6, (o) % 8 + 7)
        #define TURNED_d(p, i, n, o) TURN(WIDE_d(p, ((i) + (o) / 8 * 8) % (n)), WIDE_d(p, ((i) + (o) / 8 * 8 + 8) % (n)), o)
        #define TURNED_f(p, i, n, o) TURN(WIDE_f(p, ((i) + (o) / 8 * 8) % (n)), WIDE_f(p, ((i) + (o) / 8 * 8 + 8) % (n)), o)
        """#)
    static let elementary = Header(
        text: #"""
        // exp r - 1 for |r| <= log(2)/2, by a polynomial of least error
        INLINE t_d expm1Small_d(t_d r) {
          t_d p = r * 0x1.1f7340dbc337ep-29 + 0x1.af4e554377204p-26;
          p = p * r + 0x1.27e4db46cddd1p-22;
          p = p * r + 0x1.71de01fdbf9cap-19;
          p = p * r + 0x1.a01a01a6e1e2ap-16;
          p = p * r + 0x1.a01a01abf85abp-13;
          p = p * r + 0x1.6c16c16c162c3p-10;
          p = p * r + 0x1.11111111100bep-7;
          p = p * r + 0x1.5555555555556p-5;
          p = p * r + 0x1.5555555555557p-3;
          p = p * r + 0.5;
          return r + r * r * p;
        }
        // 2^k for whole |k| <= 1022
        INLINE t_d powerOfTwo_d(t_d k) {
          return from_l((t_l)((unsigned_l)bits_d(k + 0x1.8p52) << 52) + 0x3ff0000000000000l);
        }
        INLINE t_d exp_d(t_d x) {
          const t_d limited = minimum_d(maximum_d(x, SPLAT_d(-800.0)), SPLAT_d(800.0));
          const t_d k = rounded_d(limited * 0x1.71547652b82fep+0);
          const t_d r = fma_d(k, SPLAT_d(-0x1.abc9e3b39803fp-56), fma_d(k, SPLAT_d(-0x1.62e42fefa39efp-1), limited));
          const t_d half = rounded_d(k * 0.5);
          return (1.0 + expm1Small_d(r)) * powerOfTwo_d(half) * powerOfTwo_d(k - half);
        }
        INLINE t_d expMinusOne_d(t_d x) {
          const t_d limited = minimum_d(maximum_d(x, SPLAT_d(-40.0)), SPLAT_d(800.0));
          const t_d k = rounded_d(limited * 0x1.71547652b82fep+0);
          const t_d r = fma_d(k, SPLAT_d(-0x1.abc9e3b39803fp-56), fma_d(k, SPLAT_d(-0x1.62e42fefa39efp-1), limited));
          const t_d half = rounded_d(k * 0.5);
          const t_d a = powerOfTwo_d(half), b = k - half, small = expm1Small_d(r);
          const t_d large = fma_d(small, a, a - powerOfTwo_d(-b)) * powerOfTwo_d(b);
          return select_d(compare_d(x == 0.0), x, select_d(compare_d(k == 0.0), small, large));
        }
        // log(1 + f) + k log 2 for 1 + f in [sqrt(1/2), sqrt(2)], c a correction
        INLINE t_d logOf_d(t_d f, t_d k, t_d c) {
          const t_d s = f / (f + 2.0), z = s * s, w = z * z;
          const t_d t1 = w * (0x1.999999997fa04p-2 + w * (0x1.c71c51d8e78afp-3 + w * 0x1.39a09d078c69fp-3));
          const t_d t2 = z * (0x1.5555555555593p-1 + w * (0x1.2492494229359p-2 + w * (0x1.7466496cb03dep-3 + w * 0x1.2f112df3e5244p-3)));
          const t_d h = f * f * 0.5;
          return k * 0x1.62e42fee00000p-1 - ((h - (s * (h + t1 + t2) + (k * 0x1.a39ef35793c76p-33 + c))) - f);
        }
        INLINE t_d log_d(t_d x) {
          const t_d scaled = select_d(compare_d(x < 0x1p-1022), x * 0x1p54, x);
          const t_l b = (t_l)((unsigned_l)bits_d(scaled) - 0x3fe6a09e00000000ul);
          const t_d k = cast_l_d(b >> 52);
          const t_d m = from_l((b & 0x000fffffffffffffl) + 0x3fe6a09e00000000l);
          const t_d r = logOf_d(m - 1.0, select_d(compare_d(x < 0x1p-1022), k - 54.0, k), SPLAT_d(0.0));
          const t_d special = select_d(compare_d(x == 0.0), SPLAT_d(-INFINITY), select_d(compare_d(x < 0.0), SPLAT_d(NAN), x));
          return select_d(compare_d(x > 0.0) & compare_d(x < INFINITY), r, special);
        }
        INLINE t_d logOnePlus_d(t_d x) {
          const t_d u = x + 1.0;
          const t_d c = select_d(compare_d(absolute_d(x) < 1.0), x - (u - 1.0), 1.0 - (u - x)) / u;
          const t_l b = (t_l)((unsigned_l)bits_d(u) - 0x3fe6a09e00000000ul);
          const t_d k = cast_l_d(b >> 52);
          const t_d m = from_l((b & 0x000fffffffffffffl) + 0x3fe6a09e00000000l);
          const t_d reduced = select_d(compare_d(k == 0.0), x, m - 1.0);
          const t_d r = logOf_d(reduced, k, select_d(compare_d(k == 0.0), SPLAT_d(0.0), c));
          const t_d special = select_d(compare_d(x == -1.0), SPLAT_d(-INFINITY), select_d(compare_d(x < -1.0), SPLAT_d(NAN), x));
          return select_d(compare_d(x > -1.0) & compare_d(x < INFINITY) & compare_d(x != 0.0), r, special);
        }
        INLINE t_d tanh_d(t_d x) {
          const t_d t = expMinusOne_d(2.0 * minimum_d(absolute_d(x), SPLAT_d(20.0)));
          // The quotient, and what its rounding and that of its divisor lose.
          const t_d d = t + 2.0, lost = t - (d - 2.0), q = t / d;
          const t_d rest = select_d(compare_d(t < 2.0), fma_d(-q, d, t) - q * lost, SPLAT_d(0.0));
          const t_d r = fma_d(rest, (1.0 - q) * 0.5, q);
          return select_d(compare_d(x < 0.0), -r, select_d(compare_d(x > 0.0), r, x));
        }
        INLINE t_d logistic_d(t_d x) {
          const t_d e = exp_d(-absolute_d(x));
          const t_d n = select_d(compare_d(x < 0.0), e, SPLAT_d(1.0));
          const t_d d = 1.0 + e, lost = e - (d - 1.0), q = n / d;
          const t_d rest = fma_d(-q, d, n) - q * lost;
          return fma_d(rest, select_d(compare_d(x < 0.0), 1.0 - q, q), q);
        }
        """#)
    static let elementarySingle = Header(
        text: #"""
        // exp(r + low) - 1 for |r| <= log(2)/2
        INLINE t_f expm1Small_f(t_f r, t_f low) {
          t_f p = r * 0x1.a1256cp-13f + 0x1.6d43b0p-10f;
          p = p * r + 0x1.1110e0p-7f;
          p = p * r + 0x1.5554e8p-5f;
          p = p * r + 0x1.555556p-3f;
          p = p * r + 0.5f;
          return r + (r * r * p + low);
        }
        // 2^k for whole |k| <= 126
        INLINE t_f powerOfTwo_f(t_f k) { return from_i((t_i)((unsigned_i)bits_f(k + 0x1.8p23f) << 23) + 0x3f800000); }
        INLINE t_f exp_f(t_f x) {
          const t_f limited = minimum_f(maximum_f(x, SPLAT_f(-150.0f)), SPLAT_f(150.0f));
          const t_f k = rounded_f(limited * 0x1.715476p+0f);
          const t_f r = fma_f(k, SPLAT_f(0x1.05c610p-29f), fma_f(k, SPLAT_f(-0x1.62e430p-1f), limited));
          const t_f half = rounded_f(k * 0.5f);
          return (1.0f + expm1Small_f(r, SPLAT_f(0.0f))) * powerOfTwo_f(half) * powerOfTwo_f(k - half);
        }
        INLINE t_f expMinusOne_f(t_f x) {
          const t_f limited = minimum_f(maximum_f(x, SPLAT_f(-20.0f)), SPLAT_f(150.0f));
          const t_f k = rounded_f(limited * 0x1.715476p+0f);
          const t_f near = fma_f(k, SPLAT_f(-0x1.62e430p-1f), limited);
          const t_f r = fma_f(k, SPLAT_f(0x1.05c610p-29f), near);
          const t_f small = expm1Small_f(r, fma_f(k, SPLAT_f(0x1.05c610p-29f), near - r));
          const t_f half = rounded_f(k * 0.5f);
          const t_f a = powerOfTwo_f(half), b = k - half;
          const t_f large = fma_f(small, a, a - powerOfTwo_f(-b)) * powerOfTwo_f(b);
          return select_f(compare_f(x == 0.0f), x, select_f(compare_f(k == 0.0f), small, large));
        }
        // log(1 + f) + k log 2 for 1 + f in [sqrt(1/2), sqrt(2)], c a correction
        INLINE t_f logOf_f(t_f f, t_f k, t_f c) {
          t_f p = f * -0x1.43af44p-4f + 0x1.0292e0p-3f;
          p = p * f + -0x1.0a3b38p-3f;
          p = p * f + 0x1.231b4cp-3f;
          p = p * f + -0x1.54cf96p-3f;
          p = p * f + 0x1.999f1ep-3f;
          p = p * f + -0x1.0000d0p-2f;
          p = p * f + 0x1.555554p-2f;
          const t_f y = f * f * (f * p - 0.5f) + (k * -0x1.bd0106p-13f + c);
          return k * 0x1.63p-1f + (f + y);
        }
        INLINE t_f log_f(t_f x) {
          const t_f scaled = select_f(compare_f(x < 0x1p-126f), x * 0x1p23f, x);
          const t_i b = (t_i)((unsigned_i)bits_f(scaled) - 0x3f3504f3u);
          const t_f k = cast_i_f(b >> 23);
          const t_f m = from_i((b & 0x007fffff) + 0x3f3504f3);
          const t_f r = logOf_f(m - 1.0f, select_f(compare_f(x < 0x1p-126f), k - 23.0f, k), SPLAT_f(0.0f));
          const t_f special = select_f(compare_f(x == 0.0f), SPLAT_f((float)-INFINITY), select_f(compare_f(x < 0.0f), SPLAT_f((float)NAN), x));
          return select_f(compare_f(x > 0.0f) & compare_f(x < (float)INFINITY), r, special);
        }
        INLINE t_f logOnePlus_f(t_f x) {
          const t_f u = x + 1.0f;
          const t_f c = select_f(compare_f(absolute_f(x) < 1.0f), x - (u - 1.0f), 1.0f - (u - x)) / u;
          const t_i b = (t_i)((unsigned_i)bits_f(u) - 0x3f3504f3u);
          const t_f k = cast_i_f(b >> 23);
          const t_f m = from_i((b & 0x007fffff) + 0x3f3504f3);
          const t_f reduced = select_f(compare_f(k == 0.0f), x, m - 1.0f);
          const t_f r = logOf_f(reduced, k, select_f(compare_f(k == 0.0f), SPLAT_f(0.0f), c));
          const t_f special = select_f(compare_f(x == -1.0f), SPLAT_f((float)-INFINITY), select_f(compare_f(x < -1.0f), SPLAT_f((float)NAN), x));
          return select_f(compare_f(x > -1.0f) & compare_f(x < (float)INFINITY) & compare_f(x != 0.0f), r, special);
        }
        INLINE t_f tanh_f(t_f x) {
          const t_f t = expMinusOne_f(2.0f * minimum_f(absolute_f(x), SPLAT_f(10.0f)));
          // The quotient, and what its rounding and that of its divisor lose.
          const t_f d = t + 2.0f, lost = t - (d - 2.0f), q = t / d;
          const t_f rest = select_f(compare_f(t < 2.0f), fma_f(-q, d, t) - q * lost, SPLAT_f(0.0f));
          const t_f r = fma_f(rest, (1.0f - q) * 0.5f, q);
          return select_f(compare_f(x < 0.0f), -r, select_f(compare_f(x > 0.0f), r, x));
        }
        INLINE t_f logistic_f(t_f x) {
          const t_f e = exp_f(-absolute_f(x));
          const t_f n = select_f(compare_f(x < 0.0f), e, SPLAT_f(1.0f));
          const t_f d = 1.0f + e, lost = e - (d - 1.0f), q = n / d;
          const t_f rest = fma_f(-q, d, n) - q * lost;
          return fma_f(rest, select_f(compare_f(x < 0.0f), 1.0f - q, q), q);
        }
        """#)
    static let errorFunction = Header(
        text: #"""
        INLINE t_d erf_d(t_d x) {
          const t_d z = x * x, small = fma_d(x, fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(SPLAT_d(0x1.05ffd737fb32ep-34), z, SPLAT_d(-0x1.389d4f2641625p-30)), z, SPLAT_d(0x1.f7b4bf3b13964p-27)), z, SPLAT_d(-0x1.5f1ecb6f0764cp-23)), z, SPLAT_d(0x1.b9df224ca4b97p-20)), z, SPLAT_d(-0x1.f4d1e3183f7aep-17)), z, SPLAT_d(0x1.f9a321d5b8e1ep-14)), z, SPLAT_d(-0x1.c02db3dac435fp-11)), z, SPLAT_d(0x1.565bcd0dbaa38p-8)), z, SPLAT_d(-0x1.b82ce31284e00p-6)), z, SPLAT_d(0x1.ce2f21a042b30p-4)), z, SPLAT_d(-0x1.812746b0379e6p-2)), z, SPLAT_d(0x1.06eba8214db69p-3)), x);
          const t_d a = minimum_d(absolute_d(x), SPLAT_d(6.0));
          const t_d u = 1 / (a + 2), q = fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(fma_d(SPLAT_d(-0x1.30be46f379823p+12), u, SPLAT_d(0x1.1b64a4027ed48p+14)), u, SPLAT_d(-0x1.da810ca83498ep+14)), u, SPLAT_d(0x1.d240e9551f610p+14)), u, SPLAT_d(-0x1.255db4ee174a9p+14)), u, SPLAT_d(0x1.e6516ce71057ep+12)), u, SPLAT_d(-0x1.109eb9bc9d723p+11)), u, SPLAT_d(0x1.d78e42db75445p+8)), u, SPLAT_d(-0x1.59d65bc55f2bfp+6)), u, SPLAT_d(0x1.9e43e2a210c6fp-2)), u, SPLAT_d(-0x1.721ac7ae1ce27p-1)), u, SPLAT_d(0x1.55b9ce1b16118p+1)), u, SPLAT_d(0x1.69b4e0c848102p+1)), u, SPLAT_d(0x1.f96284f703d38p+0)), u, SPLAT_d(0x1.20df54d99452fp+0)), u, SPLAT_d(0x1.20dd5686debc3p-1)), u, SPLAT_d(0x1.b577603e6a791p-27));
          const t_d large = 1 - exp_d(-a * a) * q;
          return select_d(compare_d(a < 1), small, select_d(compare_d(x < 0), -large, large));
        }
        """#)
    static let errorFunctionSingle = Header(
        text: #"""
        INLINE t_f erf_f(t_f x) {
          const t_f z = x * x, small = fma_f(x, fma_f(fma_f(fma_f(fma_f(fma_f(SPLAT_f(-0x1.281efap-11f), z, SPLAT_f(0x1.428d76p-8f)), z, SPLAT_f(-0x1.b5b310p-6f)), z, SPLAT_f(0x1.ce0ab2p-4f)), z, SPLAT_f(-0x1.812680p-2f)), z, SPLAT_f(0x1.06eba2p-3f)), x);
          const t_f a = minimum_f(absolute_f(x), SPLAT_f(4.0f));
          const t_f u = 1 / (a + 2), q = fma_f(fma_f(fma_f(fma_f(fma_f(SPLAT_f(-0x1.c017fap+2f), u, SPLAT_f(0x1.357d5ep+3f)), u, SPLAT_f(-0x1.ee74b0p-3f)), u, SPLAT_f(0x1.83cceep+0f)), u, SPLAT_f(0x1.0ec75cp-1f)), u, SPLAT_f(0x1.5d23c4p-10f));
          const t_f large = 1 - exp_f(-a * a) * q;
          return select_f(compare_f(a < 1), small, select_f(compare_f(x < 0), -large, large));
        }
        """#)
    static let laneProducts = Header(
        text: #"""
        enum { WIDTH_D = LANES * 8 < VECTOR ? LANES * 8 : VECTOR, WIDTH_F = LANES * 4 < VECTOR ? LANES * 4 : VECTOR };
        enum { PIECES_D = LANES * 8 / WIDTH_D, PIECES_F = LANES * 4 / WIDTH_F, PIECES_d = 1, PIECES_f = 1 };
        typedef t_d w_D __attribute__((vector_size(WIDTH_D), may_alias));
        typedef t_f w_F __attribute__((vector_size(WIDTH_F), may_alias));
        typedef t_d w_d;
        typedef t_f w_f;
        // c (+)= a b, the elements at a[ar[i] + ac[l]] and b[br[l] + bc[j]]
        #define LANETILE(C, V, A, B, R, S, FINISH) \
          INLINE void laneTile_##C##_##A##_##B##_##R##_##S(long m, long k, const t_##A *restrict a, const int *restrict ar, const int *restrict ac, const t_##B *restrict b, const int *restrict br, const int *restrict bc, t_##C *restrict c, int add) { \
            w_##V s[R][S]; \
            UNROLL for (int r = 0; r < R; r++) UNROLL for (int q = 0; q < S; q++) s[r][q] = (w_##V){0}; \
            for (int piece = 0; piece < OUTER_##FINISH(V); piece++) { \
              const w_##A *x[R]; const w_##B *y[S]; \
              UNROLL for (int r = 0; r < R; r++) x[r] = (const w_##A *)(a + ar[r]) + (PIECES_##A > 1 ? piece : 0); \
              UNROLL for (int q = 0; q < S; q++) y[q] = (const w_##B *)(b + bc[q]) + (PIECES_##B > 1 ? piece : 0); \
              for (long l = 0; l < k; l++) { \
                const long p = (long)ac[l] * PIECES_##A, o = (long)br[l] * PIECES_##B; \
                UNROLL for (int i = 0; i < INNER_##FINISH(V); i++) { \
                  if (R < S) { \
                    w_##A value[R]; \
                    UNROLL for (int r = 0; r < R; r++) value[r] = x[r][p + (PIECES_##A > 1 ? i : 0)]; \
                    UNROLL for (int q = 0; q < S; q++) { \
                      const w_##B other = y[q][o + (PIECES_##B > 1 ? i : 0)]; \
                      UNROLL for (int r = 0; r < R; r++) s[r][q] += value[r] * other; \
                    } \
                  } else { \
                    w_##B value[S]; \
                    UNROLL for (int q = 0; q < S; q++) value[q] = y[q][o + (PIECES_##B > 1 ? i : 0)]; \
                    UNROLL for (int r = 0; r < R; r++) { \
                      const w_##A other = x[r][p + (PIECES_##A > 1 ? i : 0)]; \
                      UNROLL for (int q = 0; q < S; q++) s[r][q] += other * value[q]; \
                    } \
                  } \
                } \
              } \
              FINISH(R, S, V, C) \
            } \
          }
        #define LANEROWS(C, V, A, B, R, S, FINISH, LAST) \
          LANETILE(C, V, A, B, R, S, FINISH) LANETILE(C, V, A, B, R, 1, LAST) \
          INLINE void laneRows_##C##_##A##_##B##_##R(long m, long k, const t_##A *restrict a, const int *restrict ar, const int *restrict ac, const t_##B *restrict b, const int *restrict br, const int *restrict bc, t_##C *restrict c, int add) { \
            long j = 0; \
            for (; j + S <= m; j += S) laneTile_##C##_##A##_##B##_##R##_##S(m, k, a, ar, ac, b, br, bc + j, c + j, add); \
            for (; j < m; j++) laneTile_##C##_##A##_##B##_##R##_1(m, k, a, ar, ac, b, br, bc + j, c + j, add); \
          }
        #define LANEPRODUCT(C, V, A, B, R, S, FINISH, LAST, DEEPEST) \
          LANEROWS(C, V, A, B, R, S, FINISH, LAST) LANEROWS(C, V, A, B, 1, 8, LAST, LAST) \
          static __attribute__((noinline, unused)) void laneProduct_##C##_##A##_##B(long n, long m, long k, const t_##A *restrict a, const int *restrict ar, const int *restrict ac, const t_##B *restrict b, const int *restrict br, const int *restrict bc, t_##C *restrict c, int add) { \
            const long parts = k > DEEPEST ? (k + DEEPEST - 1) / DEEPEST : 1; \
            for (long part = 0; part < parts; part++) { \
              const long from = k * part / parts, depth = k * (part + 1) / parts - from; \
              long i = 0; \
              for (; i + R <= n; i += R) laneRows_##C##_##A##_##B##_##R(m, depth, a, ar + i, ac + from, b, br + from, bc, c + i * m, add); \
              for (; i < n; i++) laneRows_##C##_##A##_##B##_1(m, depth, a, ar + i, ac + from, b, br + from, bc, c + i * m, add); \
            } \
          }
        // Where results keep their lanes, pieces are computed one after the other; where lanes are added up, together.
        #define OUTER_KEEP(V) PIECES_##V
        #define INNER_KEEP(V) 1
        #define OUTER_SUM(V) 1
        #define INNER_SUM(V) PIECES_##V
        #define OUTER_SUMALL(V) 1
        #define INNER_SUMALL(V) PIECES_##V
        #define KEEP(R, S, V, C) \
          UNROLL for (int r = 0; r < R; r++) UNROLL for (int q = 0; q < S; q++) { \
            w_##V *to = (w_##V *)(c + r * m + q) + piece; \
            *to = add ? *to + s[r][q] : s[r][q]; \
            s[r][q] = (w_##V){0}; \
          }
        #define SUM(R, S, V, C) \
          UNROLL for (int r = 0; r < R; r++) UNROLL for (int q = 0; q < S; q++) { \
            t_##C sum = 0; \
            REASSOCIATE_BLOCK(UNROLL for (int l = 0; l < LANES / PIECES_##V; l++) sum += s[r][q][l];) \
            c[r * m + q] += sum; \
          }
        #if VECTOR == 64 && LANES == 16 && __has_builtin(__builtin_shufflevector)
        // Sixteen sums over sixteen lanes as one vector of sums: each step adds halves of what is left of two.
        #define ADD(a, b, ...) (__builtin_shufflevector(a, b, __VA_ARGS__))
        #define STEP8(a, b) (ADD(a, b, 0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23) + ADD(a, b, 8,9,10,11,12,13,14,15,24,25,26,27,28,29,30,31))
        #define STEP4(a, b) (ADD(a, b, 0,1,2,3,8,9,10,11,16,17,18,19,24,25,26,27) + ADD(a, b, 4,5,6,7,12,13,14,15,20,21,22,23,28,29,30,31))
        #define STEP2(a, b) (ADD(a, b, 0,1,4,5,8,9,12,13,16,17,20,21,24,25,28,29) + ADD(a, b, 2,3,6,7,10,11,14,15,18,19,22,23,26,27,30,31))
        #define STEP1(a, b) (ADD(a, b, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30) + ADD(a, b, 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31))
        #define SUMALL(R, S, V, C) \
          w_##V h[8], g[4], f[2]; \
          UNROLL for (int i = 0; i < 8; i++) h[i] = STEP8(s[i / 2][i % 2 * 2], s[i / 2][i % 2 * 2 + 1]); \
          UNROLL for (int i = 0; i < 4; i++) g[i] = STEP4(h[2 * i], h[2 * i + 1]); \
          UNROLL for (int i = 0; i < 2; i++) f[i] = STEP2(g[2 * i], g[2 * i + 1]); \
          const w_##V e = STEP1(f[0], f[1]); \
          UNROLL for (int r = 0; r < 4; r++) UNROLL for (int q = 0; q < 4; q++) c[r * m + q] += e[4 * r + q];
        #else
        #define SUMALL(R, S, V, C) SUM(R, S, V, C)
        #endif
        #define WHOLE_DEPTH 0x7fffffffffffffffl
        #define LANEPRODUCTS(V, v, R, S, ALL) \
          LANEPRODUCT(V, V, V, V, R, S, KEEP, KEEP, WHOLE_DEPTH) LANEPRODUCT(V, V, V, v, R, S, KEEP, KEEP, WHOLE_DEPTH) LANEPRODUCT(V, V, v, V, S, R, KEEP, KEEP, WHOLE_DEPTH) \
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
        """#)
    static let lanes = Header(
        text: #"""
        typedef double t_D __attribute__((vector_size(LANES * 8), aligned(LANES * 8 < 64 ? LANES * 8 : 64)));
        typedef float t_F __attribute__((vector_size(LANES * 4), aligned(LANES * 4 < 64 ? LANES * 4 : 64)));
        typedef long t_L __attribute__((vector_size(LANES * 8), aligned(LANES * 8 < 64 ? LANES * 8 : 64)));
        typedef long t_B __attribute__((vector_size(LANES * 8), aligned(LANES * 8 < 64 ? LANES * 8 : 64)));
        typedef unsigned long t_U __attribute__((vector_size(LANES * 8), aligned(LANES * 8 < 64 ? LANES * 8 : 64)));
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
        #define CASTS(X) \
          INLINE t_D cast_##X##_D(t_##X a) { return CONVERT(a, t_D); } \
          INLINE t_F cast_##X##_F(t_##X a) { return CONVERT(a, t_F); } \
          INLINE t_L cast_##X##_L(t_##X a) { return CONVERT(a, t_L); } \
          INLINE t_B cast_##X##_B(t_##X a) { return compare_##X(a != 0); } \
          INLINE t_##X maximum_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a > b) | compare_##X(a != a), a, b); } \
          INLINE t_##X minimum_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a < b) | compare_##X(a != a), a, b); } \
          INLINE t_##X maximumStep_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a >= b) | compare_##X(a != a), a, b); } \
          INLINE t_##X minimumStep_##X(t_##X a, t_##X b) { return select_##X(compare_##X(a <= b) | compare_##X(a != a), a, b); } \
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
        #define ROUNDINGS(X, x) \
          INLINE t_##X floor_##X(t_##X a) { EVERY(X, __builtin_elementwise_floor(a), floor_##x(a[i])) } \
          INLINE t_##X ceiling_##X(t_##X a) { EVERY(X, __builtin_elementwise_ceil(a), ceiling_##x(a[i])) } \
          INLINE t_##X rounded_##X(t_##X a) { EVERY(X, __builtin_elementwise_roundeven(a), rounded_##x(a[i])) } \
          INLINE t_##X sqrt_##X(t_##X a) { EVERY(X, __builtin_elementwise_sqrt(a), sqrt_##x(a[i])) } \
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
        """#)
    static let lanesMemory = Header(
        text: #"""
        // Blocks of as many elements of as many lanes as a vector is wide; numbers of other types go one by one
        #define BLOCKS_d(l, i) BLOCKS(d, l, i)
        #define BLOCKS_f(l, i) BLOCKS(f, l, i)
        #define BLOCKS(x, l, i) \
          if (LANES % WIDE_##x == 0) for (; i + WIDE_##x <= inner; i += WIDE_##x) for (int l = 0; l < LANES; l += WIDE_##x)
        enum { WIDE_l = 1, WIDE_b = 1 };
        #define BLOCKS_l(l, i) for (int l = 0; 0;)
        #define BLOCKS_b(l, i) for (int l = 0; 0;)
        #define transpose_l(from, row, to, stride, isStreamed) (void)0
        #define transpose_b(from, row, to, stride, isStreamed) (void)0
        // Elements first + lane of a batch, lanes innermost, and back; lanes beyond the end repeat its last element.
        #define MOVES(X, x, T) \
          static void gather_##X(t_##X *restrict to, const t_##x *restrict from, long outer, long inner, long size, long first) { \
            if (first + LANES <= size) { \
              for (long o = 0; o < outer; o++) { \
                const t_##x *rows = from + (o * size + first) * inner; \
                long i = 0; \
                BLOCKS_##x(l, i) { \
                  for (int k = 0; k < WIDE_##x; k++) __builtin_prefetch(rows + (l + LANES + k) * inner + i, 0, 2); \
                  transpose_##x(rows + l * inner + i, inner, (t_##x *)(to + o * inner + i) + l, LANES, 0); \
                } \
                for (; i < inner; i++) { \
                  t_##X v; \
                  for (int l = 0; l < LANES; l++) v[l] = T rows[l * inner + i]; \
                  to[o * inner + i] = v; \
                } \
              } \
              return; \
            } \
            for (long o = 0; o < outer; o++) for (long i = 0; i < inner; i++) for (int l = 0; l < LANES; l++) { \
              const long b = first + l < size ? first + l : size - 1; \
              to[o * inner + i][l] = T from[(o * size + b) * inner + i]; \
            } \
          } \
          static void scatter_##X(t_##x *restrict to, const t_##X *restrict from, long outer, long inner, long size, long first) { \
            const int count = first + LANES <= size ? LANES : (int)(size - first); \
            if (count == LANES) { \
              for (long o = 0; o < outer; o++) { \
                t_##x *rows = to + (o * size + first) * inner; \
                const int isStreamed = STREAMED(size * inner * outer, inner, rows, WIDE_##x); \
                long i = 0; \
                BLOCKS_##x(l, i) \
                  transpose_##x((const t_##x *)(from + o * inner + i) + l, LANES, rows + l * inner + i, inner, isStreamed); \
                if (isStreamed) __atomic_thread_fence(__ATOMIC_SEQ_CST); \
                for (; i < inner; i++) { \
                  const t_##X v = from[o * inner + i]; \
                  for (int l = 0; l < LANES; l++) rows[l * inner + i] = T v[l]; \
                } \
              } \
              return; \
            } \
            for (long o = 0; o < outer; o++) for (long i = 0; i < inner; i++) for (int l = 0; l < count; l++) \
              to[(o * size + first + l) * inner + i] = T from[o * inner + i][l]; \
          }
        MOVES(D, d, ) MOVES(F, f, ) MOVES(L, l, ) MOVES(B, b, -)
        // Elements at indices that differ between lanes.
        #define CHOICES(X, x, T) \
          INLINE t_##X gatherLanes_##X(const t_##X *from, long stride, t_L index, long length, int *failure) { \
            t_##X r; \
            for (int l = 0; l < LANES; l++) r[l] = from[apus_index(index[l], length, failure) * stride][l]; \
            return r; \
          } \
          INLINE t_##X gatherLanes_##X##x(const t_##x *from, long stride, t_L index, long length, int *failure) { \
            t_##X r; \
            for (int l = 0; l < LANES; l++) r[l] = T from[apus_index(index[l], length, failure) * stride]; \
            return r; \
          } \
          INLINE void scatterLanes_##X(t_##X *to, long stride, t_L index, long length, t_##X update, int *failure) { \
            for (int l = 0; l < LANES; l++) { \
              t_##X *place = to + apus_index(index[l], length, failure) * stride; \
              (*place)[l] = T sumStep_##x(T (*place)[l], T update[l]); \
            } \
          }
        CHOICES(D, d, ) CHOICES(F, f, ) CHOICES(L, l, ) CHOICES(B, b, -)
        #define ADDLANES(X, x) \
          INLINE t_##x sumLanes_##X(t_##X v) { t_##x s = 0; REASSOCIATE_BLOCK(for (int l = 0; l < LANES; l++) s += v[l];) return s; } \
          INLINE void addLanes_##X(t_##x *restrict to, const t_##X *restrict from, long count) { for (long i = 0; i < count; i++) to[i] += sumLanes_##X(from[i]); }
        #if defined(__clang__)
        #define REASSOCIATE_BLOCK(S) { REASSOCIATE S }
        #else
        #define REASSOCIATE_BLOCK(S) { S }
        #endif
        ADDLANES(D, d) ADDLANES(F, f) ADDLANES(L, l)
        """#)
    static let order = Header(
        text: #"""
        #define LARGEST(X, C, L, INDEX, GREATER) \
          static __attribute__((unused)) void argmax_##X(long n, long step, const t_##X *restrict x, t_##L *restrict index) { \
            t_##X best = x[0]; \
            t_##L place = INDEX(0); \
            for (long i = 1; i < n; i++) { \
              const t_##X a = x[i * step]; \
              const t_##C c = compare_##X(a GREATER best) | (compare_##X(a != a) & compare_##X(best == best)); \
              best = select_##X(c, a, best); \
              place = select_##L(c, INDEX(i), place); \
            } \
            *index = place; \
          }
        #define NUMBER_l(i) (i)
        LARGEST(d, b, l, NUMBER_l, >) LARGEST(f, b, l, NUMBER_l, >) LARGEST(l, b, l, NUMBER_l, >) LARGEST(b, b, l, NUMBER_l, >)
        typedef t_d u_d __attribute__((may_alias)); typedef t_f u_f __attribute__((may_alias));
        typedef t_l u_l __attribute__((may_alias)); typedef t_b u_b __attribute__((may_alias)); typedef t_l u_n __attribute__((may_alias));
        // Merges sorted runs of twice the length, again and again, between the two halves of w.
        #define SORTORDER(T, BEFORE) \
          INLINE int before_##T(t_l i, t_l j, const u_##T *line, long step) { \
            const u_##T first = line[i * step], second = line[j * step]; \
            return (first BEFORE second) || (first == first && second != second); \
          } \
          static __attribute__((unused)) void argsort_##T(long n, long step, const u_##T *line, u_l *order, t_l *w) { \
            t_l *from = w, *to = w + n; \
            for (long s = 0; s < n; s += 8) for (long i = s; i < s + 8 && i < n; i++) { \
              long j = i; \
              for (; j > s && before_##T(i, from[j - 1], line, step); j--) from[j] = from[j - 1]; \
              from[j] = i; \
            } \
            for (long run = 8; run < n; run *= 2) { \
              for (long s = 0; s < n; s += 2 * run) { \
                const long middle = s + run < n ? s + run : n, end = middle + run < n ? middle + run : n; \
                long i = s, j = middle; \
                for (long k = s; k < end; k++) { \
                  const int isSecond = i == middle || (j < end && before_##T(from[j], from[i], line, step)); \
                  to[k] = isSecond ? from[j++] : from[i++]; \
                } \
              } \
              t_l *const other = from; from = to; to = other; \
            } \
            for (long i = 0; i < n; i++) order[i * step] = from[i]; \
          }
        SORTORDER(d, <) SORTORDER(f, <) SORTORDER(l, <) SORTORDER(b, <)
        """#)
    static let orderInLanes = Header(
        text: #"""
        LARGEST(D, B, L, splat_L, >) LARGEST(F, B, L, splat_L, >) LARGEST(L, B, L, splat_L, >) LARGEST(B, B, L, splat_L, <)
        SORTORDER(n, >)
        #define LANEORDER(X, T) \
          INLINE void argsort_##X(long count, long step, const t_##X *restrict line, t_L *restrict order, t_l *restrict w) { \
            for (int i = 0; i < LANES; i++) \
              argsort_##T(count, step * LANES, (const u_##T *)line + i, (u_l *)order + i, w); \
          }
        LANEORDER(D, d) LANEORDER(F, f) LANEORDER(L, l) LANEORDER(B, n)
        """#)
    static let powers = Header(
        text: #"""
        INLINE t_d first_d(t_d x) { return x; }
        INLINE t_d square_d(t_d x) { return x * x; }
        INLINE t_d cube_d(t_d x) { return x * x * x; }
        INLINE t_d fourth_d(t_d x) { return (x * x) * (x * x); }
        INLINE t_d inverse_d(t_d x) { return 1 / x; }
        INLINE t_d inverseSquare_d(t_d x) { return 1 / x / x; }
        INLINE t_d root_d(t_d x) {
          return select_d(compare_d(x == SPLAT_d(-INFINITY)), -x, sqrt_d(x) + 0);
        }
        INLINE t_d rootCube_d(t_d x) { return absolute_d(x) * root_d(x); }
        INLINE t_d inverseRoot_d(t_d x) { return 1 / root_d(x); }
        """#)
    static let products = Header(
        text: #"""
        static __attribute__((noinline, unused)) void pack_d(long m, long k, const t_d *restrict b, long row, long column, t_d *restrict packed) {
          for (long j = 0; j < m; j += PANEL_d) {
            const long columns = m - j < PANEL_d ? m - j : PANEL_d;
            t_d *to = packed + j * k;
            if (columns < PANEL_d) memset(to, 0, k * PANEL_d * sizeof(t_d));
            if (columns == PANEL_d && column == 1)
              for (long l = 0; l < k; l++) for (int q = 0; q < PANEL_d; q++) to[l * PANEL_d + q] = b[l * row + j + q];
            else {
              long l = 0;
              if (columns == PANEL_d && row == 1) for (; l + WIDE_d <= k; l += WIDE_d) {
                transpose_d(b + j * column + l, column, to + l * PANEL_d, PANEL_d, 0);
                transpose_d(b + (j + WIDE_d) * column + l, column, to + l * PANEL_d + WIDE_d, PANEL_d, 0);
              }
              for (; l < k; l++) for (long q = 0; q < columns; q++) to[l * PANEL_d + q] = b[l * row + (j + q) * column];
            }
          }
        }
        // A large product shared out among threads: first panels of the right side to pack,
        // then blocks of rows of the result, each with what follows from it while it is in the nearest cache
        struct product_d {
          long n, m, k; const t_d *a; long row, column; const t_d *b; long down, across; t_d *packed, *c; int add;
          void (*then)(void *context, long row, long end); void *context;
        };
        enum { BLOCK_d = 12 };
        static __attribute__((unused)) void packPanel_d(void *context, long panel) {
          const struct product_d *p = context;
          const long j = panel * PANEL_d;
          pack_d(p->m - j < PANEL_d ? p->m - j : PANEL_d, p->k, p->b + j * p->across, p->down, p->across, p->packed + j * p->k);
        }
        static __attribute__((unused)) void multiplyBlock_d(void *context, long block) {
          const struct product_d *p = context;
          const long i = block * BLOCK_d, rows = p->n - i < BLOCK_d ? p->n - i : BLOCK_d;
          multiply_d(rows, p->m, p->k, p->a + i * p->row, p->row, p->column, p->packed, PANEL_d, p->k, p->c + i * p->m, p->add);
          if (p->then) p->then(p->context, i, i + rows);
        }
        static __attribute__((unused)) void sharedProduct_d_d_d(const struct apus_runtime *runtime, long n, long m, long k, const t_d *a, const t_d *b, t_d *c, int ta, int tb, int add, char *packed, void (*then)(void *, long, long), void *context) {
          struct product_d p = {n, m, k, a, ta ? 1 : k, ta ? n : 1, b, tb ? 1 : m, tb ? k : 1, (t_d *)packed, c, add, then, context};
          // A few microseconds of packing take less time than threads need to meet.
          const long panels = (m + PANEL_d - 1) / PANEL_d;
          if (m * k > 1 << 16) runtime->parallel(panels, packPanel_d, &p);
          else for (long panel = 0; panel < panels; panel++) packPanel_d(&p, panel);
          runtime->parallel((n + BLOCK_d - 1) / BLOCK_d, multiplyBlock_d, &p);
        }
        // c (+)= a b, or of their transposes
        INLINE void product_d_d_d(long n, long m, long k, const t_d *restrict a, const t_d *restrict b, t_d *restrict c, int ta, int tb, int add, char *packed) {
          if (n * m * k <= 4096 || m == 1) {
            for (long i = 0; i < n; i++) {
              if (!tb && m > 1) {
                if (!add) for (long j = 0; j < m; j++) c[i * m + j] = 0;
                for (long l = 0; l < k; l++) {
                  const t_d s = ta ? a[l * n + i] : a[i * k + l];
                  INDEPENDENT for (long j = 0; j < m; j++) c[i * m + j] += s * b[l * m + j];
                }
              } else for (long j = 0; j < m; j++) {
                REASSOCIATE
                t_d s = add ? c[i * m + j] : 0;
                for (long l = 0; l < k; l++) s += (ta ? a[l * n + i] : a[i * k + l]) * (tb ? b[j * k + l] : b[l * m + j]);
                c[i * m + j] = s;
              }
            }
          } else if (!tb && m % WIDE_d == 0 && k * m <= 4096) {
            multiply_d(n, m, k, a, ta ? 1 : k, ta ? n : 1, b, m, 1, c, add);
          } else {
            pack_d(m, k, b, tb ? 1 : m, tb ? k : 1, (t_d *)packed);
            multiply_d(n, m, k, a, ta ? 1 : k, ta ? n : 1, (const t_d *)packed, PANEL_d, k, c, add);
          }
        }
        """#)
    static let random = Header(
        text: #"""
        INLINE void threefry_l(t_l key, t_l other, t_u a, t_u b, t_u *first, t_u *second) {
          const t_u p = (t_u)key, q = (t_u)other, r = 0x1BD11BDAA9FC1A22ul ^ p ^ q;
          a = a + p; b = b + q;
          FOURA INJECT(q, r, 1) FOURB INJECT(r, p, 2) FOURA INJECT(p, q, 3) FOURB INJECT(q, r, 4) FOURA INJECT(r, p, 5)
          *first = a; *second = b;
        }
        INLINE t_d unit_l(t_u word) { return (WHOLE_l(word >> 12) + 0.5) * 0x1p-52; }
        static __attribute__((noinline, unused)) void uniform_l(t_l key, t_l other, long start, long n, t_d *restrict to) {
          for (long i = 0; i < n / 2; i++) {
            t_u a, b;
            threefry_l(key, other, (t_u){0} + (unsigned long)(start + i), (t_u){0}, &a, &b);
            to[2 * i] = unit_l(a); to[2 * i + 1] = unit_l(b);
          }
          if (n % 2 == 1) {
            t_u a, b;
            threefry_l(key, other, (t_u){0} + (unsigned long)(start + n / 2), (t_u){0}, &a, &b);
            to[n - 1] = unit_l(a);
          }
        }
        static __attribute__((noinline, unused)) void normal_l(t_l key, t_l other, long n, t_d *restrict to) {
          t_d block[64], cosine[32], sine[32];
          for (long s = 0; s < n; s += 64) {
            const long count = n - s < 64 ? n - s : 64, pairs = (count + 1) / 2;
            uniform_l(key, other, s / 2, 2 * pairs, block);
            for (long i = 0; i < pairs; i++) {
              const t_d radius = sqrt_d(-2.0 * log_d(block[2 * i])), angle = 0x1.921fb54442d18p+2 * block[2 * i + 1];
              cosine[i] = radius * cosNear_d(angle);
              sine[i] = radius * sinNear_d(angle);
            }
            for (long i = 0; i < count; i++) to[s + i] = i % 2 == 0 ? cosine[i / 2] : sine[i / 2];
          }
        }
        INLINE void split_l(t_l key, t_l other, long n, t_l *restrict to) {
          for (long i = 0; i < n; i++) {
            t_u a, b;
            threefry_l(key, other, (t_u){0} + (unsigned long)i, (t_u){0} + 1ul, &a, &b);
            to[2 * i] = (t_l)a; to[2 * i + 1] = (t_l)b;
          }
        }
        INLINE void fold_l(t_l key, t_l other, t_l data, t_l *restrict to) {
          t_u a, b;
          threefry_l(key, other, (t_u)data, (t_u){0} + 2ul, &a, &b);
          to[0] = (t_l)a; to[1] = (t_l)b;
        }
        """#)
    static let randomRounds = Header(
        text: #"""
        #define WHOLE_l(x) ((t_d)(t_l)(x))
        #define MIX(R) a = a + b; b = ((b << R) | (b >> (64 - R))) ^ a;
        #define INJECT(x, y, round) a = a + x; b = b + y + round##ul;
        #define FOURA MIX(16) MIX(42) MIX(12) MIX(31)
        #define FOURB MIX(16) MIX(32) MIX(24) MIX(21)
        """#)
    static let scalars = Header(
        text: #"""
        typedef double t_d; typedef float t_f; typedef long t_l; typedef unsigned char t_b;
        typedef unsigned long t_u;
        typedef unsigned long unsigned_l; typedef unsigned int unsigned_i;
        struct apus_runtime {
          void *context;
          void (*interpret)(void *context, long number, const void *const *operands, void *const *results);
          void (*parallel)(long parts, void (*body)(void *context, long part), void *context);
        };
        typedef int t_i;
        #define SPLAT_d(s) (s)
        #define SPLAT_f(s) (s)
        #define NAN __builtin_nanf("")
        #define INFINITY __builtin_inff()
        #define memcpy __builtin_memcpy
        #define memset __builtin_memset
        #define INLINE static inline __attribute__((always_inline, unused))
        #if defined(__clang__)
        #define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
        #define INTERLEAVE _Pragma("clang loop interleave_count(4)")
        #define EVENLY _Pragma("clang loop unroll(disable) vectorize_width(8) interleave_count(1)")
        #define SINGLY _Pragma("clang loop vectorize(disable)")
        #define REASSOCIATE _Pragma("clang fp reassociate(on)")
        #else
        #define INDEPENDENT _Pragma("GCC ivdep")
        #define INTERLEAVE
        #define EVENLY
        #define SINGLY
        #define REASSOCIATE
        #endif
        extern void cblas_dgemm(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
        extern void cblas_sgemm(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
        double sin(double); double cos(double); double pow(double, double);
        float sinf(float); float cosf(float); float powf(float, float);
        INLINE long apus_index(long index, long length, int *failure) {
          if (index < 0 || index >= length) { *failure = 1; return 0; }
          return index;
        }
        INLINE t_b not_b(t_b a) { return !a; }
        INLINE t_d not_d(t_d a) { return a == 0 ? 1 : 0; }
        INLINE t_f not_f(t_f a) { return a == 0 ? 1 : 0; }
        INLINE t_l not_l(t_l a) { return a == 0 ? 1 : 0; }
        #define COMMON(X) \
          INLINE t_b compare_##X(t_b a) { return a; } \
          INLINE t_##X select_##X(t_b c, t_##X a, t_##X b) { return c ? a : b; } \
          INLINE t_d cast_##X##_d(t_##X a) { return (t_d)a; } \
          INLINE t_f cast_##X##_f(t_##X a) { return (t_f)a; } \
          INLINE t_l cast_##X##_l(t_##X a) { return (t_l)a; } \
          INLINE t_b cast_##X##_b(t_##X a) { return a != 0; }
        COMMON(d) COMMON(f) COMMON(l)
        INLINE t_d sumStep_d(t_d a, t_d b) { return a + b; }
        INLINE t_f sumStep_f(t_f a, t_f b) { return a + b; }
        // Integers wrap around.
        #define WRAP(L, U) \
          INLINE t_##L add_##L(t_##L a, t_##L b) { return (t_##L)((t_##U)a + (t_##U)b); } \
          INLINE t_##L subtract_##L(t_##L a, t_##L b) { return (t_##L)((t_##U)a - (t_##U)b); } \
          INLINE t_##L multiply_##L(t_##L a, t_##L b) { return (t_##L)((t_##U)a * (t_##U)b); } \
          INLINE t_##L negative_##L(t_##L a) { return (t_##L)-(t_##U)a; } \
          INLINE t_##L sumStep_##L(t_##L a, t_##L b) { return add_##L(a, b); }
        WRAP(l, u)
        INLINE t_b compare_b(t_b a) { return a; }
        INLINE t_b select_b(t_b c, t_b a, t_b b) { return c ? a : b; }
        INLINE t_b sumStep_b(t_b a, t_b b) { return a | b; }
        INLINE t_b maximumStep_b(t_b a, t_b b) { return a | b; }
        INLINE t_b minimumStep_b(t_b a, t_b b) { return a & b; }
        INLINE t_d cast_b_d(t_b a) { return a; }
        INLINE t_f cast_b_f(t_b a) { return a; }
        INLINE t_l cast_b_l(t_b a) { return a; }
        #define ORDERED(X) \
          INLINE t_##X maximum_##X(t_##X a, t_##X b) { return a > b || a != a ? a : b; } \
          INLINE t_##X minimum_##X(t_##X a, t_##X b) { return a < b || a != a ? a : b; } \
          INLINE t_##X maximumStep_##X(t_##X a, t_##X b) { return a >= b || a != a ? a : b; } \
          INLINE t_##X minimumStep_##X(t_##X a, t_##X b) { return a <= b || a != a ? a : b; } \
          INLINE t_##X sign_##X(t_##X a) { return a > 0 ? 1 : a < 0 ? -1 : a; }
        ORDERED(d) ORDERED(f) ORDERED(l)
        INLINE t_l absolute_l(t_l a) { return a < 0 ? negative_l(a) : a; }
        #define sumStart_d 0.0
        #define sumStart_f 0.0f
        #define sumStart_l 0l
        #define sumStart_b 0
        #define maximumStart_d (-INFINITY)
        #define maximumStart_f ((float)-INFINITY)
        #define maximumStart_l (-0x7fffffffffffffffl - 1)
        #define maximumStart_b 0
        #define minimumStart_d INFINITY
        #define minimumStart_f ((float)INFINITY)
        #define minimumStart_l 0x7fffffffffffffffl
        #define minimumStart_b 1
        INLINE t_l bits_d(t_d x) { t_l r; memcpy(&r, &x, 8); return r; }
        INLINE t_d from_l(t_l x) { t_d r; memcpy(&r, &x, 8); return r; }
        INLINE t_i bits_f(t_f x) { t_i r; memcpy(&r, &x, 4); return r; }
        INLINE t_f from_i(t_i x) { t_f r; memcpy(&r, &x, 4); return r; }
        INLINE t_f cast_i_f(t_i x) { return (t_f)x; }
        INLINE t_d absolute_d(t_d x) { return __builtin_fabs(x); }
        INLINE t_f absolute_f(t_f x) { return __builtin_fabsf(x); }
        INLINE t_d floor_d(t_d x) { return __builtin_floor(x); }
        INLINE t_d ceiling_d(t_d x) { return __builtin_ceil(x); }
        INLINE t_d rounded_d(t_d x) { return __builtin_rint(x); }
        INLINE t_f floor_f(t_f x) { return __builtin_floorf(x); }
        INLINE t_f ceiling_f(t_f x) { return __builtin_ceilf(x); }
        INLINE t_f rounded_f(t_f x) { return __builtin_rintf(x); }
        INLINE t_d sqrt_d(t_d x) { return __builtin_sqrt(x); }
        INLINE t_f sqrt_f(t_f x) { return __builtin_sqrtf(x); }
        INLINE t_d power_d(t_d x, t_d y) {
          if (y == 2) return x * x;
          if (y == 0.5 && x >= 0) return sqrt_d(x);
          return pow(x, y);
        }
        INLINE t_f power_f(t_f x, t_f y) {
          if (y == 2) return x * x;
          if (y == 0.5f && x >= 0) return sqrt_f(x);
          return powf(x, y);
        }
        double fmod(double, double); float fmodf(float, float); double atan2(double, double); float atan2f(float, float);
        INLINE t_d remainder_d(t_d x, t_d y) {
          const t_d r = fmod(x, y);
          return r != 0 && (r < 0) != (y < 0) ? r + y : r;
        }
        INLINE t_f remainder_f(t_f x, t_f y) {
          const t_f r = fmodf(x, y);
          return r != 0 && (r < 0) != (y < 0) ? r + y : r;
        }
        INLINE t_d atan2_d(t_d y, t_d x) { return atan2(y, x); }
        INLINE t_f atan2_f(t_f y, t_f x) { return atan2f(y, x); }
        INLINE t_d fma_d(t_d a, t_d b, t_d c) { return __builtin_fma(a, b, c); }
        INLINE t_f fma_f(t_f a, t_f b, t_f c) { return __builtin_fmaf(a, b, c); }
        """#)
    static let shuffles = Header(
        text: #"""
        #if VECTOR == 64
        #define LOW_d(a, b) __builtin_shufflevector(a, b, 0,8,1,9,2,10,3,11)
        #define HIGH_d(a, b) __builtin_shufflevector(a, b, 4,12,5,13,6,14,7,15)
        #elif VECTOR == 32
        #define LOW_d(a, b) __builtin_shufflevector(a, b, 0,4,1,5)
        #define HIGH_d(a, b) __builtin_shufflevector(a, b, 2,6,3,7)
        #elif VECTOR == 16
        #define LOW_d(a, b) __builtin_shufflevector(a, b, 0,2)
        #define HIGH_d(a, b) __builtin_shufflevector(a, b, 1,3)
        #endif
        #if VECTOR == 64
        #define LOW_f(a, b) __builtin_shufflevector(a, b, 0,16,1,17,2,18,3,19,4,20,5,21,6,22,7,23)
        #define HIGH_f(a, b) __builtin_shufflevector(a, b, 8,24,9,25,10,26,11,27,12,28,13,29,14,30,15,31)
        #elif VECTOR == 32
        #define LOW_f(a, b) __builtin_shufflevector(a, b, 0,8,1,9,2,10,3,11)
        #define HIGH_f(a, b) __builtin_shufflevector(a, b, 4,12,5,13,6,14,7,15)
        #elif VECTOR == 16
        #define LOW_f(a, b) __builtin_shufflevector(a, b, 0,4,1,5)
        #define HIGH_f(a, b) __builtin_shufflevector(a, b, 2,6,3,7)
        #endif
        """#)
    static let transposes = Header(
        text: #"""
        typedef t_d v_d __attribute__((vector_size(VECTOR), aligned(sizeof(t_d)), may_alias));
        typedef t_d aligned_d __attribute__((vector_size(VECTOR), may_alias));
        enum { WIDE_d = VECTOR / sizeof(t_d) };
        INLINE void transpose_d(const t_d *from, long row, t_d *to, long stride, int isStreamed) {
        #if __has_builtin(__builtin_shufflevector)
          v_d a[WIDE_d], b[WIDE_d];
          UNROLL for (int i = 0; i < WIDE_d; i++) a[i] = *(const v_d *)(from + i * row);
          UNROLL for (int round = 1; round < WIDE_d; round *= 2) {
            UNROLL for (int i = 0; i < WIDE_d; i++) b[i] = a[i];
            UNROLL for (int i = 0; i < WIDE_d / 2; i++) {
              a[2 * i] = LOW_d(b[i], b[i + WIDE_d / 2]);
              a[2 * i + 1] = HIGH_d(b[i], b[i + WIDE_d / 2]);
            }
          }
          if (isStreamed) UNROLL for (int i = 0; i < WIDE_d; i++) STREAM(a[i], to + i * stride, aligned_d);
          else UNROLL for (int i = 0; i < WIDE_d; i++) *(v_d *)(to + i * stride) = a[i];
        #else
          for (long i = 0; i < WIDE_d; i++) for (long j = 0; j < WIDE_d; j++) to[i * stride + j] = from[j * row + i];
        #endif
        }
        static __attribute__((noinline, unused)) void transposed_d(long rows, long columns, const t_d *restrict from, t_d *restrict to) {
          long i = 0;
          for (; i + WIDE_d <= rows; i += WIDE_d) {
            long j = 0;
            for (; j + WIDE_d <= columns; j += WIDE_d) transpose_d(from + i * columns + j, columns, to + j * rows + i, rows, 0);
            for (; j < columns; j++) for (long k = i; k < i + WIDE_d; k++) to[j * rows + k] = from[k * columns + j];
          }
          for (; i < rows; i++) for (long j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
        }
        """#)
    static let trigonometry = Header(
        text: #"""
        INLINE t_d turn_d(t_d x, int quarter) {
          const t_d k = rounded_d(x * 0x1.45f306dc9c883p-1);
          const t_d near = fma_d(k, SPLAT_d(-0x1.921fb54442d18p+0), x), product = k * 0x1.1a62600000000p-54;
          const t_d rough = near - product, back = rough - near;
          const t_d lost = (near - (rough - back)) - (product + back);
          const t_d tail = fma_d(k, SPLAT_d(-(0x1.98a2e03707345p-77)), lost);
          const t_d r = rough + tail, low = (rough - r) + tail;
          const t_d z = r * r, h = 0.5 * z, w = 1.0 - h;
          const t_d s = r + fma_d(r * z, fma_d(fma_d(fma_d(fma_d(fma_d(SPLAT_d(0x1.5e0a4fc16be59p-33), z, SPLAT_d(-0x1.ae6008d114485p-26)), z, SPLAT_d(0x1.71de37946ed6dp-19)), z, SPLAT_d(-0x1.a01a019e820aep-13)), z, SPLAT_d(0x1.1111111110babp-7)), z, SPLAT_d(-0x1.5555555555555p-3)), low);
          const t_d c = w + (((1.0 - w) - h) + fma_d(z * z, fma_d(fma_d(fma_d(fma_d(fma_d(SPLAT_d(-0x1.907cd8ff5ede7p-37), z, SPLAT_d(0x1.1eeb67d026ec6p-29)), z, SPLAT_d(-0x1.27e4fa16cc2d1p-22)), z, SPLAT_d(0x1.a01a019f4ddfdp-16)), z, SPLAT_d(-0x1.6c16c16c16963p-10)), z, SPLAT_d(0x1.5555555555555p-5)), -(r * low)));
          const t_l q = bits_d(k + 0x1.8p52) + quarter;
          const t_d v = select_d(compare_d((q & 1) != 0), c, s);
          return from_l(bits_d(v) ^ (t_l)((unsigned_l)(q & 2) << 62));
        }
        INLINE t_d sinNear_d(t_d x) { return select_d(compare_d(x == 0), x, turn_d(x, 0)); }
        INLINE t_d cosNear_d(t_d x) { return turn_d(x, 1); }
        """#)
    static let trigonometryInLanes = Header(
        text: #"""
        INLINE int any_B(t_B c) { t_l r = 0; for (int i = 0; i < LANES; i++) r |= c[i]; return r != 0; }
        #define NEARS(f, X, x) \
          static __attribute__((noinline, cold, unused)) void f##Far_##X(t_##X *a) { \
            for (int i = 0; i < LANES; i++) (*a)[i] = f##_##x((*a)[i]); \
          } \
          INLINE t_##X f##_##X(t_##X a) { \
            if (any_B(compare_##X(absolute_##X(a) > FAR_##x))) { f##Far_##X(&a); return a; } \
            return f##Near_##X(a); \
          }
        NEARS(sin, D, d) NEARS(cos, D, d) NEARS(sin, F, f) NEARS(cos, F, f)
        """#)
    static let trigonometryOfNumbers = Header(
        text: #"""
        #define FAR_d 0x1p30
        #define FAR_f 0x1p22f
        #define NEAR(f, x, library) \
          INLINE t_##x f##_##x(t_##x x) { return absolute_##x(x) > FAR_##x ? library(x) : f##Near_##x(x); } \
          INLINE t_##x f##Within_##x(far_##x *far, t_##x x) { *far |= absolute_##x(x) > FAR_##x; return f##Near_##x(x); }
        typedef t_l far_d; typedef t_i far_f;
        NEAR(sin, d, sin) NEAR(cos, d, cos) NEAR(sin, f, sinf) NEAR(cos, f, cosf)
        """#)
    static let trigonometrySingle = Header(
        text: #"""
        INLINE t_f turn_f(t_f x, int quarter) {
          const t_d wide = cast_f_d(x), turns = rounded_d(wide * 0x1.45f306dc9c883p-1);
          const t_d near = fma_d(turns, SPLAT_d(-0x1.921fb54442d18p+0), wide);
          const t_f r = cast_d_f(fma_d(turns, SPLAT_d(-0x1.1a62633145c07p-54), near));
          const t_f k = cast_d_f(turns), low = SPLAT_f(0.0f);
          const t_f z = r * r, h = 0.5f * z, w = 1.0f - h;
          const t_f s = r + fma_f(r * z, fma_f(fma_f(fma_f(SPLAT_f(0x1.6dbcfcp-19f), z, SPLAT_f(-0x1.a013a4p-13f)), z, SPLAT_f(0x1.11110ep-7f)), z, SPLAT_f(-0x1.555556p-3f)), low);
          const t_f c = w + (((1.0f - w) - h) + fma_f(z * z, fma_f(fma_f(SPLAT_f(0x1.9bd786p-16f), z, SPLAT_f(-0x1.6c12d0p-10f)), z, SPLAT_f(0x1.555554p-5f)), -(r * low)));
          const t_i q = bits_f(k + 0x1.8p23f) + quarter;
          const t_f v = select_f(compare_f((q & 1) != 0), c, s);
          return from_i(bits_f(v) ^ (t_i)((unsigned_i)(q & 2) << 30));
        }
        INLINE t_f sinNear_f(t_f x) { return select_f(compare_f(x == 0), x, turn_f(x, 0)); }
        INLINE t_f cosNear_f(t_f x) { return turn_f(x, 1); }
        """#)
    static let vectorWidth = Header(
        text: #"""
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
        """#)

    /// Routines for matrices, each with what it is made of.
    static let matrices: [Header] = [
        Header(
            name: "choleskies", includes: ["cholesky", "choleskyGroup"],
            provides: ["choleskiesPart", "choleskies_d"],
            text: #"""
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
          struct choleskies all = {count / REGISTER, count * n * n > 1 << 14 ? GROUP_PARTS : 1, a, l, scratch, isStreamed};
          if (all.parts > 1) runtime->parallel(all.parts, body, &all);
          else body(&all, 0);
          b = all.groups * REGISTER;
        #endif
          for (; b < count; b++) cholesky_d(n, a + b * n * n, l + b * n * n);
        }
        """#),
        Header(
            name: "cholesky", includes: ["wideVectors"],
            provides: ["smallCholesky_d", "largeCholesky_d", "cholesky_d"],
            text: #"""
        // Column by column; a pivot that is not positive, or NaN, makes everything NaN.
        static __attribute__((noinline, unused)) t_d smallCholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
          t_d worst = 0;
          for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) l[i * n + j] = j <= i ? a[i * n + j] : 0;
          for (long k = 0; k < n; k++) {
            const t_d pivot = l[k * n + k], root = sqrt_d(pivot), inverse = root * (1 / pivot);
            worst += pivot > 0 ? 0 : NAN;
            l[k * n + k] = root;
            for (long i = k + 1; i < n; i++) l[i * n + k] *= inverse;
            for (long i = k + 1; i < n; i++) for (long j = k + 1; j <= i; j++) l[i * n + j] -= l[i * n + k] * l[j * n + k];
          }
          return worst;
        }
        // What four rows take from another, in whose place `F` has their numbers
        #define FACTORS(F, i) const t_d F##0 = ((t_a *)r0)[i], F##1 = ((t_a *)r1)[i], F##2 = ((t_a *)r2)[i], F##3 = ((t_a *)r3)[i]
        #define TAKEN(F) ((F##0 * r0[q] + F##1 * r1[q]) + (F##2 * r2[q] + F##3 * r3[q]))
        // Four rows at a time: what they take from the rest is subtracted at once
        static __attribute__((noinline, unused)) t_d largeCholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
          const long s = (n + 7) / 8, whole = n / WIDE_d * WIDE_d;
          t_W u[n][s];
          t_d worst = 0;
          for (long i = 0; i < n; i++) u[i][s - 1] = (t_W){0};
          for (long i = 0; i < whole; i += WIDE_d)
            for (long j = 0; j <= i; j += WIDE_d) transpose_d(a + i * n + j, n, (t_a *)u[j] + i, 8 * s, 0);
          for (long i = whole; i < n; i++) for (long j = 0; j <= i; j++) ((t_a *)u[j])[i] = a[i * n + j];
          long k = 0;
          for (; k + 4 <= n; k += 4) {
            // The factor of their first four columns, then the rows
            t_d p[4][4], root[4], inverse[4];
            UNROLL for (int c = 0; c < 4; c++) UNROLL for (int b = c; b < 4; b++) p[c][b] = ((t_a *)u[k + c])[k + b];
            UNROLL for (int c = 0; c < 4; c++) {
              worst += p[c][c] > 0 ? 0 : NAN;
              root[c] = sqrt_d(p[c][c]);
              inverse[c] = root[c] * (1 / p[c][c]);
              UNROLL for (int b = c + 1; b < 4; b++) p[c][b] *= inverse[c];
              UNROLL for (int b = c + 1; b < 4; b++) UNROLL for (int d = b; d < 4; d++) p[b][d] -= p[c][b] * p[c][d];
            }
            t_W *restrict r0 = u[k], *restrict r1 = u[k + 1], *restrict r2 = u[k + 2], *restrict r3 = u[k + 3];
            for (long q = k / 8; q < s; q++) {
              r0[q] *= inverse[0];
              r1[q] = (r1[q] - p[0][1] * r0[q]) * inverse[1];
              r2[q] = (r2[q] - p[0][2] * r0[q] - p[1][2] * r1[q]) * inverse[2];
              r3[q] = (r3[q] - p[0][3] * r0[q] - p[1][3] * r1[q] - p[2][3] * r2[q]) * inverse[3];
            }
            for (int c = 0; c < 4; c++) ((t_a *)u[k + c])[k + c] = root[c];
            long i = k + 4;
            for (; i + 2 <= n; i += 2) {
              FACTORS(f, i); FACTORS(g, i + 1);
              for (long q = i / 8; q < s; q++) { u[i][q] -= TAKEN(f); u[i + 1][q] -= TAKEN(g); }
            }
            for (; i < n; i++) {
              FACTORS(f, i);
              for (long q = i / 8; q < s; q++) u[i][q] -= TAKEN(f);
            }
          }
          for (; k < n; k++) {
            const t_d pivot = ((t_a *)u[k])[k], root = sqrt_d(pivot), inverse = root * (1 / pivot);
            worst += pivot > 0 ? 0 : NAN;
            for (long q = k / 8; q < s; q++) u[k][q] *= inverse;
            ((t_a *)u[k])[k] = root;
            for (long i = k + 1; i < n; i++) {
              const t_d factor = ((t_a *)u[k])[i];
              for (long q = i / 8; q < s; q++) u[i][q] -= factor * u[k][q];
            }
          }
          for (long i = 0; i < whole; i += WIDE_d)
            for (long j = 0; j <= i; j += WIDE_d) transpose_d((t_a *)u[j] + i, 8 * s, l + i * n + j, n, 0);
          for (long i = whole; i < n; i++) for (long j = 0; j <= i; j++) l[i * n + j] = ((t_a *)u[j])[i];
          for (long i = 0; i < n; i++) for (long j = i + 1; j < n; j++) l[i * n + j] = 0;
          return worst;
        }
        static __attribute__((noinline, unused)) void cholesky_d(long n, const t_d *restrict a, t_d *restrict l) {
          const t_d worst = n < 8 ? smallCholesky_d(n, a, l) : largeCholesky_d(n, a, l);
          if (worst != 0) for (long i = 0; i < n * n; i++) l[i] = NAN;
        }
        """#),
        Header(
            name: "choleskyBlocks", includes: [],
            provides: [],
            text: #"""
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
        """#),
        Header(
            name: "choleskyGroup", includes: ["groups", "choleskyBlocks"],
            provides: ["sqrt_R", "gatherLower", "scatterLower", "choleskyGroup_d"],
            text: #"""
        #if defined(__clang__)
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
        #endif
        """#),
        Header(
            name: "choleskyInLanes", includes: ["choleskyBlocks"],
            provides: ["cholesky_D"],
            text: #"""
        CHOLESKYBLOCK(D, 4, 2) CHOLESKYBLOCK(D, 1, 2) CHOLESKYBLOCK(D, 1, 1)
        CHOLESKYROWS(D)
        static __attribute__((noinline)) void cholesky_D(long n, const t_D *restrict a, t_D *restrict l) {
          t_D inverse[n], worst = SPLAT_D(0.0);
          for (long i = 0; i < n * n; i++) l[i] = a[i];
          for (long i = 0; i < n;) i += choleskyRows_D(n, i, l, inverse, &worst);
          // Blocks on the diagonal reach beyond it.
          for (long i = 0; i < n; i++) {
            for (long j = 0; j <= i; j++) l[i * n + j] += worst;
            for (long j = i + 1; j < n; j++) l[i * n + j] = worst;
          }
        }
        """#),
        Header(
            name: "crossProduct", includes: ["wideVectors"],
            provides: ["crossProduct_W"],
            text: #"""
        // x = lᵀ r for matrices whose rows are padded to whole vectors
        static __attribute__((noinline, unused)) void crossProduct_W(long n, const t_W *restrict l, const t_W *restrict r, t_W *restrict x) {
          const long stride = (n + 7) / 8, row = 8 * stride;
          for (long i = 0; i < n; i += 4) for (long q = 0; q < stride; q++) {
            t_W s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
            const t_a *left = (const t_a *)l + i;
            for (long k = 0; k < n; k++) {
              const t_W y = r[k * stride + q];
              s0 += left[k * row] * y; s1 += left[k * row + 1] * y;
              s2 += left[k * row + 2] * y; s3 += left[k * row + 3] * y;
            }
            t_W *to = x + i * stride + q;
            to[0] = s0;
            if (i + 1 < n) to[stride] = s1;
            if (i + 2 < n) to[2 * stride] = s2;
            if (i + 3 < n) to[3 * stride] = s3;
          }
        }
        """#),
        Header(
            name: "eigenRows", includes: ["wideVectors"],
            provides: ["sum_W", "leftProduct_W", "eigenRows_d"],
            text: #"""
        INLINE t_d sum_W(t_W x) { return ((x[0] + x[4]) + (x[1] + x[5])) + ((x[2] + x[6]) + (x[3] + x[7])); }
        // to = factor vᵀ m, for `rows` rows of `width` vectors that lie `stride` apart
        INLINE void leftProduct_W(long rows, long width, long stride, t_d factor, const t_d *v, const t_W *m, t_W *to) {
          for (long q = 0; q < width; q++) {
            t_W s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
            const t_W *column = m + q;
            long i = 0;
            for (; i + 4 <= rows; i += 4, column += 4 * stride) {
              s0 += v[i] * column[0]; s1 += v[i + 1] * column[stride];
              s2 += v[i + 2] * column[2 * stride]; s3 += v[i + 3] * column[3 * stride];
            }
            for (; i < rows; i++, column += stride) s0 += v[i] * column[0];
            to[q] = factor * ((s0 + s1) + (s2 + s3));
          }
        }
        // Eigenvalues in no order, and the vectors in the rows of A; 0 if there are none.
        static __attribute__((noinline, unused)) int eigenRows_d(long n, const t_d *restrict a, t_d *restrict d, t_W *restrict A) {
          const long stride = (n + 7) / 8, row = 8 * stride;
          t_W Z[n * stride], P[stride];
          t_d e[n], tau[n];
          t_a *m = (t_a *)A, *p = (t_a *)P;
          t_d largest = 0, check = 0;
          for (long i = 0; i < n * n; i++) { check += a[i] * 0; largest = __builtin_fabs(a[i]) > largest ? __builtin_fabs(a[i]) : largest; }
          if (check != 0) return 0;
          t_l exponent = bits_d(largest) >> 52;
          exponent = largest == 0 ? 1023 : exponent < 1 ? 1 : exponent > 2045 ? 2045 : exponent;
          const t_d scale = from_l((2046 - exponent) << 52), back = from_l(exponent << 52);
          memset(A, 0, n * stride * sizeof(t_W));
          memset(Z, 0, n * stride * sizeof(t_W));
          for (long i = 0; i < n; i++) for (long j = 0; j <= i; j++) m[i * row + j] = m[j * row + i] = scale * a[i * n + j];
          // Row k of A becomes the vector of the k-th reflection.
          for (long k = n - 1; k > 1; k--) {
            t_a *v = m + k * row;
            t_W *V = A + k * stride;
            const long width = (k + 7) / 8;
            d[k] = v[k];
            const t_d alpha = v[k - 1];
            for (long j = k; j < row; j++) v[j] = 0;
            v[k - 1] = 0;
            t_W squares = {0};
            for (long q = 0; q < width; q++) squares += V[q] * V[q];
            const t_d sigma = sum_W(squares);
            if (sigma <= 1e-280) { e[k - 1] = alpha; tau[k] = 0; continue; }
            const t_d mu = sqrt_d(alpha * alpha + sigma), beta = alpha > 0 ? -mu : mu;
            e[k - 1] = beta;
            v[k - 1] = alpha - beta;
            tau[k] = 2 / (sigma + v[k - 1] * v[k - 1]);
            leftProduct_W(k, width, stride, tau[k], (const t_d *)v, A, P);
            t_W dot = {0};
            for (long q = 0; q < width; q++) dot += P[q] * V[q];
            const t_d half = 0.5 * tau[k] * sum_W(dot);
            for (long q = 0; q < width; q++) P[q] -= half * V[q];
            for (long i = 0; i < k; i++) {
              const t_d vi = v[i], wi = p[i];
              for (long q = 0; q < width; q++) A[i * stride + q] -= vi * P[q] + wi * V[q];
            }
          }
          d[0] = m[0];
          if (n > 1) { d[1] = m[row + 1]; e[0] = m[row]; }
          e[n - 1] = 0;
          t_a *y = (t_a *)Z;
          for (long i = 0; i < n; i++) y[i * row + i] = 1;
          for (long k = 2; k < n; k++) if (tau[k] != 0) {
            const t_a *v = m + k * row;
            const long width = (k + 7) / 8;
            leftProduct_W(k, width, stride, tau[k], (const t_d *)v, Z, P);
            for (long i = 0; i < k; i++) for (long q = 0; q < width; q++) Z[i * stride + q] -= v[i] * P[q];
          }
          // Rows of A are vectors from here on.
          for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) m[j * row + i] = y[i * row + j];
          // QL steps with explicit shifts: d and the sum of the shifts make the eigenvalues.
          t_d shift = 0, negligible = 0;
          for (long i = 0; i < n; i++) {
            const t_d size = __builtin_fabs(d[i]) + __builtin_fabs(e[i]);
            if (size > negligible) negligible = size;
          }
          negligible *= 1.1e-16;
          for (long l = 0; l < n; l++) {
            for (int round = 0;; round++) {
              long last = l;
              while (last < n - 1 && __builtin_fabs(e[last]) > negligible) last++;
              if (last == l) break;
              if (round == 60) return 0;
              const t_d g = (d[l + 1] - d[l]) / (2 * e[l]), root = sqrt_d(g * g + 1), step = d[l] - e[l] / (g + (g < 0 ? -root : root));
              shift += step;
              for (long i = l; i < n; i++) d[i] -= step;
              // The quotient for the next step does not wait for this step's cosine and sine.
              t_d c = 1, s = 0, p = d[last];
              for (long i = last - 1; i >= l; i--) {
                // Root and quotient of a square are computed at the same time.
                const t_d coupling = e[i], own = d[i], square = p * p + coupling * coupling, r = sqrt_d(square);
                const t_d inverse = r * (1 / square), g = c * coupling, h = c * p, next = (p * own - coupling * g) * inverse;
                e[i + 1] = s * r;
                s = coupling * inverse;
                c = p * inverse;
                d[i + 1] = h + s * (c * g + s * own);
                p = next;
                t_W *low = A + i * stride, *high = low + stride;
                for (long q = 0; q < stride; q++) {
                  const t_W x = low[q], w = high[q];
                  high[q] = s * x + c * w;
                  low[q] = c * x - s * w;
                }
              }
              d[l] = c * p;
              e[l] = s * p;
            }
            d[l] += shift;
          }
          for (long i = 0; i < n; i++) d[i] *= back;
          return 1;
        }
        """#),
        Header(
            name: "groupReduction", includes: ["groups"],
            provides: ["choose_G", "splat_N", "absolute_G", "tridiagonalGroup", "reflectionsGroup"],
            text: #"""
        #if defined(__clang__)
        INLINE t_G choose_G(t_N c, t_G a, t_G b) { return (t_G)(((t_N)a & c) | ((t_N)b & ~c)); }
        INLINE t_N splat_N(t_l s) { return s - (t_N){0}; }
        INLINE t_G absolute_G(t_G a) { return (t_G)((t_N)a & 0x7fffffffffffffffl); }
        // The lower triangle of m to three diagonals; row k keeps the vector of the k-th reflection.
        static __attribute__((noinline, unused)) void tridiagonalGroup(long n, t_G *restrict m, t_G *restrict d, t_G *restrict e, t_G *restrict tau, t_G *restrict p) {
          for (long k = n - 1; k > 1; k--) {
            t_G *restrict v = m + k * n;
            d[k] = v[k];
            const t_G alpha = v[k - 1];
            t_G sigma = {0}, dot = {0};
            for (long j = 0; j < k - 1; j++) sigma += v[j] * v[j];
            const t_N isThere = sigma > 1e-280;
            const t_G mu = __builtin_elementwise_sqrt(alpha * alpha + sigma), beta = choose_G(alpha > 0, -mu, mu);
            e[k - 1] = choose_G(isThere, beta, alpha);
            v[k - 1] = alpha - beta;
            tau[k] = (t_G)((t_N)(2 / (sigma + v[k - 1] * v[k - 1])) & isThere);
            // p = tau m v, two rows at a time
            long i = k & 1;
            if (i) p[0] = m[0] * v[0];
            for (; i < k; i += 2) {
              const t_G *restrict r0 = m + i * n, *restrict r1 = r0 + n;
              const t_G x0 = v[i], x1 = v[i + 1];
              t_G s0 = r0[i] * x0 + r1[i] * x1, s1 = r1[i] * x0 + r1[i + 1] * x1;
              for (long j = 0; j < i; j++) {
                const t_G a0 = r0[j], a1 = r1[j], y = v[j];
                s0 += a0 * y; s1 += a1 * y;
                p[j] += a0 * x0 + a1 * x1;
              }
              p[i] = s0; p[i + 1] = s1;
            }
            for (long j = 0; j < k; j++) dot += p[j] * v[j];
            const t_G half = 0.5 * tau[k] * dot;
            for (long j = 0; j < k; j++) p[j] = tau[k] * (p[j] - half * v[j]);
            i = k & 1;
            if (i) m[0] -= 2 * v[0] * p[0];
            for (; i < k; i += 2) {
              t_G *restrict r0 = m + i * n, *restrict r1 = r0 + n;
              const t_G v0 = v[i], p0 = p[i], v1 = v[i + 1], p1 = p[i + 1];
              for (long j = 0; j <= i; j++) {
                const t_G x = p[j], y = v[j];
                r0[j] -= v0 * x + p0 * y;
                r1[j] -= v1 * x + p1 * y;
              }
              r1[i + 1] -= 2 * v1 * p1;
            }
          }
          d[0] = m[0];
          if (n > 1) { d[1] = m[n + 1]; e[0] = m[n]; }
          e[n - 1] = (t_G){0};
        }
        // z = the product of the reflections
        static __attribute__((noinline, unused)) void reflectionsGroup(long n, const t_G *restrict m, const t_G *restrict tau, t_G *restrict z) {
          memset(z, 0, n * n * sizeof(t_G));
          for (long i = 0; i < n; i++) z[i * n + i] = 1 - (t_G){0};
          for (long k = 2; k < n; k++) {
            const t_G *restrict v = m + k * n;
            const t_G t = tau[k];
            long j = 0;
            for (; j + 4 <= k; j += 4) {
              t_G s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
              for (long i = 0; i < k; i++) {
                const t_G x = v[i], *row = z + i * n + j;
                s0 += x * row[0]; s1 += x * row[1]; s2 += x * row[2]; s3 += x * row[3];
              }
              s0 *= t; s1 *= t; s2 *= t; s3 *= t;
              for (long i = 0; i < k; i++) {
                const t_G x = v[i];
                t_G *row = z + i * n + j;
                row[0] -= x * s0; row[1] -= x * s1; row[2] -= x * s2; row[3] -= x * s3;
              }
            }
            for (; j < k; j++) {
              t_G s = {0};
              for (long i = 0; i < k; i++) s += v[i] * z[i * n + j];
              s *= t;
              for (long i = 0; i < k; i++) z[i * n + j] -= v[i] * s;
            }
          }
        }
        #endif
        """#),
        Header(
            name: "groupSteps", includes: ["groupReduction"],
            provides: ["rotateGroup", "stepsGroup", "symmetricEigenGroup_d"],
            text: #"""
        #if defined(__clang__)
        enum { SWEEPS = 4 };
        // The columns of z through sweeps of rotations, `turns` with their cosines and sines
        static __attribute__((noinline, unused)) void rotateGroup(long n, long count, const long *from, const long *to, const t_G *restrict turns, t_G *restrict z) {
          for (long r = 0; r < n; r += 2) {
            t_G *restrict z0 = z + r * n, *restrict z1 = r + 1 < n ? z0 + n : z + n * n;
            for (long q = 0; q < count; q++) {
              const t_G *restrict turn = turns + q * 2 * n;
              t_G w0 = z0[to[q]], w1 = z1[to[q]];
              for (long i = to[q] - 1; i >= from[q]; i--) {
                const t_G c = turn[2 * i], s = turn[2 * i + 1], x0 = z0[i], x1 = z1[i];
                z0[i + 1] = c * w0 + s * x0;
                z1[i + 1] = c * w1 + s * x1;
                w0 = c * x0 - s * w0;
                w1 = c * x1 - s * w1;
              }
              z0[from[q]] = w0;
              z1[from[q]] = w1;
            }
          }
        }
        // QL steps with explicit shifts; where they do not end is returned.
        // Each lane works on its own first block that is still coupled
        static __attribute__((noinline, unused)) t_N stepsGroup(long n, t_G *restrict d, t_G *restrict e, t_G *restrict turns, t_G *restrict z) {
          t_N l = {0};
          t_G shift = {0}, largest = {0};
          for (long i = 0; i < n; i++) {
            const t_G size = absolute_G(d[i]) + absolute_G(e[i]);
            largest = choose_G(size > largest, size, largest);
          }
          largest *= 1.1e-16;
          long from[SWEEPS], to[SWEEPS], count = 0;
          t_N isStarted = {0};
          for (long round = 0; round < 30 * n + 30; round++) {
            isStarted = (t_N){0};
            t_N isEnded = {0}, last = splat_N(-1), first = splat_N(n);
            t_G x = {0}, y = {0}, coupling = 1 - (t_G){0};
            for (long i = __builtin_reduce_min(l); i < n; i++) {
              const t_N isSmall = i + 1 < n ? (t_N)(absolute_G(e[i]) <= largest) : ~(t_N){0};
              const t_N starts = ~isSmall & ~isStarted & (splat_N(i) >= l), ends = isSmall & isStarted & ~isEnded;
              first = (starts & i) | (~starts & first);
              last = (ends & i) | (~ends & last);
              x = choose_G(starts, d[i], x);
              if (i + 1 < n) y = choose_G(starts, d[i + 1], y);
              coupling = choose_G(starts, e[i], coupling);
              isStarted |= starts; isEnded |= ends;
              // What is before the block has converged to its eigenvalue.
              const t_N isDone = ~isStarted & (splat_N(i) >= l);
              d[i] += (t_G)((t_N)shift & isDone);
              if (__builtin_reduce_and(isEnded)) break;
            }
            l = first;
            const long high = __builtin_reduce_max(last);
            if (high < 0) break;
            const long low = __builtin_reduce_min(l);
            t_G g = (y - x) / (2 * coupling), r = __builtin_elementwise_sqrt(g * g + 1);
            const t_G divisor = g + choose_G(g < 0, -r, r), near = coupling / divisor;
            const t_G step = (t_G)((t_N)(x - near) & isStarted);
            shift += step;
            for (long i = low; i < n; i++) d[i] -= (t_G)((t_N)step & (splat_N(i) >= l));
            t_G c = 1 - (t_G){0}, s = {0}, p = {0};
            t_G *restrict turn = turns + count * 2 * n;
            for (long i = high - 1; i >= low; i--) {
              const t_N isInside = (splat_N(i) < last) & (splat_N(i) >= l);
              const t_G coupled = e[i], own = d[i], next = d[i + 1];
              p = choose_G(splat_N(i + 1) == last, next, p);
              const t_G square = p * p + coupled * coupled, r = __builtin_elementwise_sqrt(square);
              const t_G inverse = r * (1 / square), g = c * coupled, h = c * p;
              const t_G numerator = p * own - coupled * g;
              e[i + 1] = choose_G(isInside, s * r, e[i + 1]);
              const t_G sine = coupled * inverse, cosine = p * inverse;
              d[i + 1] = choose_G(isInside, h + sine * (cosine * g + sine * own), next);
              p = choose_G(isInside, numerator * inverse, p);
              s = choose_G(isInside, sine, s);
              c = choose_G(isInside, cosine, c);
              turn[2 * i] = choose_G(isInside, cosine, 1 - (t_G){0});
              turn[2 * i + 1] = (t_G)((t_N)sine & isInside);
            }
            for (long i = low; i <= __builtin_reduce_max(l & (l < n)); i++) {
              const t_N isFirst = (splat_N(i) == l) & isStarted;
              d[i] = choose_G(isFirst, c * p, d[i]);
              e[i] = choose_G(isFirst, s * p, e[i]);
            }
            from[count] = low; to[count++] = high;
            if (count == SWEEPS) { rotateGroup(n, count, from, to, turns, z); count = 0; }
          }
          rotateGroup(n, count, from, to, turns, z);
          return isStarted;
        }
        static __attribute__((noinline, unused)) void symmetricEigenGroup_d(long n, const t_d *a, t_d *values, t_d *vectors, t_G *restrict m) {
          t_G *z = m + n * n, *d = z + (n + 1) * n, *e = d + n, *tau = e + n, *p = tau + n, *turns = p + n, largest = {0}, check = {0};
          gatherLanes(GROUP, n * n, a, n * n, (t_d *)m);
          for (long i = 0; i < n; i++) for (long j = 0; j <= i; j++) {
            const t_G x = absolute_G(m[i * n + j]);
            check += x * 0;
            largest = choose_G(x > largest, x, largest);
          }
          // A matrix that is not finite is left out; the others are scaled by a power of two.
          t_N exponent = (t_N)largest >> 52;
          t_N isFinite = check == 0;
          exponent = (t_N)choose_G(largest == 0, (t_G)splat_N(1023), (t_G)exponent);
          exponent = (t_N)choose_G(exponent < 1, (t_G)splat_N(1), (t_G)exponent);
          exponent = (t_N)choose_G(exponent > 2045, (t_G)splat_N(2045), (t_G)exponent);
          const t_G scale = (t_G)((2046 - exponent) << 52), back = (t_G)(exponent << 52);
          for (long i = 0; i < n; i++) for (long j = 0; j <= i; j++) m[i * n + j] = (t_G)((t_N)(scale * m[i * n + j]) & isFinite);
          tridiagonalGroup(n, m, d, e, tau, p);
          reflectionsGroup(n, m, tau, z);
          isFinite &= ~stepsGroup(n, d, e, turns, z);
          long order[GROUP * n];
          t_d rows[GROUP * n];
          for (int w = 0; w < GROUP; w++) {
            const t_d *own = (const t_d *)d + w;
            long *places = order + w * n;
            for (long i = 0; i < n; i++) {
              long place = i;
              for (; place > 0 && own[places[place - 1] * GROUP] > own[i * GROUP]; place--) places[place] = places[place - 1];
              places[place] = i;
            }
            for (long k = 0; k < n; k++) values[w * n + k] = isFinite[w] ? back[w] * own[places[k] * GROUP] : NAN;
          }
          for (long j = 0; j < n; j++) {
            scatterLanes(GROUP, n, (const t_d *)(z + j * n), rows, n);
            for (int w = 0; w < GROUP; w++)
              for (long k = 0; k < n; k++) vectors[(w * n + j) * n + k] = rows[w * n + order[w * n + k]];
          }
          for (int w = 0; w < GROUP; w++) if (!isFinite[w]) for (long i = 0; i < n * n; i++) vectors[w * n * n + i] = NAN;
        }
        #endif
        """#),
        Header(
            name: "groups", includes: [],
            provides: ["transpose_R", "gatherLanes", "scatterLanes"],
            text: #"""
        #if defined(__clang__)
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
        #endif
        """#),
        Header(
            name: "lu", includes: ["luInPlace"],
            provides: ["lu_d"],
            text: #"""
        static __attribute__((unused)) void lu_d(long n, const t_d *a, t_d *factors, t_l *order) {
          memcpy(factors, a, n * n * sizeof(t_d));
          luInPlace_d(n, factors, order);
        }
        """#),
        Header(
            name: "luInPlace", includes: [],
            provides: ["luInPlace_d"],
            text: #"""
        // Factors in place by partial pivoting, and the order of the rows; a zero pivot stays.
        static __attribute__((noinline, unused)) int luInPlace_d(long n, t_d *restrict m, t_l *restrict order) {
          int isSingular = 0;
          for (long i = 0; i < n; i++) order[i] = i;
          for (long k = 0; k < n; k++) {
            long p = k;
            for (long i = k + 1; i < n; i++) if (__builtin_fabs(m[i * n + k]) > __builtin_fabs(m[p * n + k])) p = i;
            if (p != k) {
              const t_l place = order[k];
              order[k] = order[p];
              order[p] = place;
              for (long j = 0; j < n; j++) { const t_d x = m[k * n + j]; m[k * n + j] = m[p * n + j]; m[p * n + j] = x; }
            }
            const t_d pivot = m[k * n + k];
            if (pivot == 0) { isSingular = 1; continue; }
            const t_d inverse = __builtin_fabs(pivot) >= 0x1p-1021 ? 1 / pivot : 0;
            const t_d *restrict upper = m + k * n;
            for (long i = k + 1; i < n; i++) {
              t_d *restrict row = m + i * n;
              const t_d factor = row[k] = inverse != 0 ? row[k] * inverse : row[k] / pivot;
              INDEPENDENT for (long j = k + 1; j < n; j++) row[j] -= factor * upper[j];
            }
          }
          return isSingular;
        }
        """#),
        Header(
            name: "qr", includes: [],
            provides: ["qr_d"],
            text: #"""
        // Householder's reflections of the m rows; the diagonal of r is turned to be positive.
        static __attribute__((noinline, unused)) void qr_d(long m, long n, const t_d *a, t_d *restrict q, t_d *restrict r) {
          t_d w[m * n], sums[n], first[n], tau[n];
          memcpy(w, a, sizeof w);
          for (long k = 0; k < n; k++) {
            t_d largest = 0, check = 0, sigma = 0;
            for (long i = k; i < m; i++) {
              const t_d size = __builtin_fabs(w[i * n + k]);
              check += size * 0;
              if (size > largest) largest = size;
            }
            // In units of the largest element squares neither overflow nor vanish.
            const t_d unit = check != 0 ? NAN : largest == 0 ? 1 : largest;
            for (long i = k; i < m; i++) w[i * n + k] /= unit;
            for (long i = k + 1; i < m; i++) sigma += w[i * n + k] * w[i * n + k];
            const t_d alpha = w[k * n + k], mu = sqrt_d(alpha * alpha + sigma), beta = sigma == 0 ? alpha : alpha > 0 ? -mu : mu;
            first[k] = alpha - beta;
            tau[k] = sigma == 0 ? 0 : 2 / (sigma + first[k] * first[k]);
            w[k * n + k] = unit * beta;
            const t_d *restrict column = w + k;
            for (long j = k + 1; j < n; j++) sums[j] = first[k] * w[k * n + j];
            for (long i = k + 1; i < m; i++) for (long j = k + 1; j < n; j++) sums[j] += column[i * n] * w[i * n + j];
            for (long j = k + 1; j < n; j++) { sums[j] *= tau[k]; w[k * n + j] -= first[k] * sums[j]; }
            for (long i = k + 1; i < m; i++) {
              const t_d factor = w[i * n + k];
              for (long j = k + 1; j < n; j++) w[i * n + j] -= factor * sums[j];
            }
          }
          for (long i = 0; i < m * n; i++) q[i] = 0;
          for (long k = n - 1; k >= 0; k--) {
            q[k * n + k] = 1;
            for (long j = k; j < n; j++) sums[j] = first[k] * q[k * n + j];
            for (long i = k + 1; i < m; i++) for (long j = k; j < n; j++) sums[j] += w[i * n + k] * q[i * n + j];
            for (long j = k; j < n; j++) { sums[j] *= tau[k]; q[k * n + j] -= first[k] * sums[j]; }
            for (long i = k + 1; i < m; i++) {
              const t_d factor = w[i * n + k];
              for (long j = k; j < n; j++) q[i * n + j] -= factor * sums[j];
            }
          }
          for (long i = 0; i < n; i++) {
            const t_d sign = w[i * n + i] < 0 ? -1 : 1;
            for (long j = 0; j < n; j++) r[i * n + j] = j < i ? 0 : sign * w[i * n + j];
            if (sign < 0) for (long k = 0; k < m; k++) q[k * n + i] = -q[k * n + i];
          }
        }
        """#),
        Header(
            name: "solve", includes: ["luInPlace"],
            provides: ["solve_d"],
            text: #"""
        static __attribute__((noinline, unused)) void solve_d(long n, long m, const t_d *a, const t_d *restrict b, t_d *restrict x) {
          t_d lu[n * n];
          t_l order[n];
          memcpy(lu, a, n * n * sizeof(t_d));
          if (luInPlace_d(n, lu, order)) {
            for (long i = 0; i < n * m; i++) x[i] = NAN;
            return;
          }
          for (long i = 0; i < n; i++) {
            t_d *restrict row = x + i * m;
            for (long j = 0; j < m; j++) row[j] = b[order[i] * m + j];
            for (long k = 0; k < i; k++) {
              const t_d factor = lu[i * n + k];
              INDEPENDENT for (long j = 0; j < m; j++) row[j] -= factor * x[k * m + j];
            }
          }
          for (long i = n - 1; i >= 0; i--) {
            t_d *restrict row = x + i * m;
            for (long k = i + 1; k < n; k++) {
              const t_d factor = lu[i * n + k];
              INDEPENDENT for (long j = 0; j < m; j++) row[j] -= factor * x[k * m + j];
            }
            const t_d pivot = lu[i * n + i];
            INDEPENDENT for (long j = 0; j < m; j++) row[j] /= pivot;
          }
        }
        """#),
        Header(
            name: "sqrtm", includes: ["eigenRows", "crossProduct"],
            provides: ["sqrtm_d"],
            text: #"""
        static __attribute__((unused)) void sqrtm_d(long n, const t_d *a, t_d *x, int inverse) {
          const long stride = (n + 7) / 8;
          t_W rows[n * stride], scaled[n * stride], root[n * stride];
          t_d d[n];
          if (!eigenRows_d(n, a, d, rows)) {
            for (long i = 0; i < n * n; i++) x[i] = NAN;
            return;
          }
          for (long k = 0; k < n; k++) {
            // What rounding made negative counts as zero.
            const t_d part = d[k] > 0 ? sqrt_d(d[k]) : 0, factor = inverse ? 1 / part : part;
            for (long q = 0; q < stride; q++) scaled[k * stride + q] = factor * rows[k * stride + q];
          }
          crossProduct_W(n, scaled, rows, root);
          const t_a *m = (const t_a *)root;
          for (long i = 0; i < n; i++) for (long j = 0; j <= i; j++) x[i * n + j] = x[j * n + i] = m[i * 8 * stride + j];
        }
        """#),
        Header(
            name: "symmetricEigen", includes: ["eigenRows"],
            provides: ["symmetricEigen_d"],
            text: #"""
        static __attribute__((unused)) void symmetricEigen_d(long n, const t_d *restrict a, t_d *restrict values, t_d *restrict vectors) {
          const long stride = (n + 7) / 8;
          t_W A[n * stride];
          t_d d[n];
          long order[n];
          if (!eigenRows_d(n, a, d, A)) {
            for (long i = 0; i < n; i++) values[i] = NAN;
            for (long i = 0; i < n * n; i++) vectors[i] = NAN;
            return;
          }
          for (long i = 0; i < n; i++) {
            long place = i;
            for (; place > 0 && d[order[place - 1]] > d[i]; place--) order[place] = order[place - 1];
            order[place] = i;
          }
          for (long k = 0; k < n; k++) {
            values[k] = d[order[k]];
            const t_a *from = (const t_a *)(A + order[k] * stride);
            for (long j = 0; j < n; j++) vectors[j * n + k] = from[j];
          }
        }
        """#),
        Header(
            name: "symmetricEigens", includes: ["symmetricEigen", "groupSteps"],
            provides: ["symmetricEigens_d"],
            text: #"""
        static __attribute__((unused)) void symmetricEigens_d(long count, long n, const t_d *a, t_d *values, t_d *vectors, char *scratch) {
          long b = 0;
        #if defined(__clang__)
          for (; b + GROUP <= count; b += GROUP)
            symmetricEigenGroup_d(n, a + b * n * n, values + b * n, vectors + b * n * n, (t_G *)scratch);
        #endif
          for (; b < count; b++) symmetricEigen_d(n, a + b * n * n, values + b * n, vectors + b * n * n);
        }
        """#),
        Header(
            name: "symmetricSylvester", includes: ["eigenRows", "crossProduct"],
            provides: ["symmetricSylvester_d"],
            text: #"""
        // x = V (F ∘ Vᵀ b V) Vᵀ
        static __attribute__((unused)) void symmetricSylvester_d(long n, const t_d *a, const t_d *b, t_d *x) {
          const long stride = (n + 7) / 8, row = 8 * stride;
          t_W rows[n * stride], columns[n * stride], w0[n * stride], w1[n * stride];
          t_d d[n], largest = -INFINITY;
          if (!eigenRows_d(n, a, d, rows)) {
            for (long i = 0; i < n * n; i++) x[i] = NAN;
            return;
          }
          memset(columns, 0, sizeof columns);
          memset(w0, 0, sizeof w0);
          t_a *v = (t_a *)rows, *t = (t_a *)columns, *m = (t_a *)w0;
          for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) { t[j * row + i] = v[i * row + j]; m[i * row + j] = b[i * n + j]; }
          crossProduct_W(n, w0, columns, w1);
          crossProduct_W(n, columns, w1, w0);
          for (long i = 0; i < n; i++) if (2 * d[i] > largest) largest = 2 * d[i];
          for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) {
            const t_d total = d[i] + d[j];
            m[i * row + j] = total <= 1e-13 * largest ? 0 : m[i * row + j] / total;
          }
          crossProduct_W(n, w0, rows, w1);
          crossProduct_W(n, rows, w1, w0);
          for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) x[i * n + j] = m[i * row + j];
        }
        """#),
        Header(
            name: "triangularSolve", includes: ["wideVectors"],
            provides: ["triangularSolve_d_d_d"],
            text: #"""
        // Eight columns of the right side at a time, and four rows of them; backwards where the factor is transposed.
        static __attribute__((noinline, unused)) void triangularSolve_d_d_d(long n, long m, const t_d *restrict l, const t_d *restrict b, t_d *restrict x, int transposed) {
          const t_d *first = transposed ? l + n * n - 1 : l;
          const long down = transposed ? -1 : n, right = transposed ? -n : 1;
          t_d inverse[n];
          t_W w[n];
          t_d check = 0;
          for (long i = 0; i < n; i++) inverse[i] = 1 / first[i * (down + right)];
          { REASSOCIATE for (long i = 0; i < n; i++) check += 0 * inverse[i]; }
          for (long q = 0; q < m; q += 8) {
            const long columns = m - q < 8 ? m - q : 8;
            for (long i = 0; i < n; i++) {
              const t_d *from = b + (transposed ? n - 1 - i : i) * m + q;
              if (columns == 8) memcpy(w + i, from, 64);
              else { w[i] = (t_W){0}; for (long j = 0; j < columns; j++) w[i][j] = from[j]; }
            }
            // Before the first row that is not zero all stay zero, as in the inverse of a factor;
            // not behind a factor that is none.
            long start = 0;
            for (; start + 4 <= n && check == 0; start += 4) {
              const t_Z bits = ((t_Z)w[start] | (t_Z)w[start + 1]) | ((t_Z)w[start + 2] | (t_Z)w[start + 3]);
              long any = 0;
              for (int j = 0; j < 8; j++) any |= bits[j];
              if (any) break;
            }
            long i = start;
            for (; i + 4 <= n; i += 4) {
              t_W s0 = w[i], s1 = w[i + 1], s2 = w[i + 2], s3 = w[i + 3];
              const t_d *r0 = first + i * down, *r1 = r0 + down, *r2 = r1 + down, *r3 = r2 + down;
              for (long k = start; k < i; k++) {
                const t_W y = w[k];
                s0 -= r0[k * right] * y; s1 -= r1[k * right] * y; s2 -= r2[k * right] * y; s3 -= r3[k * right] * y;
              }
              const long at = i * right;
              w[i] = s0 *= inverse[i];
              w[i + 1] = s1 = (s1 - r1[at] * s0) * inverse[i + 1];
              w[i + 2] = s2 = (s2 - r2[at] * s0 - r2[at + right] * s1) * inverse[i + 2];
              w[i + 3] = (s3 - r3[at] * s0 - r3[at + right] * s1 - r3[at + 2 * right] * s2) * inverse[i + 3];
            }
            for (; i < n; i++) {
              t_W s = w[i];
              for (long k = start; k < i; k++) s -= first[i * down + k * right] * w[k];
              w[i] = s * inverse[i];
            }
            for (long i = 0; i < n; i++) {
              t_d *to = x + (transposed ? n - 1 - i : i) * m + q;
              if (columns == 8) memcpy(to, w + i, 64);
              else for (long j = 0; j < columns; j++) to[j] = w[i][j];
            }
          }
        }
        """#),
        Header(
            name: "triangularSolveInLanes", includes: [],
            provides: ["triangularSolve_d_D_D", "triangularSolve_D_d_D", "triangularSolve_D_D_D"],
            text: #"""
        #define TRIANGULARSOLVE(L, B) \
        static __attribute__((noinline)) void triangularSolve_##L##_##B##_D(long n, long m, const t_##L *restrict l, const t_##B *restrict b, t_D *restrict x, int transposed) { \
          for (long i = 0; i < n * m; i++) x[i] = b[i] - (t_D){0}; \
          for (long step = 0; step < n; step++) { \
            const long i = transposed ? n - 1 - step : step; \
            const t_##L inverse = 1.0 / l[i * n + i]; \
            t_D *restrict row = x + i * m; \
            if (!transposed) for (long k = 0; k < i; k++) { \
              const t_##L factor = l[i * n + k]; \
              INDEPENDENT for (long j = 0; j < m; j++) row[j] -= factor * x[k * m + j]; \
            } \
            INDEPENDENT for (long j = 0; j < m; j++) row[j] *= inverse; \
            if (transposed) for (long k = 0; k < i; k++) { \
              const t_##L factor = l[i * n + k]; \
              INDEPENDENT for (long j = 0; j < m; j++) x[k * m + j] -= factor * row[j]; \
            } \
          } \
        }
        TRIANGULARSOLVE(d, D) TRIANGULARSOLVE(D, d) TRIANGULARSOLVE(D, D)
        """#),
        Header(
            name: "wideVectors", includes: [],
            provides: [],
            text: #"""
        typedef t_d __attribute__((may_alias)) t_a;
        typedef double t_W __attribute__((vector_size(64), aligned(64), may_alias));
        typedef long t_Z __attribute__((vector_size(64), aligned(64), may_alias));
        """#),
    ]
}
