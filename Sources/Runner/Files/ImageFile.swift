import CImages
import Diagnostics
import Files

/// A PNG or JPEG file in memory, whose header has been read.
struct ImageFile {
  /// What is done to an image so that it has a model's channels.
  enum Conversion: Hashable, Sendable {
    /// Nothing.
    case none
    /// Red, green and blue become one number, 0.299, 0.587 and 0.114 of them (ITU-R BT.601).
    case toGrey
    /// The one number becomes red, green and blue.
    case toColour
  }

  /// Of an image that is resized.
  private static let mostPixels = 1 << 27
  /// Bytes that an image may take while it is resized: a photograph takes fewer than 20 for one of its
  /// file, and a small file that declares a huge picture, of one colour or of none, wants to take memory.
  private var mostMemory: Int { (62 << 20) + 20 * file.bytes.count }

  /// Where it is.
  let path: String
  private let file: AlignedMemory
  private var image: bnc_image

  /// Pixels.
  var width: Int { Int(image.width) }
  /// Pixels.
  var height: Int { Int(image.height) }
  /// 1 of grey, 3 of colours; alpha is left out.
  var channels: Int { Int(image.channels) }
  /// Whether the file says how far each pixel lets through what is behind it.
  var hasAlpha: Bool { image.has_alpha != 0 }
  /// Bits of a number in the file.
  var bits: Int { Int(image.bits) }

