import Foundation
import Testing

@testable import Experiments

@Suite struct FilesTensorBoardTests {
    @Test func checksumsAreCastagnolis() {
        #expect(crc32c(Array("123456789".utf8)) == 0xe306_9283)  // the check value of its definition
        #expect(crc32c([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)  // RFC 3720, B.4
    }

    /// Byte for byte what TensorBoard's own writer makes.
    @Test func filesAreThoseOfTensorBoard() throws {
        let oracle = try #require(
            JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(filePath: Package.path("Tests/Oracles/tensorboard_events.json"))))
                as? [String: Any])
        var events = TensorBoardEvents()
        for scalar in try #require(oracle["scalars"] as? [[Any]]) {
            let (tag, value) = (try #require(scalar[0] as? String), try #require(scalar[1] as? Double))
            events.add(tag, value, step: try #require(scalar[2] as? Int), time: try #require(oracle["time"] as? Double))
        }
        let text = events.bytes.map { String(format: "%02x", $0) }.joined()
        #expect(text == oracle["bytes"] as? String)
    }
}
