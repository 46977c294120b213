import Diagnostics
import IR

// What is said about optimizers and schedules that do not fit the rest of a model.
extension Diagnostic {
  static func noMatrix(
    _ optimizer: String, parameter: String, _ shape: Shape, at range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .optimizerMismatch, "'\(optimizer)' moves matrices, and '\(parameter)' \(shape) is none",
      at: range,
      help:
        "have another optimizer for all, such as adamw, and '\(optimizer) on' the names of matrices"
    )
  }

  static func noMomentum(
    _ optimizer: String, schedule: String, at range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .scheduleMismatch, "'\(schedule)' changes the momentum, and '\(optimizer)' has none",
      at: range,
      help: "take an optimizer that has one, such as momentum or adam, or have it stay as it is")
  }

  static func misfitOfPlateau(
    _ metric: String, schedule: String, known: [String], at range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .scheduleMismatch, "'\(schedule)' goes by '\(metric)', which no target of this model has",
      at: range, help: "what a test of this model has is " + known.joined(separator: ", "))
  }
}
