internal import CSystem

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// From where on memory is large, in bytes.
private let largeMemory = 4 << 20

/// Asks for large pages under memory that is about to be written for the first time: a fault for each page of 4 KiB
/// takes longer than the work that fills it. Memory of less than 4 MiB is left as it is.
func preferLargePages(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    #if os(Linux)
        let page = 2 << 20
        guard bytes >= largeMemory else { return }
        let skipped = (page - Int(bitPattern: memory) % page) % page
        // A refusal leaves small pages.
        _ = madvise(memory + skipped, (bytes - skipped) / page * page, MADV_HUGEPAGE)
    #endif
}

/// Where results are large, lets the allocator keep what they leave behind for the next ones, up to half a gibibyte:
/// memory that is new to a process is zeroed before it is written. The environment's options take precedence.
func keepMemory(ofResults bytes: [Int]) {
    if bytes.contains(where: { $0 >= largeMemory }) { _ = isLargeMemoryKept }
}

private let isLargeMemoryKept: Bool = {
    let settings = ["GLIBC_TUNABLES", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"]
    guard settings.allSatisfy({ (name: String) in getenv(name) == nil }) else { return false }
    return apus_keep_memory(256 << 20, 512 << 20) != 0
}()
