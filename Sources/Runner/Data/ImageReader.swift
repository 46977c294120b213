import Diagnostics

/// Images brought into one array, those left out that cannot be decoded where that is asked for.
struct ImageReader: ExampleReader {
  let format: ExampleFormat
  private let size: Int
  private let pixels, labels: AlignedMemory
  private var count = 0
  var bad = BadFiles()
  private var conversions: [ImageFile.Conversion: Int] = [:]
  private var resized = 0
  private var withAlpha = 0
  private var with16Bits = 0

  init(_ most: Int, _ format: ExampleFormat) throws {
    self.format = format
    size = format.inputShape.reduce(1, *)
    let (bytes, overflow) = most.multipliedReportingOverflow(by: size)
    pixels = try AlignedMemory(byteCount: overflow ? .max : bytes, purpose: "images")
    labels = try AlignedMemory(byteCount: most * 4, purpose: "labels")
  }

  mutating func read(_ path: String, label: Int) throws {
    let (shape, resizes) = (format.inputShape, format.resizes)
    guard let image = try readable(path, { try ImageFile(path) }) else { return }
    // Another size is no bad file: the model or all of the data are others.
    try image.checkSize(shape, resizes: resizes)
    let place = UnsafeMutableRawBufferPointer(
      rebasing: pixels.bytes[count * size..<(count + 1) * size])
    guard
      let conversion = try readable(
        path, { try image.decode(as: shape, resizes: resizes, into: place) })
    else {
      return
    }
    conversions[conversion, default: 0] += 1
    if image.isResized(to: shape) { resized += 1 }
    if image.hasAlpha { withAlpha += 1 }
    if image.bits == 16 { with16Bits += 1 }
    labels.bytes.storeBytes(of: Int32(label), toByteOffset: count * 4, as: Int32.self)
    count += 1
  }

  /// The images that could be read.
  func examples(path: String) throws -> Examples {
    guard count > 0 else {
      throw Failure(
        "holds no image that can be read, the first is \(bad.files.first ?? "")", path: path)
    }
    return Examples(
      inputs: Tensor(shape: [count] + format.inputShape, type: .uint8, memory: pixels),
      targets: .classes(labels))
  }

  /// What has been done to the images.
  func notes(of path: String) -> [String] {
    func images(_ count: Int) -> String { "\(grouped(count)) \(count == 1 ? "image" : "images")" }
    var notes: [String] = []
    if let grey = conversions[.toGrey] {
      notes.append("\(path): \(images(grey)) in colours made grey, as the model's input is")
    }
    if let colour = conversions[.toColour] {
      notes.append("\(path): \(images(colour)) in grey given three equal channels")
    }
    if resized > 0 {
      let size = format.inputShape.suffix(2)
      notes.append(
        "\(path): \(images(resized)) resized to \(size.map(String.init).joined(separator: " x ")), as the model says"
      )
    }
    if withAlpha > 0 { notes.append("\(path): alpha of \(images(withAlpha)) left out") }
    if with16Bits > 0 { notes.append("\(path): \(images(with16Bits)) of 16 bits cut to 8") }
    return notes + bad.notes(of: path, "image")
  }
}
