import Diagnostics

/// What an example should be, and what the network takes it for, in words.
struct JudgementText: Hashable, Sendable {
  let target, prediction: String

  /// So many numbers of real values are shown.
  private static let mostNumbers = 4

  init(_ example: JudgedExample, _ judgement: Judgement, _ report: RunReport) {
    let value = report.network.targets[judgement.target]
    let outputs = example.outputs[judgement.output]
    guard value.classes != nil else {
      target = Self.text(report.examples.targetValues(example.index, target: judgement.target))
      prediction = Self.text(outputs)
      return
    }
    let threshold = outputs.count == 1 ? judgement.threshold : nil
    let labels = (0..<value.count).map {
      report.examples.targetClass(example.index, position: $0, target: judgement.target)
    }
    if value.count == 1 {
      target = labels[0] == value.ignored ? "none" : report.className(labels[0])
      prediction = report.className(ClassTally.predictedClass(outputs, threshold: threshold))
      return
    }
    // At each position its own scores.
    let counted = labels.indices.filter { labels[$0] != value.ignored }
    let wrong = counted.count { position in
      let scores = stride(from: position, to: outputs.count, by: value.count).map { outputs[$0] }
      return ClassTally.predictedClass(scores, threshold: nil) != labels[position]
    }
    target = "\(grouped(counted.count)) positions"
    prediction = "\(grouped(wrong)) of them wrong"
  }

  private static func text(_ numbers: [Double]) -> String {
    numbers.prefix(mostNumbers).map { shortest($0, digits: 4) }.joined(separator: ", ")
      + (numbers.count > mostNumbers ? ", …" : "")
  }
}
