import Foundation
import Synchronization
import Testing

@testable import Runner

struct ReportTests {
  private let result = EpochResult(
    epoch: 0, loss: 0.060423938439,
    training: Evaluation(loss: 0.05, accuracy: 0.988017),
    test: Evaluation(loss: 0.06, accuracy: 0.9883), trainSeconds: 2.5,
    imagesPerSecond: 24000)

  /// Protects the line of an epoch, which is the reference's to the letter.
  @Test func printsTheReferencesLine() {
    #expect(
      PlainReport.line(result)
        == "Epoch 0. Loss: 0.060423938439, Train_acc 0.988017, Test_acc 0.9883")
  }

  /// Protects those who read the objects: the seven keys, in an order that does not change.
  @Test func printsOneObject() throws {
    let lines = Mutex<[String]>([])
    var report = JSONReport { line in lines.withLock { $0.append(line) } }
    try report.didEnd(result)
    #expect(
      lines.withLock { $0 } == [
        "{\"epoch\":0,\"images_per_second\":24000,\"learning_rate\":null,\"loss\":0.060423938439,"
          + "\"test_accuracy\":0.9883,\"train_accuracy\":0.988017,\"train_seconds\":2.5}"
      ])
  }

  /// Protects narrow terminals: the bar never wraps, and makes room for the epoch's line. What matters
  /// least goes first, and the share is there even where no bar is.
  @Test(arguments: [5, 6, 10, 20, 40, 80, 200])
  func fitsTheTerminal(columns: Int) throws {
    let texts = Mutex<[String]>([])
    var report = BarReport(columns: columns) { text in texts.withLock { $0.append(text) } }
    report.begin(epochs: 10, stepsPerEpoch: 100, examplesPerEpoch: 6400)
    report.didEnd(result)
    usleep(150_000)
    report.didSchedule(learningRate: 0.025)
    report.didStep(epoch: 1, step: 49, loss: 0.5)
    report.willEvaluate(epoch: 1)
    let shown = texts.withLock { $0 }
    #expect(shown.first == "\r\u{1B}[K\(PlainReport.line(result))\n")
    let bars = shown.dropFirst()
    for text in bars { #expect(text.count - "\r\u{1B}[K".count < columns) }
    guard columns > 5 else {
      #expect(!bars.isEmpty)
      return
    }
    let bar = try #require(bars.first)
    #expect(bar.contains(" 50%"), "\(bar)")
    let notes = [" left", "loss 0.5", "test accuracy 0.9883", "lr 0.025", "images/s"]
    let present = notes.map { bar.contains($0) }
    #expect(present == present.sorted { $0 && !$1 }, "\(bar)")
    #expect(present.count { $0 } == [10: 0, 40: 1, 80: 3, 200: 5, 6: 0, 20: 1][columns], "\(bar)")
  }

  /// Protects the words of a time.
  @Test func printsTimes() {
    #expect(BarReport.time(7) == "0:07")
    #expect(BarReport.time(750) == "12:30")
    #expect(BarReport.time(3723) == "1:02:03")
  }

  /// Protects the matrix: rows are what examples are, columns what they are taken for.
  @Test func printsTheConfusionMatrix() {
    var matrix = ConfusionMatrix(classes: 2)
    matrix[target: 0, predicted: 1] += 3
    matrix[target: 1, predicted: 1] += 5
    #expect(matrix.correct == 5)
    #expect(matrix.description == "target  0  1\n     0  0  3\n     1  0  5\n")
  }
}

extension Evaluation {
  /// An evaluation whose only metric is the accuracy, where there is one.
  init(loss: Double, accuracy: Double?) {
    self.init(
      loss: loss,
      metrics: MetricResults(accuracy.map { [MetricResult(.accuracy, .number($0))] } ?? []))
  }
}
