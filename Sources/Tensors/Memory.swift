/// The bytes of known tensors, for kernels that read and write them in place.
extension ElementType {
    /// The size of one element in bytes.
    package var size: Int {
        switch self {
        case .float64, .int64: 8
        case .float32: 4
        case .bool: 1
        }
    }
}

extension Tensor {
    /// A known tensor whose elements `fill` writes, all of them, row-major.
    package init(_ signature: Signature, filledBy fill: (UnsafeMutableRawPointer) -> Void) {
        let count = signature.shape.elementCount
        func array<T>(_: T.Type) -> [T] {
            [T](unsafeUninitializedCapacity: Swift.max(count, 1)) { buffer, initialized in
                fill(UnsafeMutableRawPointer(buffer.baseAddress!))
                initialized = count
            }
        }
        let storage: Storage =
            switch signature.type {
            case .float64: .float64(array(Double.self))
            case .float32: .float32(array(Float.self))
            case .int64: .int64(array(Int.self))
            case .bool: .bool(array(Bool.self))
            }
        self.init(shape: signature.shape, type: signature.type, storage: storage, tracer: nil)
    }

    /// Lends the elements of a known tensor, row-major.
    package func withBytes<R>(_ body: (UnsafeRawPointer) -> R) -> R {
        switch known {
        case .float64(let x): x.withUnsafeBytes { body($0.baseAddress ?? placeholder) }
        case .float32(let x): x.withUnsafeBytes { body($0.baseAddress ?? placeholder) }
        case .int64(let x): x.withUnsafeBytes { body($0.baseAddress ?? placeholder) }
        case .bool(let x): x.withUnsafeBytes { body($0.baseAddress ?? placeholder) }
        }
    }

    /// Whether the tensor is concrete and untraced.
    package var isPlain: Bool { storage != nil && tracer == nil }
}

/// An address for arrays of no elements: never read.
private var placeholder: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 64)! }

extension Operation {
    /// The results on known operands, as the interpreter computes them.
    package func interpreted(_ operands: [Tensor], _ signatures: [Signature]) -> [Tensor] {
        zip(signatures, value(operands, signatures)).map {
            Tensor(shape: $0.shape, type: $0.type, storage: $1, tracer: nil)
        }
    }
}

extension Operation {
    /// The shapes and types of the results, from those of the operands.
    package func results(of operands: [Signature]) -> [Signature] {
        results(operands.map { Tensor(shape: $0.shape, type: $0.type, storage: nil, tracer: nil) })
    }
}
