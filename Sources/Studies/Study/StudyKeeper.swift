import Learning

/// Keeps the stages and the trainings of a study: in files, or not at all.
public protocol StudyKeeper: Sendable {
    associatedtype Failure: Error
    associatedtype Training: TrainingKeeper where Training.Failure == Failure

    /// Tasks side by side.
    var threads: Int { get }

    /// The value of a stage: made, unless an earlier run has left it.
    func stage<Value: Codable & Sendable>(
        _ name: [String], _ make: () throws(Failure) -> Value
    ) throws(Failure) -> Value

    /// The keeper of a training.
    ///
    /// - Parameter place: the folders and the name of its files.
    func training(_ place: [String]) -> Training

    /// The results of independent tasks, in their order.
    func map<Value: Sendable>(
        _ count: Int, _ task: @escaping @Sendable (Int) throws(Failure) -> Value
    ) throws(Failure) -> [Value]

    /// Shows how far a series of tasks is.
    func progress(_ title: String, total: Int) -> any StudyProgress
}

/// Progress through tasks.
public protocol StudyProgress: Sendable {
    func advance()
    func finish()
}

/// A study without files.
public struct StudyInMemory: StudyKeeper {
    public typealias Failure = NoFailure
    public let threads: Int

    public init(threads: Int = 1) { self.threads = threads }

    public func stage<Value: Codable & Sendable>(
        _ name: [String], _ make: () throws(NoFailure) -> Value
    ) throws(NoFailure) -> Value { try make() }
    public func training(_ place: [String]) -> WithoutFiles { WithoutFiles() }
    public func map<Value: Sendable>(
        _ count: Int, _ task: @escaping @Sendable (Int) throws(NoFailure) -> Value
    ) throws(NoFailure) -> [Value] { try concurrentMap(count, threads: threads, task) }
    public func progress(_ title: String, total: Int) -> any StudyProgress { Silence() }

    private struct Silence: StudyProgress {
        func advance() {}
        func finish() {}
    }
}
