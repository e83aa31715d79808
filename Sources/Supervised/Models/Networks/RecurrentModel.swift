import Networks
import Studies
import Tensors

/// A recurrent network that reads the rows of pictures, or the columns of a table, one after the other; the outputs follow
/// from its last state.
public struct RecurrentModel: NetworkModel {
    public static let name = "recurrent"
    public static let summary = "a recurrent network over rows of pictures or columns of tables"
    public static let reference = "Hochreiter & Schmidhuber, Neural Comput. 9 (1997), 1735-1780"
    public static let ownParameters: [Parameter<Self>] = [
        .choice("cell", \.cell, "Kind of memory: simple, gated recurrent, or long short-term."),
        .integer("units", \.units, 1...100_000, "Units of the memory."),
    ]

    public enum Cell: String, Sendable, Codable, CaseIterable {
        case rnn, gru, lstm
    }

    public var cell = Cell.lstm, units = 64
    public var training = TrainingOptions()

    public init() {}
    public init(_ cell: Cell, units: Int, _ training: TrainingOptions) {
        (self.cell, self.units, self.training) = (cell, units, training)
    }

    public var complexity: Double { Double(units) }

    public func weights(_ layout: SampleLayout) -> Double {
        let gates: Double =
            switch cell {
            case .rnn: 1
            case .gru: 3
            case .lstm: 4
            }
        return gates * Double(units) * Double(units + sequenceShape(layout).channels)
    }

    public func network(_ layout: SampleLayout, key: Key) -> SequenceReader {
        let keys = key.split(2)
        let channels = sequenceShape(layout).channels
        let memory: SequenceReader.Memory =
            switch cell {
            case .rnn: .elman(Recurrent(ElmanCell(channels, units: units, key: keys[0], type: .float32)))
            case .gru: .gated(Recurrent(GatedRecurrentCell(channels, units: units, key: keys[0], type: .float32)))
            case .lstm:
                .longShort(Recurrent(LongShortTermCell(channels, units: units, key: keys[0], type: .float32)))
            }
        return SequenceReader(
            memory: memory, readout: Dense(units, layout.outputs, key: keys[1], type: .float32),
            dropout: Dropout(training.dropout))
    }
}

/// A recurrent network and a dense layer behind its last state.
public struct SequenceReader: TrainedMap {
    public enum Memory: Tree {
        case elman(Recurrent<ElmanCell>)
        case gated(Recurrent<GatedRecurrentCell>)
        case longShort(Recurrent<LongShortTermCell>)

        func last(_ x: Tensor) -> Tensor {
            switch self {
            case .elman(let network): network.last(x)
            case .gated(let network): network.last(x)
            case .longShort(let network): network.last(x)
            }
        }

        public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
            switch self {
            case .elman(var network):
                visitor.visit(&network, "network")
                self = .elman(network)
            case .gated(var network):
                visitor.visit(&network, "network")
                self = .gated(network)
            case .longShort(var network):
                visitor.visit(&network, "network")
                self = .longShort(network)
            }
        }
    }

    public var memory: Memory
    public var readout: Dense
    public let dropout: Dropout

    public func callAsFunction(_ x: Tensor) -> Tensor { readout(memory.last(sequences(x))) }

    public func training(_ x: Tensor, key: Key) -> (output: Tensor, next: SequenceReader) {
        (readout(dropout.training(memory.last(sequences(x)), key: key).output), self)
    }

    public mutating func walk<V: TreeVisitor>(_ visitor: inout V) {
        visitor.visit(&memory, "memory")
        visitor.visit(&readout, "readout")
    }
}
