extension Prelude {
    /// The error function without branches: `x + x P(x²)` below 1, and `1 − exp(−x²) Q(1 / (x + 2))` beyond,
    /// polynomials of least error; errors below 2 units in the last place. Beyond `top` it is 1 to rounding.
    static func errorFunction(_ x: String, isSingle: Bool) -> String {
        let suffix = isSingle ? "f" : ""
        func polynomial(_ coefficients: [String], _ z: String) -> String {
            coefficients.dropFirst().reduce("SPLAT_\(x)(\(coefficients[0])\(suffix))") {
                "fma_\(x)(\($0), \(z), SPLAT_\(x)(\($1)\(suffix)))"
            }
        }
        return """
            INLINE t_\(x) erf_\(x)(t_\(x) x) {
              const t_\(x) z = x * x, small = fma_\(x)(x, \(polynomial(isSingle ? smallSingle : small, "z")), x);
              const t_\(x) a = minimum_\(x)(absolute_\(x)(x), SPLAT_\(x)(\(isSingle ? "4.0f" : "6.0")));
              const t_\(x) u = 1 / (a + 2), q = \(polynomial(isSingle ? largeSingle : large, "u"));
              const t_\(x) large = 1 - exp_\(x)(-a * a) * q;
              return select_\(x)(compare_\(x)(a < 1), small, select_\(x)(compare_\(x)(x < 0), -large, large));
            }
            """
    }

    private static let small = [
        "0x1.05ffd737fb32ep-34", "-0x1.389d4f2641625p-30", "0x1.f7b4bf3b13964p-27", "-0x1.5f1ecb6f0764cp-23",
        "0x1.b9df224ca4b97p-20", "-0x1.f4d1e3183f7aep-17", "0x1.f9a321d5b8e1ep-14", "-0x1.c02db3dac435fp-11",
        "0x1.565bcd0dbaa38p-8", "-0x1.b82ce31284e00p-6", "0x1.ce2f21a042b30p-4", "-0x1.812746b0379e6p-2",
        "0x1.06eba8214db69p-3",
    ]
    private static let large = [
        "-0x1.30be46f379823p+12", "0x1.1b64a4027ed48p+14", "-0x1.da810ca83498ep+14", "0x1.d240e9551f610p+14",
        "-0x1.255db4ee174a9p+14", "0x1.e6516ce71057ep+12", "-0x1.109eb9bc9d723p+11", "0x1.d78e42db75445p+8",
        "-0x1.59d65bc55f2bfp+6", "0x1.9e43e2a210c6fp-2", "-0x1.721ac7ae1ce27p-1", "0x1.55b9ce1b16118p+1",
        "0x1.69b4e0c848102p+1", "0x1.f96284f703d38p+0", "0x1.20df54d99452fp+0", "0x1.20dd5686debc3p-1",
        "0x1.b577603e6a791p-27",
    ]
    private static let smallSingle = [
        "-0x1.281efap-11", "0x1.428d76p-8", "-0x1.b5b310p-6", "0x1.ce0ab2p-4", "-0x1.812680p-2",
        "0x1.06eba2p-3",
    ]
    private static let largeSingle = [
        "-0x1.c017fap+2", "0x1.357d5ep+3", "-0x1.ee74b0p-3", "0x1.83cceep+0", "0x1.0ec75cp-1",
        "0x1.5d23c4p-10",
    ]
}
