import Diagnostics

/// Examples of an input side by side in one image: a row for each class, or all in a grid.
package struct ContactSheet {
  /// Pixels of the sheet.
  package let width, height: Int
  /// 1 of grey, 3 of colours.
  package let channels: Int
  /// [height][width][channels]
  package private(set) var pixels: [UInt8]

  private static let columns = 12
  private static let gap = 2

  /// A sheet of the first input of `examples`. Bytes are shown as they are; other numbers from the least
  /// to the largest there is as from black to white.
  ///
  /// - Throws: a failure where the input is no image.
  package init(_ examples: Examples, _ description: PluginDescription) throws {
    try self.init(examples, description, cells: Self.cells(of: examples, description))
  }

  /// The shape of the first input as an image's; nil where it is none.
  static func imageShape(
    _ description: PluginDescription
  ) -> (channels: Int, rows: Int, columns: Int)? {
    let shape = description.inputs[0].shape
    guard shape.count == 2 || shape.count == 3, shape.count == 2 || [1, 3].contains(shape[0])
    else { return nil }
    return (shape.count == 3 ? shape[0] : 1, shape[shape.count - 2], shape[shape.count - 1])
  }

  /// A sheet of rows of examples.
  ///
  /// - Throws: a failure where the input is no image.
  init(_ examples: Examples, _ description: PluginDescription, cells: [[Int]]) throws {
    guard let image = Self.imageShape(description) else {
      throw Failure(
        "a contact sheet is of images [1, height, width] or [3, height, width], and the input "
          + "'\(description.inputs[0].name)' is \(describe(shape: description.inputs[0].shape))",
        help: "leave --sheet out")
    }
    let (rows, columns) = (image.rows, image.columns)
    channels = image.channels
    // Small images are shown larger, by whole numbers, so that no pixel is another.
    let zoom = max(1, 40 / max(rows, columns))
    let (cellHeight, cellWidth) = (rows * zoom + Self.gap, columns * zoom + Self.gap)
    (width, height) = (
      (cells.map(\.count).max() ?? 0) * cellWidth + Self.gap, cells.count * cellHeight + Self.gap
    )
    guard width * height * channels < 1 << 28 else {
      throw Failure("a contact sheet of \(width) x \(height) pixels is too large")
    }
    pixels = [UInt8](repeating: 255, count: width * height * channels)
    let tensor = examples.inputs[0]
    let range = Self.range(of: examples, tensor, cells)
    for (row, cells) in cells.enumerated() {
      for (column, example) in cells.enumerated() {
        let start = examples.row(of: example) * channels * rows * columns
        for y in 0..<rows * zoom {
          for x in 0..<columns * zoom {
            let place =
              (row * cellHeight + Self.gap + y) * width + column * cellWidth + Self.gap + x
            for channel in 0..<channels {
              let index = (channel * rows + y / zoom) * columns + x / zoom
              pixels[place * channels + channel] = Self.byte(tensor[start + index], range)
            }
          }
        }
      }
    }
  }

  /// The examples of each row.
  private static func cells(of examples: Examples, _ description: PluginDescription) -> [[Int]] {
    let target = description.targets.firstIndex { $0.classes != nil && $0.shape.isEmpty }
    guard let target, let classes = description.targets[target].classes, classes <= 100 else {
      let shown = Array(0..<min(examples.count, columns * columns))
      return stride(from: 0, to: shown.count, by: columns).map {
        Array(shown[$0..<min($0 + columns, shown.count)])
      }
    }
    var rows = [[Int]](repeating: [], count: classes)
    for example in 0..<examples.count {
      let label = examples.targetClass(example, target: target)
      guard rows.indices.contains(label), rows[label].count < columns else { continue }
      rows[label].append(example)
    }
    return rows
  }

  /// Of numbers that are no bytes the least and the largest that are shown.
  private static func range(
    of examples: Examples, _ tensor: Tensor, _ cells: [[Int]]
  ) -> ClosedRange<Double> {
    if tensor.type == .uint8 { return 0...255 }
    let size = tensor.shape.dropFirst().reduce(1, *)
    var found: ClosedRange<Double>?
    for example in cells.flatMap(\.self) {
      for index in examples.row(of: example) * size..<(examples.row(of: example) + 1) * size {
        let number = tensor[index]
        let range = found ?? number...number
        found = min(range.lowerBound, number)...max(range.upperBound, number)
      }
    }
    return found ?? 0...1
  }

  private static func byte(_ number: Double, _ range: ClosedRange<Double>) -> UInt8 {
    // Halves, for the difference of two large numbers may be none.
    let width = range.upperBound / 2 - range.lowerBound / 2
    let share = (number / 2 - range.lowerBound / 2) / width
    return width > 0 ? UInt8((255 * min(max(share, 0), 1)).rounded()) : 0
  }

  /// The sheet as a PNG file.
  var png: [UInt8] {
    get throws {
      try PNGWriter.encode(pixels, width: width, height: height, channels: channels)
    }
  }

  /// Writes the sheet as PNG.
  package func write(to path: String) throws {
    try PNGWriter.write(pixels, width: width, height: height, channels: channels, to: path)
  }
}
