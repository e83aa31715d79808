import Foundation

/// Where a process that reads inputs is, in memory that it shares with the one that watches it:
/// a trap loses nothing of it.
struct SharedState {
    /// Fixed places; after them two for each kind: inputs that were refused, and that were read.
    enum Field: Int, CaseIterable {
        case done, seed, isInLibrary, libraryFaults
    }

    private let words: UnsafeMutablePointer<UInt64>

    /// Maps a file of the right size.
    init?(_ path: String) {
        let size = 8 * (Field.allCases.count + 2 * InputKind.allCases.count)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, off_t(size)) == 0,
            let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { return nil }
        close(descriptor)
        words = memory.assumingMemoryBound(to: UInt64.self)
    }

    subscript(field: Field) -> UInt64 {
        get { words[field.rawValue] }
        nonmutating set { words[field.rawValue] = newValue }
    }

    subscript(kind: InputKind, isRefused isRefused: Bool) -> UInt64 {
        get { words[Field.allCases.count + 2 * kind.rawValue + (isRefused ? 0 : 1)] }
        nonmutating set { words[Field.allCases.count + 2 * kind.rawValue + (isRefused ? 0 : 1)] = newValue }
    }
}
