import Diagnostics

/// The binary files of CIFAR-10 and CIFAR-100 (Krizhevsky, 2009): records of one or two label bytes
/// and 3 x 32 x 32 pixels, red, green, blue, row by row, with nothing before, between or behind
/// them.
enum CIFAR {
  /// One image.
  static let shape = [3, 32, 32]

  /// The two data sets.
  enum Variant {
    /// Ten classes; training images in five files.
    case ten
    /// A hundred classes, the second label; the first, of twenty groups of them, is left out.
    case hundred

    /// How many classes there are.
    var classes: Int { self == .ten ? 10 : 100 }

    fileprivate var labelBytes: Int {
      switch self {
      case .ten: 1
      case .hundred: 2
      }
    }
  }

  /// The files declare no length, and a gzipped one may inflate to a thousand times its size: more
  /// images than this, almost twice what the larger data set has in all, are refused.
  static let mostImages = 100_000

  /// Reads the images `[count, 3, 32, 32]` and the labels `[count]` of `paths`, raw or gzipped, one
  /// file after the other; labels are below `classes`.
  ///
  /// - Throws: a failure that names the file that is cut, too long, or holds another label.
  static func read(
    _ paths: [String], _ variant: Variant, classes: Int, mostImages: Int = mostImages
  ) throws -> (images: Tensor, labels: Tensor) {
    let pixels = shape.reduce(1, *)
    var counts: [Int] = []
    for path in paths {
      let most = mostImages - counts.reduce(0, +)
      counts.append(try countRecords(in: path, length: variant.labelBytes + pixels, most: most))
    }
    let count = counts.reduce(0, +)
    let images = try AlignedMemory(byteCount: count * pixels, purpose: "images")
    let labels = try AlignedMemory(byteCount: count, purpose: "labels")
    var next = 0
    for (path, count) in zip(paths, counts) {
      let file = try InputFile(path)
      for index in 0..<count {
        let label = try file.readBytes(variant.labelBytes, what: "label").last ?? 0
        guard label < classes else {
          throw Failure(
            "holds label \(label) at index \(index), the model's classes are 0 to \(classes - 1)",
            path: path)
        }
        labels.bytes[next] = label
        let image = images.bytes[next * pixels..<(next + 1) * pixels]
        try file.readExactly(into: UnsafeMutableRawBufferPointer(rebasing: image), what: "image")
        next += 1
      }
    }
    return (
      Tensor(shape: [count] + shape, type: .uint8, memory: images),
      Tensor(shape: [count], type: .uint8, memory: labels)
    )
  }

  /// How many records a file holds, by its bytes alone: whole ones, at least one, at most `most`.
  private static func countRecords(in path: String, length: Int, most: Int) throws -> Int {
    let file = try InputFile(path)
    let piece = try AlignedMemory(byteCount: 1000 * length, purpose: path)
    var bytes = 0
    var read = 0
    repeat {
      read = try file.read(into: piece.bytes)
      bytes += read
      guard bytes <= most * length else {
        throw Failure("makes more images than the \(mostImages) that are read", path: path)
      }
    } while read == piece.bytes.count
    guard bytes > 0 else { throw Failure("holds no images", path: path) }
    guard bytes % length == 0 else {
      throw ForeignFormat.of(path, inflates: true)?.failureOfData(
        at: path, wanted: "a binary file of CIFAR")
        ?? Failure(
          "holds \(bytes) bytes, which is no whole number of CIFAR's records of \(length) bytes",
          path: path)
    }
    return bytes / length
  }
}
