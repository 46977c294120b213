import IR

private enum Direction: String, CaseIterable, Sendable {
  case horizontal, vertical
}

private enum Border: String, CaseIterable, Sendable {
  case reflect, edge
}

private let direction = Key<Direction>.choice(
  "direction", default: .horizontal, "left to right, or top to bottom")
private let places = Key.whole(
  "by", in: Limits.dimension, "rows and columns that the two other looks are moved by")
private let border = Key<Border>.choice(
  "mode", default: .reflect, "what comes in from outside: what is mirrored there, or the edge")

extension Definition<TestAugmentation> {
  /// `tta flip`: the example and its mirror image, half each.
  package static var flip: Self {
    Self(
      "flip", "outputs are the mean over each example and its mirror image",
      positional: [direction.parameter]
    ) { arguments throws(ArgumentError) in
      let way = try arguments.value(direction)
      let isVertical = way == .vertical
      return TestAugmentation(
        "flip", [AttributeValue(direction, way.rawValue)],
        looks: [
          (0.5, .init()), (0.5, .init(flipsRows: isVertical, flipsColumns: !isVertical)),
        ]
      ) { mismatch("flip", $0, needsRows: isVertical) }
    }
  }

  /// `tta shift(1)`: half the example, a quarter what lies above it and to the left, a quarter what
  /// lies below and to the right (Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024).
  package static var shift: Self {
    Self(
      "shift",
      "outputs are the mean over each example, which counts twice, and it moved up and left, and down and "
        + "right",
      positional: [places.parameter], keyed: [border.parameter]
    ) { arguments throws(ArgumentError) in
      let (by, mode) = (try arguments.value(places), try arguments.value(border))
      func moved(_ sign: Int) -> TestView.Look {
        .init(down: sign * by, right: sign * by, isEdge: mode == .edge)
      }
      return TestAugmentation(
        "shift", [AttributeValue(places, by), AttributeValue(border, mode.rawValue)],
        looks: [(0.5, .init()), (0.25, moved(-1)), (0.25, moved(1))]
      ) { shape in
        if let error = mismatch("shift", shape, needsRows: false) { return error }
        let least = shape.dimensions.dropFirst().min() ?? 1
        return by < least
          ? nil
          : ShapeError("a shift by \(by) leaves nothing of \(shape)", help: "shift by less")
      }
    }
  }
}

/// Why a shape has not rows and columns, or columns alone where these are enough; nil where it has.
private func mismatch(_ keyword: String, _ shape: Shape, needsRows: Bool) -> ShapeError? {
  do throws(ShapeError) {
    try AugmentationKeys.check(keyword, shape, needsRows: needsRows)
    return nil
  } catch {
    return error
  }
}
