/// Whether the programs of this process run as machine code.
public enum MachineCode {
    /// The reasons why programs were interpreted up to now, each once; empty where all ran as machine code.
    public static var failures: [String] { NativeLoader.ofProcess.failures }

    /// The width of vectors that programs are compiled for, and why.
    public static var description: String { VectorWidth.explanation }
}
