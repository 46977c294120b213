/// The shape of one example's tensor, batch left out: `[features]`, `[channels, length]`,
/// `[channels, height, width]`, or four sizes.
package struct Shape: Hashable, Sendable, CustomStringConvertible {
  /// The sizes, outermost first.
  package var dimensions: [Int]

  /// The shape with these sizes, outermost first.
  package init(_ dimensions: [Int]) {
    self.dimensions = dimensions
  }

  /// How many numbers one example holds.
  package var elementCount: Int { dimensions.reduce(1, *) }

  /// Channels of an image, features of a vector: the first axis, which batch norm keeps apart.
  package var channels: Int { dimensions.first ?? 1 }

  /// Numbers per channel: height times width of an image, the length of a sequence, 1 of a vector.
  package var planeCount: Int { dimensions.dropFirst().reduce(1, *) }

  /// Whether this is `[channels, height, width]`.
  package var isImage: Bool { dimensions.count == 3 }

  /// Whether this is `[channels, length]`, as of sound or of a sensor.
  package var isSequence: Bool { dimensions.count == 2 }

  /// Rows of an image: all axes between the first and the last as one; 1 of a sequence or a vector.
  package var height: Int { dimensions.dropFirst().dropLast().reduce(1, *) }

  /// Columns of an image, the length of a sequence; 1 of a vector.
  package var width: Int { dimensions.count > 1 ? dimensions[dimensions.count - 1] : 1 }

  /// The channel of number `index` of `[count][channels][plane]`.
  package func channel(of index: Int) -> Int { index / planeCount % channels }

  package var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}
