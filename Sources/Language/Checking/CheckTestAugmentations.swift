import Diagnostics
import IR

/// A `tta` of the training block, before the inputs are known.
struct TestAugmentationEntry {
  var augmentation: TestAugmentation
  /// Where the block says so.
  var range: SourceRange
  /// The inputs that it is for; empty: those that can be looked at so.
  var names: [NameSyntax]
}

extension Checker {
  /// `tta flip on left, right`
  mutating func check(testAugmentation entry: TrainingEntrySyntax) {
    guard
      let augmentation = call(library.testAugmentations, "test-time augmentation", entry),
      case .call(let call)? = entry.value
    else { return }
    testAugmentations.append(
      TestAugmentationEntry(
        augmentation: augmentation, range: call.range, names: entry.patterns))
  }

  /// Holds the looks of an evaluation against the model's inputs and targets.
  mutating func checkTestAugmentations(_ training: inout Training) {
    guard inputs.count == inputNames.count, !inputs.isEmpty else { return }
    var views = 1
    for var entry in testAugmentations {
      for name in entry.names where !inputs.contains(where: { $0.name == name.text }) {
        report(.unknownInput(name, known: inputs.map(\.name)))
      }
      let named = Set(entry.names.map(\.text))
      var errors: [ShapeError] = []
      for (index, input) in inputs.enumerated() where named.isEmpty || named.contains(input.name) {
        if let error = entry.augmentation.mismatch(of: input.shape) {
          errors.append(error)
        } else {
          entry.augmentation.inputs.append(index)
        }
      }
      if let error = errors.first, !named.isEmpty || entry.augmentation.inputs.isEmpty {
        report(.shapeMismatch(error, at: entry.range, uses: []))
      }
      checkPlaces("tta \(entry.augmentation.keyword)", at: entry.range)
      let earlier = training.testAugmentations.filter(\.moves).flatMap(\.inputs)
      if entry.augmentation.moves, entry.augmentation.inputs.contains(where: earlier.contains) {
        report(
          .shapeMismatch(
            ShapeError(
              "an input is moved by one 'tta \(entry.augmentation.keyword)', and here is another"),
            at: entry.range, uses: []))
      }
      views *= entry.augmentation.looks.count
      training.testAugmentations.append(entry.augmentation)
    }
    if views > TestView.most, let last = testAugmentations.last {
      report(
        .shapeMismatch(
          ShapeError(
            "an evaluation would see each example \(views) times, and \(TestView.most) is the most"),
          at: last.range, uses: []))
    }
  }
}
