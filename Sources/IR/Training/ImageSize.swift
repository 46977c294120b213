/// Rows and columns of an image.
package struct ImageSize: Hashable, Sendable {
  package var height, width: Int

  package init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  /// Whether an input of `shape` is an image of this size: grey, or of three colours.
  package func fits(_ shape: [Int]) -> Bool {
    let size = [height, width]
    return shape == size || shape == [1] + size || shape == [3] + size
  }
}
