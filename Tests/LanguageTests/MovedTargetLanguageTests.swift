import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// What an `augment` does to targets.
@Suite struct MovedTargetLanguageTests {
  private func model(_ lines: String, mask: String = "class(3, shape: [4, 4])") -> (
    model: Model?, diagnostics: [Diagnostic]
  ) {
    check(
      """
      model m {
        input image: [1, 4, 4]
        input other: [2, 4, 4]
        input side: [5]
        target mask: \(mask)
        target depth: [2, 4, 4]
        target label: class(3)
        y = concat(image, other) | conv(3, kernel: 1)
        z = y | conv(2, kernel: 1)
        w = side | dense(3)
        loss mean_squared_error(z, depth) + softmax_cross_entropy(w, label)
          \(mask == "class(3, shape: [4, 4])" ? "+ softmax_cross_entropy(y, mask)" : "")
      }
      training {
        \(lines)
      }
      """)
  }

  /// Protects which targets move, in which order and by which draws: all that have the places of an input
  /// that moves, or those that are named; what moves nothing leaves them.
  @Test(arguments: [
    ("augment flip", ["flip 0"], ["flip 0"]),
    (
      "augment noise(1)\naugment crop(1)\naugment flip", ["crop 1", "flip 2"], ["crop 1", "flip 2"]
    ),
    ("augment flip on image", [], []),
    ("augment flip on image, mask", ["flip 0"], []),
    ("augment flip on depth, other", [], ["flip 0"]),
    ("augment flip on image, other, mask, depth", ["flip 0"], ["flip 0"]),
    ("augment cutout(2)\naugment brightness(0.1)\naugment mixup", [], []),
  ])
  func moves(_ lines: String, _ mask: [String], _ depth: [String]) throws {
    let (model, diagnostics) = model(lines)
    let found = try #require(model, "\(diagnostics)").targets.map { target in
      target.moves.map { move in
        "\(move.base.keyword) \((move.base as? any Augmentation)?.stream ?? -1)"
      }
    }
    #expect(found == [mask, depth, []])
  }

  /// Protects classes from what lies between two of them, and the text of the model.
  @Test func nearestClasses() throws {
    let found = try #require(model("augment rotate(20)").model)
    let formulas = found.targets.compactMap { $0.moves.first?.base.formula }
    #expect(formulas.map { $0.contains("the nearest number") } == [true, false])
    #expect(found.layers.allSatisfy { !$0.op.base.formula.contains("the nearest number") })
    let text = ModelText.describe(found)
    #expect(text.contains("  moved by rotate(degrees: 20.0, mode: zeros)\n"))
  }

  /// Protects targets from staying behind, or moving alone, and whoever names what cannot move.
  @Test(arguments: [
    (
      "augment flip on image, other",
      "flip moves what an input shows, and the target 'mask' [4, 4] would not move with it"
    ),
    (
      "augment flip on image, other, mask",
      "and the target 'depth' [2, 4, 4] would not move with it"
    ),
    ("augment flip on mask", "flip would move the target 'mask' and no input"),
    ("augment flip on image, label", "the target 'label' has one number or class for each example"),
    ("augment noise(1) on mask", "'mask' is a target, and noise changes inputs alone"),
    ("augment flip on image, msk", "no input is called 'msk'"),
    (
      "tta flip",
      "tta flip moves what an input shows, and the target 'mask' [4, 4] would not move with it"
    ),
    ("tta flip on mask", "no input is called 'mask'"),
  ])
  func mistakes(_ line: String, _ message: String) {
    let (model, diagnostics) = model(line)
    #expect(model == nil)
    #expect(diagnostics.contains { $0.message.contains(message) }, "\(diagnostics)")
  }

  /// Protects targets of other places than the input's.
  @Test(arguments: [
    ("class(2, shape: [2, 4])", "'mask' [2, 4]"), ("class(2, shape: [4])", "'mask' [4]"),
    ("[4, 4]", "'mask' [4, 4]"), ("[1, 4, 5]", "'mask' [1, 4, 5]"),
  ])
  func otherPlaces(_ mask: String, _ name: String) {
    for line in ["augment flip", "augment flip on image, other, depth"] {
      let (model, diagnostics) = model(line, mask: mask)
      #expect(model == nil)
      let message =
        "flip moves what the input 'image' [1, 4, 4] shows, and the target \(name) has other places"
      #expect(diagnostics.contains { $0.message == message }, "\(diagnostics)")
    }
  }
}
