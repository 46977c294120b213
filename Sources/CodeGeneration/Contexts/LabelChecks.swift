import IR
import Lowering

/// What a step does with the labels of its examples before anything else: C statements.
struct LabelChecks: Sendable {
  let statements: [String]
  /// Whether a step knows what its examples' losses count in their mean: the field `share`.
  let hasShare: Bool

  /// - Parameter step: C for the step, as a pointer.
  init(_ plan: KernelPlan, step: String) {
    let target = plan.model.target.kind
    hasShare = plan.weighsMean
    guard case .classes(let count, let positions) = target else {
      statements = []
      return
    }
    let places = target.elementCount
    let label =
      positions.isEmpty ? "label_of(\(step), n)" : "label_at(\(step), n, p, \(places))"
    let loop =
      ["for (int n = 0; has_target(\(step)) && n < batch->count; n++)"]
      + (positions.isEmpty ? [] : ["  for (int p = 0; p < \(places); p++)"])
    let indent = positions.isEmpty ? "  " : "    "
    let isOutside = "\(label) < 0 || \(label) >= \(count)"
    let ignored = plan.classWeights?.ignored
    let test = ignored.map { "\(label) != \($0) && (\(isOutside))" } ?? isOutside
    var lines = loop + ["\(indent)if (\(test)) return BNC_BAD_ARGUMENT;"]
    if hasShare {
      let field = step.hasPrefix("&") ? "\(step.dropFirst())." : "\(step)->"
      let counts = ignored.map { "if (\(label) != \($0)) " } ?? ""
      let hasWeights = plan.classWeights?.weights.isEmpty == false
      let weight = hasWeights ? "(double)class_weight(\(label))" : "1"
      let labels = places == 1 ? "batch->count" : "(double)batch->count * \(places)"
      lines +=
        ["double weight = 0;"] + loop + ["\(indent)\(counts)weight += \(weight);"]
        + ["\(field)share = weight > 0 ? (real)(\(labels) / weight) : 0;"]
    }
    statements = lines
  }
}
