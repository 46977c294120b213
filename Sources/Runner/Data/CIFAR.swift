import Diagnostics

/// The binary files of CIFAR-10 and CIFAR-100 (Krizhevsky, 2009): records of one or two label bytes and
/// 3 x 32 x 32 pixels, red, green, blue, row by row, with nothing before, between or behind them.
enum CIFAR {
  /// One image.
  static let shape = [3, 32, 32]

  /// The two data sets.
  enum Form {
    /// Ten classes; training images in five files.
    case ten
    /// A hundred classes, the second label; the first, of twenty groups of them, is left out.
    case hundred

    fileprivate var labelBytes: Int {
      switch self {
      case .ten: 1
      case .hundred: 2
      }
    }
  }

  /// A file declares no length, and a gzipped one may inflate to a thousand times its size: more images
  /// than this, twice what the official files hold, are refused.
  static let mostImages = 100_000

  /// Reads the images `[count, 3, 32, 32]` and the labels `[count]` of `paths`, raw or gzipped, one file
  /// after the other.
  ///
  /// - Throws: a failure that names the file that ends within a record or holds too many.
  static func read(
    _ paths: [String], _ form: Form, mostImages: Int = mostImages
  ) throws -> (images: Tensor, labels: Tensor) {
    let imageBytes = shape.reduce(1, *)
    let record = form.labelBytes + imageBytes
    let files = try paths.map { try records(of: $0, length: record, most: mostImages) }
    let count = files.reduce(0) { $0 + $1.count / record }
    let images = try AlignedMemory(byteCount: count * imageBytes, purpose: "images")
    let labels = try AlignedMemory(byteCount: count, purpose: "labels")
    var index = 0
    for file in files {
      file.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: record) {
          let pixels = start + form.labelBytes
          labels.bytes[index] = bytes[pixels - 1]
          images.bytes[index * imageBytes..<(index + 1) * imageBytes].copyBytes(
            from: bytes[pixels..<pixels + imageBytes])
          index += 1
        }
      }
    }
    return (
      Tensor(shape: [count] + shape, type: .uint8, memory: images),
      Tensor(shape: [count], type: .uint8, memory: labels)
    )
  }

  /// The bytes of a file: whole records, at least one.
  private static func records(of path: String, length: Int, most: Int) throws -> [UInt8] {
    let file = try InputFile(path)
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1000 * length)
    var count = 0
    repeat {
      count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
      bytes += piece[..<count]
      guard bytes.count <= most * length else {
        throw Failure("holds more than \(most) images", path: path)
      }
    } while count == piece.count
    guard !bytes.isEmpty, bytes.count % length == 0 else {
      throw Failure(
        "holds \(bytes.count) bytes, which is no whole number of CIFAR's records of \(length) bytes",
        path: path)
    }
    return bytes
  }
}
