import IR

/// Up to four axes along which the numbers of several values are walked, outermost first: as few as
/// say where each of them lies.
package struct Axes: Hashable, Sendable {
  /// How many numbers along each.
  package private(set) var sizes: [Int]
  /// By the value: how far its numbers lie apart along each.
  package private(set) var steps: [[Int]]

  /// The axes of `sizes`, along which the values' numbers lie `steps` apart. Those of one number go,
  /// and two along which every value's numbers follow each other as along one become one.
  package init(sizes: [Int], steps: [[Int]]) {
    self.sizes = []
    self.steps = steps.map { _ in [] }
    for axis in sizes.indices where sizes[axis] != 1 {
      let joins =
        !self.sizes.isEmpty
        && zip(self.steps, steps).allSatisfy { $0.last == $1[axis] * sizes[axis] }
      if joins {
        self.sizes[self.sizes.count - 1] *= sizes[axis]
      } else {
        self.sizes.append(sizes[axis])
      }
      for value in steps.indices {
        if joins { self.steps[value].removeLast() }
        self.steps[value].append(steps[value][axis])
      }
    }
  }

  /// The axes of `whole`, with which values of these shapes go.
  package init(of whole: Shape, _ shapes: [Shape]) {
    self.init(sizes: whole.dimensions, steps: shapes.map { $0.steps(along: whole) })
  }

  /// The same with those first along which value `value` has numbers of its own, as the axes `i` and
  /// `j` or `i`, `j` and `k`; behind them those along which it has not, the last as the axis `l`.
  func separated(by value: Int) -> Axes {
    let own = sizes.indices.filter { steps[value][$0] != 0 }
    let other = sizes.indices.filter { steps[value][$0] == 0 }
    let places: [Int?] =
      own.map { $0 } + [Int?](repeating: nil, count: max(0, 4 - own.count - other.count)) + other
    var sorted = self
    sorted.sizes = places.map { $0.map { sizes[$0] } ?? 1 }
    sorted.steps = steps.map { step in places.map { $0.map { step[$0] } ?? 0 } }
    return sorted
  }

  /// How many numbers along the outermost axis.
  var outermost: Int { sizes.first ?? 1 }
}

extension Axes {
  /// C for how many numbers there are along each.
  package var sizeText: String { Self.text(sizes, otherwise: 1) }

  /// C for how far those of a value lie apart.
  package func stepText(_ value: Int) -> String { Self.text(steps[value], otherwise: 0) }

  private static func text(_ numbers: [Int], otherwise: Int) -> String {
    let four = numbers + [Int](repeating: otherwise, count: max(0, 4 - numbers.count))
    return "(struct axes){\(CText.list(four))}"
  }
}

extension SharedText {
  /// `struct axes`.
  package static let axes = SharedText("axes", template: "Shared/axes.c.mustache")
  /// The function that says where a number lies along them; it needs `axes`.
  package static let place = SharedText("place", template: "Shared/place.c.mustache")
}
