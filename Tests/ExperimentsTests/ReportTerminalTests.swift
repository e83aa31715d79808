import Foundation
import Studies
import Synchronization
import Testing

@testable import Experiments

@Suite struct TextTableTests {
    var table: TextTable {
        var table = TextTable(
            title: "RMSE",
            columns: [.init("Method"), .init("1", units: "degC"), .init("r")])
        table.add([.text("climatology"), .quantity(0.9), .number(nil, decimals: 2)])
        table.add([.text("Niño"), .quantity(0.2011), .number(-0.5, decimals: 2)], isEmphasized: true, best: [1])
        table.add([.text("AR(12)"), .quantity(0.2049), .number(0.25, decimals: 2)])
        return table
    }

    @Test func columnsAreAlignedAndTheMarkedStarred() {
        #expect(
            table.rendered(color: false) == """
                RMSE
                Method       1 (°C)      r
                ──────────── ─────── ──────
                climatology   0.900      –
                Niño          0.201* −0.50
                AR(12)        0.205   0.25

                """)
    }

    @Test func colourIsForTerminalsThatWantIt() {
        #expect(table.rendered(color: true).contains("\u{1B}[1;32m"))
        #expect(!table.rendered(color: false).contains("\u{1B}"))
        #expect(TerminalStyle.hasColor(isTerminal: true, environment: [:]))
        #expect(!TerminalStyle.hasColor(isTerminal: true, environment: ["NO_COLOR": "1"]))
        #expect(!TerminalStyle.hasColor(isTerminal: true, environment: ["TERM": "dumb"]))
        #expect(!TerminalStyle.hasColor(isTerminal: false, environment: [:]))
    }

    @Test func numbersHaveTrueMinusSignsAndNoNegativeZero() {
        #expect(NumberText.fixed(-0.001, decimals: 2) == "0.00" && NumberText.fixed(-1.5, decimals: 1) == "−1.5")
        #expect(NumberText.fixed(.nan, decimals: 2) == "–")
    }
}

@Suite struct ProgressMeterTests {
    /// A clock and an outlet in the test's hand.
    final class Stage: Sendable {
        let time = Mutex(0.0)
        let text = Mutex("")

        func meter(_ style: ProgressMeter.Style, total: Int) -> ProgressMeter {
            ProgressMeter(
                "Training", total: total, style: style, elapsed: { self.time.withLock { $0 } },
                write: { text in self.text.withLock { $0 += text } })
        }

        func run(_ style: ProgressMeter.Style, total: Int, secondsEach: Double) -> String {
            let meter = meter(style, total: total)
            for step in 1...total {
                time.withLock { $0 = Double(step) * secondsEach }
                meter.advance()
            }
            meter.finish()
            meter.advance()
            return text.withLock { $0 }
        }
    }

    @Test func shortTasksAreSilent() {
        #expect(Stage().run(.bar, total: 10, secondsEach: 0.1) == "")
        #expect(Stage().run(.lines, total: 10, secondsEach: 0.1) == "")
        #expect(Stage().run(.quiet, total: 100, secondsEach: 1) == "")
    }

    /// A step of a minute: the time moves all the same, and not with a line a second.
    @Test func timeIsPrintedWhileNothingAdvances() {
        for (style, least, most) in [(ProgressMeter.Style.lines, 40, 120), (.bar, 590, 600)] {
            let stage = Stage()
            let meter = stage.meter(style, total: 3)
            var (told, silence, longest) = (0, 0, 0)
            for second in 1...600 {
                stage.time.withLock { $0 = Double(second) }
                let before = stage.text.withLock { $0.count }
                if second == 300 { meter.advance() }
                meter.beat()
                let isTold = stage.text.withLock { $0.count } > before
                (told, silence) = (told + (isTold ? 1 : 0), isTold ? 0 : silence + 1)
                if second < 120 { longest = max(longest, silence) }
            }
            #expect(longest <= 6, "\(style): silent for \(longest) s")
            #expect(told >= least && told <= most, "\(style): told \(told) times")
            meter.finish()
            let end = stage.text.withLock { $0 }
            meter.beat()
            #expect(stage.text.withLock { $0 } == end && end.hasSuffix("Training: done in 10:00\n"))
        }
        let quiet = Stage()
        quiet.time.withLock { $0 = 10 }
        quiet.meter(.quiet, total: 3).beat()
        #expect(quiet.text.withLock { $0 } == "")
    }

    @Test func notesStandBehindTheTimeLeft() {
        let stage = Stage()
        let meter = stage.meter(.lines, total: 4)
        stage.time.withLock { $0 = 30 }
        meter.advance(note: "loss 0.25")
        #expect(stage.text.withLock { $0 } == "Training: 25 %, 0:30 elapsed, 1:30 left, loss 0.25\n")
    }

    @Test func longTasksTellTheTimeLeft() {
        let bar = Stage().run(.bar, total: 4, secondsEach: 30)
        #expect(bar.contains("\r\u{1B}[KTraining ██████████████████░░░░░░  75 %  1:30, 0:30 left"))
        #expect(bar.hasSuffix("Training: done in 2:00\n"))
    }

    @Test func linesAreFewAndPlain() {
        let lines = Stage().run(.lines, total: 1000, secondsEach: 0.1).split(separator: "\n")
        #expect(lines.count <= 11 && lines.count >= 5 && !lines.contains { $0.contains("\u{1B}") })
        #expect(lines.first == "Training: 2 %, 0:02 elapsed, 1:38 left")
        #expect(lines.last == "Training: done in 1:40")
    }

    /// A task of a day tells more than once in its first minutes.
    @Test func longTasksTellThatTheyMove() {
        let lines = Stage().run(.lines, total: 86_400, secondsEach: 1).split(separator: "\n")
        #expect(lines.prefix(4).map { $0.split(separator: " ")[3] } == ["0:02", "0:10", "0:50", "4:10"])
        #expect(lines.count < 20)
    }

    @Test func manyThreadsAdvanceOneTask() async {
        let stage = Stage()
        let meter = stage.meter(.bar, total: 1001)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<125 { meter.advance() } } }
        }
        stage.time.withLock { $0 = 1001 }
        meter.advance(by: 0)
        #expect(stage.text.withLock { $0 }.contains("99 %  16:41, 0:02 left"))
    }
}
