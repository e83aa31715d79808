import Studies
import Tensors

/// The systems of an experiment with 'each', as one problem and their data.
struct EachRun: Sendable {
    let systems: ManySystems
    let data: EachData

    init(_ read: ReadSystem, _ tables: [ObservedTable], _ data: EachData, key: Key) {
        self.data = data
        let (t, m) = (data.times.count, data.channels.count)
        let deviations = Tensor(tables.map(\.deviation)).expanded(axis: 0).broadcast(to: [t, m])
        let observations = SystemObservations(
            times: data.times, channels: data.channels, values: Tensor.zeros([t, m]), mask: Tensor.ones([t, m]),
            deviations: deviations)
        systems = ManySystems(
            SystemProblem(read.system, observations, key: key), values: data.values, mask: data.mask)
    }
}
