#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Asks for large pages under memory that is about to be written for the first time: a fault for each page of 4 KiB takes longer
/// than the work that fills it. Memory of less than 4 MiB is left as it is.
func preferLargePages(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    #if os(Linux)
        let page = 2 << 20
        guard bytes >= 2 * page else { return }
        let skipped = (page - Int(bitPattern: memory) % page) % page
        // A refusal leaves small pages.
        _ = madvise(memory + skipped, (bytes - skipped) / page * page, MADV_HUGEPAGE)
    #endif
}
