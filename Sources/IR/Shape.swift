/// The shape of one example's tensor, batch left out: `[channels, height, width]` or `[features]`.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  /// The sizes, outermost first.
  public var dimensions: [Int]

  /// The shape with these sizes, outermost first.
  public init(_ dimensions: [Int]) {
    self.dimensions = dimensions
  }

  /// How many numbers one example holds.
  public var elementCount: Int { dimensions.reduce(1, *) }

  /// Channels of an image, features of a vector: the axis that batch norm keeps apart.
  public var channels: Int { dimensions.first ?? 1 }

  /// Numbers a channel: height times width of an image, 1 of a vector.
  public var planeCount: Int { dimensions.dropFirst().reduce(1, *) }

  /// Whether this is `[channels, height, width]`.
  public var isImage: Bool { dimensions.count == 3 }

  /// Rows of an image; 1 of a vector.
  public var height: Int { isImage ? dimensions[1] : 1 }

  /// Columns of an image; 1 of a vector.
  public var width: Int { isImage ? dimensions[2] : 1 }

  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}
