/// The shape of one example's tensor, batch left out: `[channels, height, width]` or `[features]`.
package struct Shape: Hashable, Sendable, CustomStringConvertible {
  /// The sizes, outermost first.
  package var dimensions: [Int]

  /// The shape with these sizes, outermost first.
  package init(_ dimensions: [Int]) {
    self.dimensions = dimensions
  }

  /// How many numbers one example holds.
  package var elementCount: Int { dimensions.reduce(1, *) }

  /// Channels of an image, features of a vector: the axis that batch norm keeps apart.
  package var channels: Int { dimensions.first ?? 1 }

  /// Numbers per channel: height times width of an image, 1 of a vector.
  package var planeCount: Int { dimensions.dropFirst().reduce(1, *) }

  /// Whether this is `[channels, height, width]`.
  package var isImage: Bool { dimensions.count == 3 }

  /// Rows of an image; 1 of a vector.
  package var height: Int { isImage ? dimensions[1] : 1 }

  /// Columns of an image; 1 of a vector.
  package var width: Int { isImage ? dimensions[2] : 1 }

  /// The channel of number `index` of `[count][channels][plane]`.
  package func channel(of index: Int) -> Int { index / planeCount % channels }

  package var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}
