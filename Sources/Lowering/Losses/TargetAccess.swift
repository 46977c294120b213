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
  /// Where training has moved it; nil where it is read from the caller.
  package var moved: Moved?

  /// A target in the lanes, of real numbers.
  package struct Moved: Hashable, Sendable {
    /// Where it lies.
    package var buffer: BufferID
    /// C for that place.
    var place: String
    /// The class that 0 stands for.
    var zero: Int
  }

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

  /// What a kernel touches that reads it.
  var effect: Effect { moved.map { .read($0.buffer) } ?? .read(.target(index)) }

  /// C for the class of an example.
  package func label(_ example: String, of step: String = "s") -> String {
    movedLabel(example, at: "0", of: "1", step)
      ?? "label_of(\(step)\(argument), \(place(of: example, step: step)))"
  }

  /// C for the class of an example at position `p` of `count`.
  package func label(
    _ example: String, at p: String, of count: String, step: String = "s"
  ) -> String {
    movedLabel(example, at: p, of: count, step)
      ?? "label_at(\(step)\(argument), \(place(of: example, step: step)), \(p), \(count))"
  }

  /// C for number `k` of `count` of an example's target.
  package func number(_ example: String, _ k: String, of count: String) -> String {
    movedNumber(example, k, of: count, "s")
      ?? "target_of(s\(argument), \(place(of: example)), \(k), \(count))"
  }

  /// The same for a block's examples in the lanes.
  package func numbers(block: String, _ k: String, of count: String) -> String {
    let (which, source) = moved.map { ("moved_", $0.place) } ?? ("", "\(index)")
    let argument = moved == nil && isOnly ? "" : ", \(source)"
    return
      "\(isMirrored ? "mirrored_" : "")\(which)targets_of(s\(argument), \(block), \(k), \(count))"
  }

  private func movedNumber(
    _ example: String, _ k: String, of count: String, _ step: String
  ) -> String? {
    moved.map {
      "moved_target_of(\(step), \($0.place), \(place(of: example, step: step)), \(k), \(count))"
    }
  }

  private func movedLabel(
    _ example: String, at p: String, of count: String, _ step: String
  ) -> String? {
    movedNumber(example, p, of: count, step).map {
      "(int)\($0)" + CText.added(moved?.zero ?? 0)
    }
  }
}
