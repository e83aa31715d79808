// The programs of the tour: `swift run -c release Tour 9` prints the output of page 9; with the name of a file, its
// picture is drawn there.
import Experiments
import Foundation

let pages: [Int: () throws -> Figure] = [
    1: supervisedLearning, 2: regressionInClosedForm, 3: networks, 4: convolution, 5: timeSeriesWithMemory,
    6: classification, 8: convexity, 9: gradientDescent, 10: stochasticGradients, 11: differentiation,
    12: differentiatingAFilter, 13: underAndOverFitting, 14: crossValidation,
    15: learningInAssimilation,
]
let arguments = CommandLine.arguments.dropFirst()
guard let number = arguments.first.flatMap({ Int($0) }), let page = pages[number] else {
    print("Tour NUMBER [PICTURE.svg]: one of \(pages.keys.sorted().map(String.init).joined(separator: ", "))")
    exit(64)
}
let figure = try page()
if let file = arguments.dropFirst().first {
    try figure.document().write(toFile: file, atomically: true, encoding: .utf8)
}
