extension Case {
  private static let anywhere = """
    augment crop(2)
    augment flip
    augment rotate(40)
    augment shift(rows: 1, mode: edge)
    """

  /// Targets that training moves with their input, against each kind of loss: classes, of which the one
  /// that comes in from outside is counted, is not, or is none; probabilities; numbers; sequences;
  /// several inputs and losses, some of whose targets stay.
  static let movedTargets = [
    Case(
      "moved_classes", input: "[2, 7, 6]", target: "class(3, shape: [7, 6])",
      loss: "softmax_cross_entropy(y, t, label_smoothing: 0.1)",
      "y = x | conv(3, kernel: 3, padding: 1) | batchnorm | tanh | conv(3, kernel: 1)",
      training: anywhere),
    Case(
      "moved_and_ignored", input: "[2, 7, 6]", target: "class(3, shape: [7, 6])",
      loss: "softmax_cross_entropy(y, t, weights: [1, 2, 0.5], ignore: -100)",
      "y = x | conv(3, kernel: 3, padding: 1)",
      training: anywhere + "\naugment zoom(0.5, mode: edge)"),
    Case(
      "moved_shares", input: "[2, 7, 6]", target: "[3, 7, 6]", loss: "softmax_cross_entropy(y, t)",
      "y = x | conv(3, kernel: 3, padding: 1)",
      training: anywhere + "\naugment flip(vertical, alternating: true)"),
    Case(
      "moved_values", input: "[2, 7, 6]", target: "[3, 7, 6]", loss: "huber(y, t, delta: 0.3)",
      "y = x | conv(3, kernel: 3, padding: 1) | tanh", training: anywhere),
    Case(
      "moved_sequence", input: "[2, 11]", target: "class(4, shape: [11])",
      loss: "softmax_cross_entropy(y, t, weights: [1, 2, 0.5, 3], ignore: 1, reduction: sum)",
      "y = x | conv(4, kernel: 3, padding: 1)",
      training: "augment time_shift(4)\naugment flip"),
    Case(
      whole: "moved_some",
      """
      model moved_some {
        input x: [2, 5, 4]
        input z: [1, 5, 4]
        input side: [3]
        target kinds: class(3, shape: [5, 4])
        target sum: [2, 5, 4]
        target label: class(2)
        target other: [1, 5, 4]
        both = concat(x, z) | conv(4, kernel: 3, padding: 1)
        maps = both | tanh | conv(3, kernel: 1)
        values = both | conv(2, kernel: 1)
        w = z | conv(1, kernel: 1)
        known = side | dense(2)
        loss softmax_cross_entropy(maps, kinds, ignore: 5)
          + 2 * softmax_cross_entropy(maps, kinds, ignore: 5, weights: [1, 2, 4])
          + 0.5 * mean_squared_error(values, sum) + mean_absolute_error(values, sum)
          + softmax_cross_entropy(known, label) + hinge(w, other)
      }
      training {
        batch 6
        augment crop(1)
        augment flip on x, kinds, sum
        augment noise(0.1)
      }
      """),
  ]
}
