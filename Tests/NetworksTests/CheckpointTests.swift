import Foundation
import Tensors
import Testing

@testable import Networks

private func bytes(header: String, data: [UInt8] = []) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data
}

@Suite struct SafeTensorsTests {
    private let sample = SafeTensors(
        [
            "weight": Tensor([1.5, -0.0, .infinity, 0x1p-1074, .nan, 0.1], shape: [2, 3]),
            "single": Tensor(floats: [0.1, -3]), "count": Tensor(integers: [.min, -1, .max], shape: [3, 1]),
            "mask": Tensor([true, false, true]), "empty": Tensor.zeros([0, 4]), "päth \"x\"\n\\": Tensor(2.5),
        ], metadata: ["a": "b", "description": "{\"width\":3}"])

    @Test func roundTripIsExact() throws {
        let encoded = sample.encoded()
        let decoded = try SafeTensors(decoding: encoded)
        #expect(decoded.metadata == sample.metadata)
        #expect(decoded.tensors.mapValues(\.signature) == sample.tensors.mapValues(\.signature))
        #expect(decoded.encoded() == encoded)
        let bits = { (t: SafeTensors) in t.tensors["weight"]!.values.map(\.bitPattern) }
        #expect(bits(decoded) == bits(sample))
        #expect(decoded.tensors["count"]!.integers == [.min, -1, .max])
    }

    @Test func layoutIsThatOfTheFormat() throws {
        let encoded = SafeTensors(["b": Tensor([true]), "a": Tensor(floats: [1]), "c": Tensor(2)]).encoded()
        let header =
            #"{"c":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"#
            + #""b":{"dtype":"BOOL","shape":[1],"data_offsets":[12,13]}}"#
        let padded = header + String(repeating: " ", count: (8 - header.count % 8) % 8)
        #expect(encoded == bytes(header: padded, data: [0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0x80, 0x3F, 1]))
    }

