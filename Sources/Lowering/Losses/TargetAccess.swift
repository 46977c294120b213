/// How C reads the targets that a loss is taken against: where there are several, by their index.
package struct TargetAccess: Hashable, Sendable {
  /// The target's index.
  package let index: Int
  /// Whether the model has no other.
  package let isOnly: Bool
  /// Whether it is a class.
  package let hasClasses: Bool

  package init(index: Int, isOnly: Bool, hasClasses: Bool) {
    self.index = index
    self.isOnly = isOnly
    self.hasClasses = hasClasses
  }

  private var argument: String { isOnly ? "" : ", \(index)" }

  /// C for whether the caller gave the target.
  package func isGiven(_ step: String = "s") -> String { "has_target(\(step)\(argument))" }

  /// C for the class of an example.
  package func label(_ example: String, of step: String = "s") -> String {
    "label_of(\(step)\(argument), \(example))"
  }

  /// C for the class of an example at position `p` of `count`.
  package func label(
    _ example: String, at p: String, of count: String, step: String = "s"
  ) -> String {
    "label_at(\(step)\(argument), \(example), \(p), \(count))"
  }

  /// C for number `k` of `count` of an example's target.
  package func number(_ example: String, _ k: String, of count: String) -> String {
    "target_of(s\(argument), \(example), \(k), \(count))"
  }

  /// The same for a block's examples in the lanes.
  package func numbers(block: String, _ k: String, of count: String) -> String {
    "targets_of(s\(argument), \(block), \(k), \(count))"
  }
}
