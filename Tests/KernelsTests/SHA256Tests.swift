import Testing

@testable import Kernels

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4 and of its validation suite.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func knownValues(text: String, hash: String) { #expect(hexadecimal(SHA256.digest(text)) == hash) }

    /// Every length about the ends of blocks. Python: `h = hashlib.sha256()`, then for n in 0..<200
    /// `h.update(hashlib.sha256(bytes(i * 7 % 256 for i in range(n))).digest())`.
    @Test func everyLength() {
        var all = SHA256()
        for length in 0..<200 {
            var one = SHA256()
            one.update((0..<length).map { UInt8($0 * 7 % 256) })
            all.update(one.finish())
        }
        #expect(hexadecimal(all.finish()) == "0a716dcd52ebb45d547cf893c2616d1641ae3c122398e759ddeb1d0698a65c1a")
    }

    @Test func piecesDoNotMatter() {
        let bytes = (0..<1000).map { UInt8($0 % 251) }
        var whole = SHA256()
        whole.update(bytes)
        let expected = whole.finish()
        for size in [1, 3, 63, 64, 65, 200] {
            var hash = SHA256()
            for start in stride(from: 0, to: bytes.count, by: size) {
                hash.update([UInt8](bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(hash.finish() == expected)
        }
    }
}
