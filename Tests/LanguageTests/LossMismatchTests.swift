import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// Losses that do not fit what they read or what they are held against.
@Suite struct LossMismatchTests {
  /// Protects that each mistake is named with the shapes and numbers in it, and never compiled.
  @Test(arguments: [
    ("class(3)", "dense(3)", "mean_squared_error(y, t)", "needs a target of real values"),
    ("[2]", "dense(3)", "huber(y, t)", "the target is [2], and this value is [3]"),
    ("class(3)", "dense(1)", "hinge(y, t)", "two classes, and this one has 3"),
    ("class(2)", "dense(2)", "hinge(y, t)", "needs one number, [1], and this value is [2]"),
    ("class(2)", "dense(2)", "binary_cross_entropy(y, t)", "needs one probability, [1]"),
    ("class(3)", "dense(4)", "softmax_cross_entropy(y, t)", "3 classes, and this value has 4"),
    ("class(3)", "relu", "softmax_cross_entropy(y, t)", "and this is [2, 4, 5]"),
    ("[2]", "dense(3)", "softmax_cross_entropy(y, t)", "this target is [2], and the value is [3]"),
    (
      "class(3)", "dense(3)", "softmax_cross_entropy(y, t, weights: [1, 2])",
      "'weights' has 2 numbers, and there are 3 classes"
    ),
    (
      "[3]", "dense(3)", "softmax_cross_entropy(y, t, ignore: 1)",
      "'ignore' names a class, and this target has probabilities"
    ),
    (
      "class(3, shape: [4, 5])", "conv(2, kernel: 1)", "softmax_cross_entropy(y, t)",
      "at each position of [4, 5], so the value must be [3, 4, 5], and it is [2, 4, 5]"
    ),
    (
      "class(2, shape: [4, 5])", "conv(1, kernel: 1)", "hinge(y, t)",
      "hinge takes one class of an example, and this target has one at each position of [4, 5]"
    ),
    (
      "class(2, shape: [4])", "dense(1)", "binary_cross_entropy_with_logits(y, t)",
      "this target has one at each position of [4]"
    ),
    ("[2]", "dense(3)", "hinge(y, t)", "the target is [2], and this value is [3]"),
    (
      "[2, 4, 5]", "dense(3)", "binary_cross_entropy(y, t)",
      "the target is [2, 4, 5], and this value is [3]"
    ),
    ("class(3)", "dense(3)", "softmax_cross_entropy(y, t, weights: [0, 0, 0])", "all be 0"),
    ("class(3)", "dense(3)", "softmax_cross_entropy(y, t, weights: [1, -1, 1])", "at least 0"),
    ("class(3)", "dense(3)", "softmax_cross_entropy(y, t, label_smoothing: 2)", "from 0 to 1"),
    ("class(3, shape: [])", "dense(3)", "softmax_cross_entropy(y, t)", "1 to 3"),
    ("[3]", "dense(3)", "huber(y, t, delta: 0)", "at least 1e-30"),
  ])
  func mistakes(_ target: String, _ layer: String, _ loss: String, _ message: String) {
    let flattens = layer.hasPrefix("dense") ? "flatten | " : ""
    let text = """
      model m {
        input x: [2, 4, 5]
        target t: \(target)
        y = x | \(flattens)\(layer)
        loss \(loss)
      }
      """
    let source = SourceFile(name: "m.bn", text: text)
    let checked = Frontend.check(source, library: .standard)
    #expect(checked.model == nil)
    let messages = checked.diagnostics.map(\.message)
    #expect(messages.contains { $0.contains(message) }, "\(messages)")
  }
}