  /// Whether a file of this name is taken for an image.
  static func isImage(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".png", ".jpg", ".jpeg"].contains { name.hasSuffix($0) }
  }

  /// Reads the file and its header; nothing is allocated for what it declares.
  ///
  /// - Throws: a failure that names the file and says why it cannot be decoded.
  init(_ path: String) throws {
    let input = try InputFile(path, mayBeGzipped: false)
    let most = 256 << 20
    guard input.largestSize <= most else {
      throw Failure(
        "has \(input.largestSize) bytes, more than the \(most) that are read", path: path)
    }
    self.path = path
    file = try AlignedMemory(byteCount: input.largestSize, purpose: path)
    try input.readExactly(into: file.bytes, what: "image")
    image = bnc_image()
    let code = bnc_image_header(start, file.bytes.count, &image)
    try check(code, image)
  }

  /// The pixels as [channels][height][width] of `shape`, the model's, at `target`. Channels are made the
  /// model's first, then the size.
  ///
  /// - Parameter resizes: Whether an image of another size is brought to the model's.
  /// - Throws: a failure that names the file where its size is not the model's, or where it cannot be
  ///   decoded.
  func decode(
    as shape: [Int], resizes: Bool, into target: UnsafeMutableRawBufferPointer
  ) throws -> Conversion {
    try checkSize(shape, resizes: resizes)
    let planes = shape.count == 3 ? shape[0] : 1
    let pixels = try decodedPixels()
    let (conversion, step) = bring(pixels, toChannels: planes)
    let count = target.count / planes
    let resampling =
      isResized(to: shape)
      ? ImageResampling(
        width: width, height: height, newWidth: shape[shape.count - 1],
        newHeight: shape[shape.count - 2])
      : ImageResampling(width: width, height: height, newWidth: width, newHeight: height)
    for plane in 0..<planes {
      try resampling.resize(
        .init(
          bytes: UnsafeRawBufferPointer(pixels.bytes), first: min(plane, step - 1), step: step),
        into: UnsafeMutableRawBufferPointer(
          rebasing: target[plane * count..<(plane + 1) * count]))
    }
    return conversion
  }

  /// Whether an image of this size becomes one of `shape` by being resized.
  func isResized(to shape: [Int]) -> Bool {
    shape.count > 1 && Array(shape.suffix(2)) != [height, width]
  }

  /// The pixels of the file, [height][width][channels].
  private func decodedPixels() throws -> AlignedMemory {
    let pixels = try AlignedMemory(byteCount: width * height * channels, purpose: path)
    var image = image
    let code = bnc_image_decode(
      start, file.bytes.count, &image,
      pixels.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    try check(code, image)
    return pixels
  }

  /// Makes `pixels` grey, in their place, where they have colours and `planes` is 1, and says what was
  /// or is to be done, and how many bytes there are from one pixel to the next.
  private func bring(
    _ pixels: AlignedMemory, toChannels planes: Int
  ) -> (conversion: Conversion, step: Int) {
    guard channels == 3, planes == 1 else {
      return (channels == planes ? .none : .toColour, channels)
    }
    let bytes = pixels.bytes
    for pixel in 0..<width * height {
      // 2^16 of the shares, rounded, as others have it (Pillow).
      let sum =
        19595 * Int(bytes[pixel * 3]) + 38470 * Int(bytes[pixel * 3 + 1])
        + 7471 * Int(bytes[pixel * 3 + 2])
      bytes[pixel] = UInt8((sum + 0x8000) >> 16)
    }
    return (.toGrey, 1)
  }

  /// Fails where the image has not the size of `shape`, a model's input, and is not brought to it, or
  /// where that is of no image.
  func checkSize(_ shape: [Int], resizes: Bool) throws {
    let planes = shape.count == 3 ? shape[0] : 1
    let size = Array(shape.suffix(2))
    let isVector = shape.count == 1 && shape[0] == width * height
    guard shape.count == 2 || shape.count == 3 || isVector, planes == 1 || planes == 3,
      isVector || size == [height, width] || resizes
    else {
      throw Failure(
        "is an image of \(width) x \(height) pixels, \(channels == 1 ? "grey" : "in colours"); the "
          + "model's input is \(describe(shape: shape))", path: path,
        help: help(shape, planes))
    }
    // A file can declare what nobody can hold; of the model's size, the model can.
    guard isResized(to: shape) else { return }
    guard width * height <= Self.mostPixels else {
      throw Failure(
        "is an image of \(width) x \(height) pixels, more than the \(grouped(Self.mostPixels)) that "
          + "are resized", path: path)
    }
    let memory = width * height * channels + height * (shape.last ?? 1) + Int(image.memory)
    guard memory <= mostMemory else {
      throw Failure(
        "is an image of \(width) x \(height) pixels in a file of \(grouped(file.bytes.count)) bytes: "
          + "it takes \(grouped(memory)) bytes of memory, and such a file gets \(grouped(mostMemory))",
        path: path, help: "make the image smaller, or store it in one scan (not progressive)")
    }
  }

  private func help(_ shape: [Int], _ planes: Int) -> String {
    if planes != 1, planes != 3 {
      return "an image is read as [1, height, width] or [3, height, width]"
    }
    let size = shape.suffix(2).map(String.init).joined(separator: ", ")
    return
      (shape.count > 1
      ? "say 'data resize(\(size))' in the training block" : "resize the images")
      + ", or give the model [channels, \(height), \(width)]"
  }

  /// The image as an array of one example for a model's input.
  ///
  /// - Throws: what `init` and `decode` throw.
  static func tensor(_ path: String, shape: [Int], resizes: Bool) throws -> Tensor {
    let memory = try AlignedMemory(byteCount: shape.reduce(1, *), purpose: path)
    _ = try ImageFile(path).decode(as: shape, resizes: resizes, into: memory.bytes)
    return Tensor(shape: [1] + shape, type: .uint8, memory: memory)
  }

  private var start: UnsafePointer<UInt8>? {
    UnsafePointer(file.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
  }

  private func check(_ code: Int32, _ image: bnc_image) throws {
    if code == BNC_IMAGE_OK { return }
    if code == BNC_IMAGE_UNKNOWN {
      throw ForeignFormat.of(path, inflates: false)?.failureOfData(
        at: path, wanted: "a PNG or JPEG image")
        ?? Failure("cannot be decoded: it is neither a PNG nor a JPEG image", path: path)
    }
    var message = image.message
    let text = withUnsafeBytes(of: &message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    throw Failure("cannot be decoded: \(text)", path: path)
  }
}
