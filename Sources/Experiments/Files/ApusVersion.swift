/// The version of the software, as results and the tool state it.
public enum ApusVersion {
    public static let text = "0.1.0"
}
