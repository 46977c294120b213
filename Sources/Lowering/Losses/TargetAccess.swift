/// How C reads the targets that a loss is taken against: where there are several, by their index.
package struct TargetAccess: Hashable, Sendable {
  /// The target's index.
  package let index: Int
  /// Whether the model has no other.
  package let isOnly: Bool
  /// Whether it is a class.
  package let hasClasses: Bool
  /// Whether an example's are those of the one that is as far from the end of the batch.
  package var isMirrored = false

  package init(index: Int, isOnly: Bool, hasClasses: Bool) {
    self.index = index
    self.isOnly = isOnly
    self.hasClasses = hasClasses
  }

  /// C for the place of the example whose targets are those of example `example`.
  private func place(of example: String, step: String = "s") -> String {
    isMirrored ? "\(step)->count - 1 - (\(example))" : example
  }

  private var argument: String { isOnly ? "" : ", \(index)" }

  /// C for whether the caller gave the target.
  package func isGiven(_ step: String = "s") -> String { "has_target(\(step)\(argument))" }

  /// C for the class of an example.
  package func label(_ example: String, of step: String = "s") -> String {
    "label_of(\(step)\(argument), \(place(of: example, step: step)))"
  }

  /// C for the class of an example at position `p` of `count`.
  package func label(
    _ example: String, at p: String, of count: String, step: String = "s"
  ) -> String {
    "label_at(\(step)\(argument), \(place(of: example, step: step)), \(p), \(count))"
  }

  /// C for number `k` of `count` of an example's target.
  package func number(_ example: String, _ k: String, of count: String) -> String {
    "target_of(s\(argument), \(place(of: example)), \(k), \(count))"
  }

  /// The same for a block's examples in the lanes.
  package func numbers(block: String, _ k: String, of count: String) -> String {
    "\(isMirrored ? "mirrored_" : "")targets_of(s\(argument), \(block), \(k), \(count))"
  }
}
