import Diagnostics
import IR

// What is said about a loss that can hardly be meant for the numbers that it is taken of.
extension Diagnostic {
  static func doubleSoftmax(_ layer: Layer, loss: String) -> Diagnostic {
    Diagnostic(
      .doubleSoftmax,
      "\(loss) takes the softmax of what it reads by itself, and '\(layer.name)' has made "
        + "probabilities of it already", severity: .warning, at: layer.range,
      help: "give the loss what '\(layer.name)' reads")
  }

  static func noProbability(
    _ layer: Layer, _ range: ValueRange, loss: Loss, _ reads: LossOperand
  ) -> Diagnostic {
    let keyword = loss.function.base.keyword
    let (needed, help) =
      reads == .probabilities
      ? ("probabilities, from 0 to 1", "end it with sigmoid, or take \(keyword)_with_logits")
      : (
        "logarithms of probabilities, 0 at most",
        range.bounds == 0...1
          ? "write log_softmax for '\(layer.name)'" : "end it with log_softmax"
      )
    return Diagnostic(
      .noProbability, "\(keyword) takes \(needed), and '\(layer.name)' makes \(numbers(range))",
      severity: .warning, at: loss.range, notes: [Note("that layer", at: layer.range)], help: help)
  }

  static func noLogit(
    _ layer: Layer, _ range: ValueRange, loss: Loss, _ reads: LossOperand
  ) -> Diagnostic {
    let keyword = loss.function.base.keyword
    let before = "give the loss what '\(layer.name)' reads"
    let (needed, help) =
      switch reads {
      case .logitsOfClasses: ("logits, any numbers", before)
      case .logits where range.bounds == 0...1:
        (
          "logits, numbers on both sides of 0",
          before + ", or take \(keyword.replacing("_with_logits", with: ""))"
        )
      case .logits: ("logits, numbers on both sides of 0", before)
      case .sides, .probabilities, .logarithmsOfProbabilities:
        ("numbers on both sides of 0, which is between its classes", before)
      }
    return Diagnostic(
      .noLogit, "\(keyword) takes \(needed), and '\(layer.name)' makes \(numbers(range))",
      severity: .warning, at: loss.range, notes: [Note("that layer", at: layer.range)], help: help)
  }

  private static func numbers(_ range: ValueRange) -> String {
    func text(_ bound: Double) -> String { plain((bound * 1000).rounded() / 1000) }
    let (low, high) = (range.bounds.lowerBound, range.bounds.upperBound)
    return switch (low.isFinite, high.isFinite) {
    case (true, true): "numbers from \(text(low)) to \(text(high))"
    case (true, false): "no numbers below \(text(low))"
    case (false, true): "no numbers above \(text(high))"
    case (false, false): "any numbers"
    }
  }
}
