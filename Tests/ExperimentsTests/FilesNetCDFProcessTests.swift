import Foundation
import Testing

@testable import Experiments

/// Files that are damaged: an error of one line, whatever becomes of the libraries that read them.
@Suite struct FilesNetCDFProcessTests {
    /// Files that are cut anywhere, and files with bytes that are changed.
    @Test(arguments: ["files_plain.nc", "files_packed.nc"])
    func aDamagedFileIsAnErrorOfOneLineOrStillReadable(_ name: String) throws {
        let whole = try InputFile.bytes(Package.path("Tests/Oracles/\(name)"))
        var random = SystemRandomNumberGenerator()
        try withTemporaryFolder { folder in
            let path = folder + "/data.nc"
            for trial in 0..<60 {
                var bytes = whole
                if trial % 2 == 0 { bytes.removeLast(Int.random(in: 1..<whole.count, using: &random)) }
                for _ in 0..<(trial % 4 == 0 ? 0 : 8) {
                    let place = Int.random(in: 4..<max(5, bytes.count), using: &random)
                    if place < bytes.count { bytes[place] = .random(in: 0...255, using: &random) }
                }
                try AtomicFile.write(bytes, to: path)
                do throws(InputError) { _ = try NetCDFFile(contentsOf: path) } catch {
                    #expect(error.description.hasPrefix(path) && !error.description.contains("\n"))
                    #expect(error.kind == .data)
                }
            }
        }
    }

    @Test func aLengthThatTheFileCannotHoldIsAnError() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/data.nc"
            // In the format of 64-bit data: one dimension of 2⁴⁰ times, and a variable of bytes on it.
            var bytes: [UInt8] = Array("CDF\u{5}".utf8)
            func append(_ number: UInt32) { bytes += withUnsafeBytes(of: number.bigEndian, Array.init) }
            func append(_ number: UInt64) { bytes += withUnsafeBytes(of: number.bigEndian, Array.init) }
            append(UInt64(0))  // no records
            append(UInt32(10))
            append(UInt64(1))
            append(UInt64(4))
            bytes += Array("time".utf8)
            append(UInt64(1) << 40)
            append(UInt32(0))
            append(UInt64(0))
            append(UInt32(11))
            append(UInt64(1))
            append(UInt64(4))
            bytes += Array("time".utf8)
            append(UInt64(1))
            append(UInt64(0))
            append(UInt32(0))
            append(UInt64(0))
            append(UInt32(1))
            append(UInt64(1) << 40)
            append(UInt64(bytes.count + 8))
            try AtomicFile.write(bytes, to: path)
            let error = inputError { _ = try NetCDFFile(contentsOf: path) }
            #expect(error.kind == .data)
            let expectation = "1099511627776 values in a file of \(bytes.count) bytes (expected an undamaged file)"
            #expect(error.line == "\(path): time: \(expectation)")
        }
    }

    /// A reader that is ended by a signal is one line with the name of the file.
    @Test func aReaderThatEndsIsAnErrorOfOneLine() throws {
        let path = Package.path("Tests/Oracles/files_plain.nc")
        try NetCDFLibrary.exclusively { () throws(InputError) in
            for (signal, words) in [(SIGSEGV, "ended by signal 11"), (SIGXCPU, "longer than"), (SIGKILL, "memory")] {
                let process = try NetCDFProcess(reading: path)
                _ = try process.answer(atMost: 1 << 20)
                process.end(by: signal)
                process.ask(for: 0)
                do throws(InputError) {
                    _ = try process.answer(atMost: 1 << 20)
                    Issue.record("an answer after the end")
                } catch {
                    #expect(error.description.hasPrefix(path) && error.description.contains(words), "\(error)")
                    #expect(error.kind == .data)
                }
            }
        }
    }

    /// Ten values of a chunk that is 128 MiB unpacked: the library needs that much for them, and has its limit.
    @Test func aVariableBeyondTheLimitOfMemoryIsAnErrorOfOneLine() throws {
        let path = Package.path("Tests/Oracles/files_chunk.nc")
        try NetCDFLibrary.exclusively { () throws(InputError) in
            func values(_ limits: NetCDFProcess.Limits) throws(InputError) -> [UInt8] {
                let process = try NetCDFProcess(reading: path, limits: limits)
                _ = try process.answer(atMost: 1 << 20)
                process.ask(for: 0)
                return try process.answer(atMost: 1 << 20, variable: "x")
            }
            #expect(try values(.init()).count == 80)
            do throws(InputError) {
                _ = try values(.init(memory: 24 << 20))
                Issue.record("an answer beyond the limit")
            } catch {
                #expect(error.description.hasPrefix("\(path): x: ") && !error.description.contains("\n"), "\(error)")
                #expect(error.kind == .data)
            }
        }
    }

    /// A reader that stands still is given up after the longest silence, and ends with the value.
    @Test func aReaderThatStandsStillIsAnErrorOfOneLine() throws {
        let path = Package.path("Tests/Oracles/files_plain.nc")
        let start = ContinuousClock.now
        try NetCDFLibrary.exclusively { () throws(InputError) in
            let process = try NetCDFProcess(reading: path, limits: .init(silence: 1))
            _ = try process.answer(atMost: 1 << 20)
            process.end(by: SIGSTOP)
            process.ask(for: 0)
            do throws(InputError) {
                _ = try process.answer(atMost: 1 << 20)
                Issue.record("an answer of a process that stands still")
            } catch {
                #expect(
                    error.description
                        == "\(path): reading the NetCDF file takes longer than 1 seconds (expected an undamaged file)")
                #expect(error.kind == .data)
            }
        }
        #expect(ContinuousClock.now - start < .seconds(50))
    }
}
