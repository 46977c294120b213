// Values of several shapes, number by number. Axes are told apart from the first on: what is missing
// at the end has size 1, so that [channels] goes with [channels, height, width]; along an axis of
// size 1 the one number serves all.
extension Shape {
  /// The shape of what is made of values of these shapes; nil where they differ otherwise than by
  /// axes of size 1.
  package static func broadcast(_ shapes: [Shape]) -> Shape? {
    let rank = shapes.map(\.dimensions.count).max() ?? 0
    var sizes: [Int] = []
    for axis in 0..<rank {
      let found = Set(shapes.map { $0.size(axis) }).subtracting([1])
      guard found.count <= 1 else { return nil }
      sizes.append(found.first ?? 1)
    }
    return Shape(sizes)
  }

  /// How many numbers there are along an axis, one where the axis is missing.
  private func size(_ axis: Int) -> Int { axis < dimensions.count ? dimensions[axis] : 1 }

  /// How far numbers next to each other lie apart, axis by axis.
  package var steps: [Int] {
    var steps = [Int](repeating: 1, count: dimensions.count)
    for axis in dimensions.indices.dropLast().reversed() {
      steps[axis] = steps[axis + 1] * dimensions[axis + 1]
    }
    return steps
  }

  /// The same along the axes of `whole`, with which this goes: 0 where one number serves all.
  package func steps(along whole: Shape) -> [Int] {
    let own = steps
    return whole.dimensions.indices.map { axis in size(axis) == 1 ? 0 : own[axis] }
  }

  /// Where this value's number lies that goes with number `index` of `whole`.
  package func place(of index: Int, in whole: Shape) -> Int {
    var (rest, place) = (index, 0)
    for (step, own) in zip(whole.steps, steps(along: whole)) {
      place += rest / step * own
      rest %= step
    }
    return place
  }
}
