import Foundation

/// Where a process that reads inputs is, in memory that it shares with the one that watches it:
/// a trap loses nothing of it.
struct SharedState {
    /// Fixed places; after them those of each kind.
    enum Field: Int, CaseIterable {
        case done, seed, isInLibrary, libraryFaults
    }

    /// Of a kind: inputs that were refused and that were read, microseconds of the processor, the most for one input
    /// and its seed.
    enum Count: Int, CaseIterable {
        case refused, read, time, longest, seedOfLongest
    }

    private let words: UnsafeMutablePointer<UInt64>

    /// Maps a file of the right size.
    init?(_ path: String) {
        let size = 8 * (Field.allCases.count + Count.allCases.count * InputKind.allCases.count)
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

    subscript(kind: InputKind, count: Count) -> UInt64 {
        get { words[Self.place(kind, count)] }
        nonmutating set { words[Self.place(kind, count)] = newValue }
    }

    private static func place(_ kind: InputKind, _ count: Count) -> Int {
        Field.allCases.count + Count.allCases.count * kind.rawValue + count.rawValue
    }

    /// Adds the time that an input took.
    func add(time: UInt64, of kind: InputKind, seed: UInt64) {
        self[kind, .time] += time
        if time > self[kind, .longest] { (self[kind, .longest], self[kind, .seedOfLongest]) = (time, seed) }
    }
}
