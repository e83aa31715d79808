extension Prelude {
    /// Threefry-2x64 with 20 rounds, for one key or a key in each lane: the bits are those of `Tensors`.
    ///
    /// Reference: Salmon, Moraes, Dror & Shaw, *Parallel random numbers: as easy as 1, 2, 3* (SC 2011).
    static func random(lanes: Int?) -> String {
        [randomRounds, randomNumbers("l", "u", "d")]
            .joined(separator: "\n")
            + (lanes == nil
                ? "\n"
                : "\n#define WHOLE_L(x) CONVERT((t_L)(x), t_D)\n"
                    + randomNumbers("L", "U", "D") + "\n")
    }

    private static let randomRounds = """
        #define WHOLE_l(x) ((t_d)(t_l)(x))
        #define MIX(R) a = a + b; b = ((b << R) | (b >> (64 - R))) ^ a;
        #define INJECT(x, y, round) a = a + x; b = b + y + round##ul;
        #define FOURA MIX(16) MIX(42) MIX(12) MIX(31)
        #define FOURB MIX(16) MIX(32) MIX(24) MIX(21)
        """

    /// Two numbers from each counter; normal ones by the transform of Box and Muller, blocks of uniform ones at a time.
    private static func randomNumbers(_ l: String, _ u: String, _ d: String) -> String {
        """
        INLINE void threefry_\(l)(t_\(l) key, t_\(l) other, t_\(u) a, t_\(u) b, t_\(u) *first, t_\(u) *second) {
          const t_\(u) p = (t_\(u))key, q = (t_\(u))other, r = 0x1BD11BDAA9FC1A22ul ^ p ^ q;
          a = a + p; b = b + q;
          FOURA INJECT(q, r, 1) FOURB INJECT(r, p, 2) FOURA INJECT(p, q, 3) FOURB INJECT(q, r, 4) FOURA INJECT(r, p, 5)
          *first = a; *second = b;
        }
        INLINE t_\(d) unit_\(l)(t_\(u) word) { return (WHOLE_\(l)(word >> 12) + 0.5) * 0x1p-52; }
        static __attribute__((noinline, unused)) void uniform_\(l)(t_\(l) key, t_\(l) other, long start, long n, t_\(d) *restrict to) {
          for (long i = 0; i < n / 2; i++) {
            t_\(u) a, b;
            threefry_\(l)(key, other, (t_\(u)){0} + (t_u)(start + i), (t_\(u)){0}, &a, &b);
            to[2 * i] = unit_\(l)(a); to[2 * i + 1] = unit_\(l)(b);
          }
          if (n % 2 == 1) {
            t_\(u) a, b;
            threefry_\(l)(key, other, (t_\(u)){0} + (t_u)(start + n / 2), (t_\(u)){0}, &a, &b);
            to[n - 1] = unit_\(l)(a);
          }
        }
        static __attribute__((noinline, unused)) void normal_\(l)(t_\(l) key, t_\(l) other, long n, t_\(d) *restrict to) {
          t_\(d) block[64], cosine[32], sine[32];
          for (long s = 0; s < n; s += 64) {
            const long count = n - s < 64 ? n - s : 64, pairs = (count + 1) / 2;
            uniform_\(l)(key, other, s / 2, 2 * pairs, block);
            for (long i = 0; i < pairs; i++) {
              const t_\(d) radius = sqrt_\(d)(-2.0 * log_\(d)(block[2 * i])), angle = 0x1.921fb54442d18p+2 * block[2 * i + 1];
              cosine[i] = radius * cosNear_\(d)(angle);
              sine[i] = radius * sinNear_\(d)(angle);
            }
            for (long i = 0; i < count; i++) to[s + i] = i % 2 == 0 ? cosine[i / 2] : sine[i / 2];
          }
        }
        INLINE void split_\(l)(t_\(l) key, t_\(l) other, long n, t_\(l) *restrict to) {
          for (long i = 0; i < n; i++) {
            t_\(u) a, b;
            threefry_\(l)(key, other, (t_\(u)){0} + (t_u)i, (t_\(u)){0} + 1ul, &a, &b);
            to[2 * i] = (t_\(l))a; to[2 * i + 1] = (t_\(l))b;
          }
        }
        INLINE void fold_\(l)(t_\(l) key, t_\(l) other, t_\(l) data, t_\(l) *restrict to) {
          t_\(u) a, b;
          threefry_\(l)(key, other, (t_\(u))data, (t_\(u)){0} + 2ul, &a, &b);
          to[0] = (t_\(l))a; to[1] = (t_\(l))b;
        }
        """
    }
}