    @Test(arguments: [
        ([UInt8](), SafeTensorsError.tooShort(bytes: 0)),
        ([0, 0, 0, 0, 0, 0, 0, 0x10, 1, 2], .headerTooLong(length: 1 << 60, available: 2)),
        ([UInt8](repeating: 255, count: 9), .headerTooLong(length: .max, available: 1)),
        (
            bytes(header: #"{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#, data: [0, 0]),
            .unknownType(tensor: "a", type: "F16")
        ),
        (
            bytes(header: #"{"a":{"dtype":"F64","shape":[-1],"data_offsets":[0,8]}}"#),
            .shape(tensor: "a", shape: [-1])
        ),
        (
            bytes(header: #"{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#),
            .shape(tensor: "a", shape: [4_294_967_296, 4_294_967_296])
        ),
        (
            bytes(header: #"{"a":{"dtype":"F64","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}"#),
            .shape(tensor: "a", shape: [0, 4_294_967_296, 4_294_967_296])
        ),
        (
            bytes(
                header: #"{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}"#, data: .init(repeating: 0, count: 8)),
            .offsets(tensor: "a", found: [0, 8], expected: "a start from zero and an end 16 bytes after it")
        ),
        (
            bytes(header: #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}"#, data: [7]),
            .truthValue(tensor: "a", byte: 7)
        ),
        (
            bytes(header: #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}"#, data: [1, 1]),
            .header("the tensors fill 1 of 2 bytes of data")
        ),
        (bytes(header: " {}"), .header("expected a JSON object that starts with {")),
    ])
    func hostileBytesAreErrors(_ bytes: [UInt8], _ expected: SafeTensorsError) {
        #expect(throws: expected) { try SafeTensors(decoding: bytes) }
    }

    @Test(arguments: [
        #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}"#,
        #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[5,6]}}"#,
        #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}"#,
        #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[-1,0]}}"#,
        #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[-9223372036854775808,9223372036854775807]}}"#,
        #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0]}}"#,
        #"{"a":{"dtype":"BOOL","shape":[1.5],"data_offsets":[0,1]}}"#,
        #"{"a":{"dtype":"BOOL","shape":[1e400],"data_offsets":[0,1]}}"#,
        #"{"a":{"dtype":"BOOL","shape":[1]}}"#, #"{"__metadata__":{"a":1}}"#, #"{"a":3}"#, #"{"a":"#, "{", "[]", "",
    ])
    func hostileHeadersAreErrors(_ header: String) {
        #expect(throws: SafeTensorsError.self) { try SafeTensors(decoding: bytes(header: header, data: [1])) }
    }

    @Test func changedBytesNeverCrash() {
        let whole = sample.encoded()
        let draws = Key(1).uniform([3000, 4]).values
        for trial in 0..<3000 {
            let u = draws[(4 * trial)..<(4 * trial + 4)].map { $0 }
            var changed = whole
            // Half of the changes hit the length and the header, where the danger is.
            let range = u[3] < 0.5 ? min(200, whole.count) : whole.count
            changed[Int(u[0] * Double(range))] = UInt8(u[1] * 256)
            if u[2] < 0.3 { changed.removeLast(Int(u[1] * Double(whole.count))) }
            if u[2] > 0.8 { changed[Int(u[2] * u[0] * Double(changed.count))] ^= UInt8(u[3] * 256) }
            do { _ = try SafeTensors(decoding: changed).encoded() } catch { #expect(!error.description.isEmpty) }
        }
    }
}

@Suite struct CheckpointTests {
    struct Shape: Codable, Equatable, Sendable {
        var widths = [3, 4, 2]
        var activation = Activation.gelu
    }
    private func network(_ widths: [Int] = [3, 4, 2], key: Key = Key(1)) -> DenseNetwork {
        DenseNetwork(widths: widths, activation: .gelu, key: key)
    }

    @Test func aModelComesBackBitForBit() throws {
        let model = network()
        let encoded = try Checkpoint(model, description: Shape()).encoded()
        let read = try Checkpoint<Shape>(decoding: encoded)
        #expect(read.description == Shape())
        let restored = try read.restored(into: network(read.description.widths, key: Key(99)))
        let x = Key(5).normal([7, 3])
        #expect(restored(x).values.map(\.bitPattern) == model(x).values.map(\.bitPattern))
        #expect(read.tensors.keys.sorted() == ["layers.0.bias", "layers.0.weight", "layers.1.bias", "layers.1.weight"])
    }

    /// What another program writes without a checksum is a model, and no file of one's own.
    @Test func aFileOfOnesOwnHasAChecksum() throws {
        let encoded = try Checkpoint(network(), description: Shape()).encoded()
        #expect(try Checkpoint<Shape>(decoding: encoded, isOwn: true).description == Shape())
        var file = try SafeTensors(decoding: encoded)
        file.metadata["checksum"] = nil
        #expect(try Checkpoint<Shape>(decoding: file.encoded()).description == Shape())
        #expect(throws: CheckpointError.self) { try Checkpoint<Shape>(decoding: file.encoded(), isOwn: true) }
    }

    @Test func optimizerStatesAndLoneTensorsAreTreesToo() throws {
        let model = network()
        let optimizer = Adam(rate: 0.1)
        let (trained, state) = optimizer.update(model, gradient: model, state: optimizer.start(model))
        let encoded = try Checkpoint(Pair(trained, state), description: 1).encoded()
        let template = Pair(network(key: Key(2)), optimizer.start(model))
        let restored = try Checkpoint<Int>(decoding: encoded).restored(into: template)
        #expect(restored.leaves.map(\.values) == Pair(trained, state).leaves.map(\.values))
        let lone = try Checkpoint<Int>(decoding: Checkpoint(Tensor([1, 2]), description: 2).encoded())
        let pair = try lone.restored(into: Tensor.zeros([2]))
        #expect(pair.values == [1, 2])
    }

    @Test func otherStructuresAreErrorsThatNameTheTensor() throws {
        let checkpoint = Checkpoint(network(), description: 0)
        let found = Signature([4, 2])
        #expect(throws: CheckpointError.mismatch(tensor: "layers.1.weight", found: found, expected: Signature([4, 5])))
        {
            try checkpoint.restored(into: network([3, 4, 5]))
        }
        #expect(throws: CheckpointError.missing(tensor: "layers.2.weight")) {
            try checkpoint.restored(into: network([3, 4, 2, 2]))
        }
        #expect(throws: CheckpointError.unexpected(tensor: "layers.1.bias")) {
            try checkpoint.restored(into: network([3, 4]))
        }
        let single = DenseNetwork(widths: [3, 4, 2], key: Key(1), type: .float32)
        #expect(throws: CheckpointError.self) { try checkpoint.restored(into: single) }
        let undescribed = SafeTensors(["a": Tensor(1)]).encoded()
        #expect(throws: CheckpointError.self) { try Checkpoint<Int>(decoding: undescribed) }
        let other = try checkpoint.encoded()
        #expect(throws: CheckpointError.self) { try Checkpoint<Shape>(decoding: other) }
    }
}
