import Diagnostics

/// A change of an image's size: bilinear, and where it shrinks over as many pixels as become one
/// (antialias), as Pillow's `Image.resize((width, height), Image.BILINEAR)` does it and torchvision's
/// `Resize` of its images. The same fixed-point numbers, so the same bits: src/libImaging/Resample.c.
struct ImageResampling {
  /// What an output pixel is made of along one axis.
  private struct Window {
    var first: Int
    var weights: [Int]
  }

  /// Bits behind the point: a byte, a sign and one more for what overshoots are left of 32.
  private static let precision = 32 - 8 - 2

  private let width, height: Int
  /// nil where the length is the same already: no pixel is changed.
  private let columns, rows: [Window]?

  /// A change of `width` x `height` pixels to `newWidth` x `newHeight`.
  init(width: Int, height: Int, newWidth: Int, newHeight: Int) {
    (self.width, self.height) = (width, height)
    columns = width == newWidth ? nil : Self.windows(width, newWidth)
    rows = height == newHeight ? nil : Self.windows(height, newHeight)
  }

  /// The windows of `count` pixels made of `length`: a triangle around each, as wide as two of the
  /// larger pixels, its weights' sum 1.
  private static func windows(_ length: Int, _ count: Int) -> [Window] {
    let scale = Double(length) / Double(count)
    let support = max(scale, 1)
    return (0..<count).map { index in
      let center = (Double(index) + 0.5) * scale
      let first = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), length)
      var weights = (first..<max(end, first)).map { place in
        max(0, 1 - abs((Double(place) - center + 0.5) * (1 / support)))
      }
      let sum = weights.reduce(0, +)
      if sum != 0 { weights = weights.map { $0 / sum } }
      return Window(first: first, weights: weights.map { Int(0.5 + $0 * Double(1 << precision)) })
    }
  }

  /// Pixels of one channel: from byte `first` on, one each `step` bytes.
  struct Plane {
    let bytes: UnsafeRawBufferPointer
    let first, step: Int

    subscript(index: Int) -> Int { Int(bytes[first + index * step]) }
  }

  /// Writes the resized `plane`, [height][width], to `target`: first along the rows, then down the
  /// columns, rounded to bytes between. From version 13 on Pillow goes the other way where that is much
  /// less work, which may round a byte by one.
  func resize(_ plane: Plane, into target: UnsafeMutableRawBufferPointer) throws {
    guard let columns else {
      down(plane, width: width, into: target)
      return
    }
    guard rows != nil else {
      along(plane, columns, into: target)
      return
    }
    let narrow = try AlignedMemory(byteCount: columns.count * height, purpose: "an image")
    along(plane, columns, into: narrow.bytes)
    let whole = Plane(bytes: UnsafeRawBufferPointer(narrow.bytes), first: 0, step: 1)
    down(whole, width: columns.count, into: target)
  }

  private func along(
    _ plane: Plane, _ columns: [Window], into target: UnsafeMutableRawBufferPointer
  ) {
    for row in 0..<height {
      for (column, window) in columns.enumerated() {
        let start = row * width + window.first
        target[row * columns.count + column] = Self.byte(window) { plane[start + $0] }
      }
    }
  }

  private func down(_ plane: Plane, width: Int, into target: UnsafeMutableRawBufferPointer) {
    guard let rows else {
      for index in 0..<width * height { target[index] = UInt8(plane[index]) }
      return
    }
    for (row, window) in rows.enumerated() {
      for column in 0..<width {
        let start = window.first * width + column
        target[row * width + column] = Self.byte(window) { plane[start + $0 * width] }
      }
    }
  }

  private static func byte(_ window: Window, _ pixel: (Int) -> Int) -> UInt8 {
    var sum = 1 << (precision - 1)
    for (index, weight) in window.weights.enumerated() { sum += weight * pixel(index) }
    return UInt8(min(max(sum >> precision, 0), 255))
  }
}
