/// `tta flip`: how an evaluation and a prediction look at each example several times, and take the mean
/// of what the network makes of it.
package struct TestAugmentation: Hashable, Sendable {
  /// The word in a model file.
  package let keyword: String
  /// The attributes with their values.
  package let attributes: [AttributeValue]
  /// The looks, with their parts of the whole, which add up to 1.
  package let looks: [(weight: Double, look: TestView.Look)]
  /// The inputs that it is for, by their indices.
  package var inputs: [Int] = []
  /// Why an input of this shape cannot be looked at so; nil where it can.
  private let mismatch: @Sendable (Shape) -> ShapeError?

  package init(
    _ keyword: String, _ attributes: [AttributeValue],
    looks: [(weight: Double, look: TestView.Look)],
    mismatch: @escaping @Sendable (Shape) -> ShapeError?
  ) {
    self.keyword = keyword
    self.attributes = attributes
    self.looks = looks
    self.mismatch = mismatch
  }

  /// Why an input of this shape cannot be looked at so; nil where it can.
  package func mismatch(of shape: Shape) -> ShapeError? { mismatch(shape) }

  /// Whether any look is moved.
  package var moves: Bool { looks.contains { $0.look.down != 0 || $0.look.right != 0 } }

  package static func == (left: TestAugmentation, right: TestAugmentation) -> Bool {
    left.keyword == right.keyword && left.attributes == right.attributes
      && left.inputs == right.inputs
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(keyword)
    hasher.combine(attributes)
    hasher.combine(inputs)
  }
}

/// One of the ways in which an evaluation sees an example.
package struct TestView: Hashable, Sendable {
  /// Of its outputs in their mean.
  package var weight: Double
  /// Of each of the model's inputs.
  package var inputs: [Look]

  /// How an input is seen: place (i, j) shows what the example has at (i + down, j + right), with the
  /// rows counted from below where they are flipped, and the columns from the right.
  package struct Look: Hashable, Sendable {
    package var flipsRows = false
    package var flipsColumns = false
    package var down = 0
    package var right = 0
    /// Whether the edge goes on beyond the border; else what is mirrored at it.
    package var isEdge = false

    package init(
      flipsRows: Bool = false, flipsColumns: Bool = false, down: Int = 0, right: Int = 0,
      isEdge: Bool = false
    ) {
      (self.flipsRows, self.flipsColumns) = (flipsRows, flipsColumns)
      (self.down, self.right, self.isEdge) = (down, right, isEdge)
    }

    /// What `next` makes of what this one shows, where only one of them moves: to be moved and flipped
    /// is to be flipped and moved the other way.
    func followed(by next: Look) -> Look {
      Look(
        flipsRows: flipsRows != next.flipsRows, flipsColumns: flipsColumns != next.flipsColumns,
        down: down + (flipsRows ? -next.down : next.down),
        right: right + (flipsColumns ? -next.right : next.right),
        isEdge: isEdge || next.isEdge)
    }
  }

  /// As many as an evaluation has, at most.
  package static let most = 64
}

extension Model {
  /// How an evaluation sees its examples, one way after the other; none where it sees them as they are.
  package var views: [TestView] {
    let augmentations = training.testAugmentations
    if augmentations.isEmpty { return [] }
    let plain = TestView(weight: 1, inputs: inputs.map { _ in TestView.Look() })
    return augmentations.reduce([plain]) { views, augmentation in
      views.flatMap { view in
        augmentation.looks.map { weight, look in
          var next = view
          next.weight *= weight
          for input in augmentation.inputs {
            var look = look
            // A sequence has no rows to be moved by.
            if !inputs[input].shape.isImage { look.down = 0 }
            next.inputs[input] = view.inputs[input].followed(by: look)
          }
          return next
        }
      }
    }
  }
}
