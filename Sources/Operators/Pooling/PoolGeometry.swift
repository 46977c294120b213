import IR

/// A pool, as a kernel's loops take it.
package struct PoolGeometry: Hashable, Sendable {
  package var pooling: Pooling
  package var window: Window
  package var channels: Int
  package var height: Int
  package var width: Int
  package var outputHeight: Int
  package var outputWidth: Int
}

extension PoolGeometry {
  init(_ window: Window, _ pooling: Pooling, input: Shape, output: Shape) {
    self.pooling = pooling
    self.window = window
    (channels, height, width) = (input.channels, input.height, input.width)
    (outputHeight, outputWidth) = (output.height, output.width)
  }
}
