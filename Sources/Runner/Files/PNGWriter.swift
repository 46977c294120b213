import CImages
import Diagnostics
import Files

/// Writes images as PNG.
package enum PNGWriter {
  /// Writes pixels [height][width][channels], one channel of grey or three of colours, whole or not at
  /// all.
  ///
  /// - Throws: a failure that names the file.
  package static func write(
    _ pixels: [UInt8], width: Int, height: Int, channels: Int, to path: String
  ) throws {
    precondition(pixels.count == width * height * channels && (channels == 1 || channels == 3))
    let (w, h, c) = (UInt32(width), UInt32(height), UInt32(channels))
    var size = 0
    _ = bnc_png_encode(pixels, w, h, c, nil, &size)
    var png = [UInt8](repeating: 0, count: size)
    guard bnc_png_encode(pixels, w, h, c, &png, &size) == BNC_IMAGE_OK else {
      throw Failure("an image of \(width) x \(height) pixels cannot be written", path: path)
    }
    try AtomicFile.write(to: path) { try $0.write(Array(png[..<size])) }
  }
}
