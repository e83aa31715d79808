import Synchronization

/// The truths and observations of a study: each seed is drawn once for all methods that run on it side by side.
///
/// The last few draws are kept; tasks that follow each other by seeds find theirs there.
final class SharedDraws: Sendable {
    private struct Place: Hashable {
        let purpose: SeedPurpose
        let seed: Int
    }

    /// A draw that several threads may wait for.
    private final class Slot: Sendable {
        let draw = Mutex<TwinDraw?>(nil)
    }

    private let setting: TwinSetting
    private let most: Int
    private let kept = Mutex<[(place: Place, slot: Slot)]>([])

    /// - Parameter most: draws that are kept: one more than threads.
    init(_ setting: TwinSetting, most: Int) { (self.setting, self.most) = (setting, most) }

    func draw(_ purpose: SeedPurpose, seed: Int) -> TwinDraw {
        let place = Place(purpose: purpose, seed: seed)
        let slot = kept.withLock { kept in
            if let known = kept.first(where: { $0.place == place }) { return known.slot }
            if kept.count >= most { kept.removeFirst() }
            let slot = Slot()
            kept.append((place, slot))
            return slot
        }
        return slot.draw.withLock { draw in
            if let draw { return draw }
            let new = setting.draw(purpose, seed: seed)
            draw = new
            return new
        }
    }
}
