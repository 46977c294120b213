import Foundation
import Testing

@testable import Runner

struct PlotTests {
  private func curves(_ losses: [Double], accuracies: [Double]? = nil) -> TrainingCurves {
    TrainingCurves(
      losses.enumerated().map { index, loss in
        let evaluation = Evaluation(loss: loss, accuracy: accuracies?[index])
        return EpochResult(
          epoch: index, loss: loss, training: evaluation, test: evaluation, trainSeconds: 1,
          imagesPerSecond: 1)
      })
  }

  /// Protects the ticks: round numbers around all values, few of them, whatever the values.
  @Test(arguments: [
    ([0.0101, 0.0604], ["0.01", "0.02", "0.03", "0.04", "0.05", "0.06", "0.07"]),
    ([0.9883, 0.9937], ["0.988", "0.989", "0.990", "0.991", "0.992", "0.993", "0.994"]),
    ([0, 100], ["0", "20", "40", "60", "80", "100"]),
    ([-3, 2], ["-3", "-2", "-1", "0", "1", "2"]),
  ])
  func ticks(values: [Double], labels: [String]) {
    let scale = AxisScale(values, ticks: 6)
    #expect(scale.ticks.map(scale.label) == labels)
    #expect(values.allSatisfy { scale.lower <= $0 && $0 <= scale.upper })
  }

  /// Protects plots of what cannot be drawn well: flat, huge, tiny, not finite.
  @Test(
    arguments: [
      [1, 1], [0, 0], [1e30, 2e30], [1e-300, 2e-300], [1, .infinity], [.nan, 2], [-5, -5 - 1e-14],
      [-1.7e308, 1.7e308],
    ] as [[Double]])
  func survives(values: [Double]) {
    let scale = AxisScale(values, ticks: 6)
    #expect(scale.ticks.count >= 2 && scale.ticks.count < 20)
    for value in values { #expect((0...1).contains(scale.place(value))) }
    #expect(SVGPlot(curves(values), title: "m").description.hasSuffix("</svg>\n"))
    #expect(!TextPlot(curves(values), columns: 80, isUnicode: true).description.isEmpty)
  }

  /// Protects the picture: XML that a parser takes, whatever the model is called, a dot an epoch.
  @Test func drawsSVG() throws {
    let text = SVGPlot(
      curves([0.5, 0.3, 0.2], accuracies: [0.8, 0.9, 0.95]), title: "a<b> & \"c\""
    ).description
    #expect(text.contains("a&lt;b&gt; &amp; &quot;c&quot;"))
    #expect(text.components(separatedBy: "<circle").count - 1 == 9)
    #expect(!text.contains("nan") && !text.contains("inf"))
    for name in ["loss", "accuracy", "moving average", "train", "test", "epoch"] {
      #expect(text.contains(">\(name)</text>"))
    }
    let opened = text.components(separatedBy: "<g>").count
    #expect(opened == text.components(separatedBy: "</g>").count)
  }

  /// Protects the curve of a schedule: a panel of its own where the rate changes, none where it does
  /// not, and a terminal of 80 columns shows all three panels side by side.
  @Test func drawsTheSchedule() {
    func curves(_ rates: [Double?]) -> TrainingCurves {
      TrainingCurves(
        rates.enumerated().map { index, rate in
          let evaluation = Evaluation(loss: 1, accuracy: 0.5)
          return EpochResult(
            epoch: index, loss: 1, training: evaluation, test: evaluation, judge: .validation,
            learningRate: rate, trainSeconds: 1, imagesPerSecond: 1)
        })
    }
    #expect(curves([nil, nil]).panels.count == 2 && curves([0.1, 0.1]).panels.count == 2)
    let changing = curves([0.1, 0.05, 0.025])
    #expect(changing.panels.last?.curves.map(\.values) == [[0.1, 0.05, 0.025]])
    #expect(changing.panels[1].curves.map(\.name) == ["train", "validation"])
    let text = TextPlot(changing, columns: 80, isUnicode: false).description
    let titles = text.split(separator: "\n").first ?? ""
    for title in ["loss", "accuracy", "learning rate"] {
      #expect(titles.contains(title), "\(text)")
    }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(SVGPlot(changing, title: "m").description.contains(">learning rate</text>"))
  }

  /// Protects terminals: no line is longer than the terminal, and ASCII stays ASCII.
  @Test(arguments: [20, 40, 80, 200], [true, false])
  func fitsTheTerminal(columns: Int, isUnicode: Bool) {
    let plot = TextPlot(
      curves([0.5, 0.3, 0.2, 0.15], accuracies: [0.8, 0.9, 0.95, 0.96]), columns: columns,
      isUnicode: isUnicode
    ).description
    #expect(plot.split(separator: "\n").allSatisfy { $0.count <= columns })
    if !isUnicode { #expect(plot.utf8.allSatisfy { $0 < 128 }) }
    #expect(plot.contains("loss") && plot.contains("accuracy"))
  }

  /// Protects the drawing itself: a rising line rises from the lower left to the upper right.
  @Test func drawsALine() {
    var canvas = TextCanvas(columns: 4, rows: 2, isBraille: true)
    canvas.draw([0, 1])
    #expect(canvas.lines == ["  ⡠⠊", "⡠⠊  "])
    var plain = TextCanvas(columns: 4, rows: 4, isBraille: false)
    plain.draw([0, 1])
    #expect(plain.lines == ["   *", "  * ", " *  ", "*   "])
  }
}
