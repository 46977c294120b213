import Diagnostics

/// The features of sounds brought into one array.
struct SoundReader: ExampleReader {
  let format: ExampleFormat
  var bad = BadFiles()
  private let frontEnd: SoundFrontEnd
  private var paths: [String] = []
  private let size: Int
  private let numbers, labels: AlignedMemory
  private var count = 0
  private var cut = 0
  private var filled = 0

  init(_ most: Int, _ format: ExampleFormat, _ sound: SoundFeatures) throws {
    self.format = format
    frontEnd = SoundFrontEnd(sound)
    size = format.inputShape.reduce(1, *)
    let (bytes, overflow) = most.multipliedReportingOverflow(by: size * format.elementType.size)
    numbers = try AlignedMemory(byteCount: overflow ? .max : bytes, purpose: "sounds")
    labels = try AlignedMemory(byteCount: most * 4, purpose: "labels")
  }

  /// Whether a file of this name is taken for a sound.
  static func isSound(_ path: String) -> Bool { path.lowercased().hasSuffix(".wav") }

  mutating func read(_ path: String, label: Int) throws {
    let frontEnd = frontEnd
    guard let sound = try readable(path, { try WAV(path, rate: frontEnd.features.rate) }) else {
      return
    }
    format.elementType.store(frontEnd(sound.samples), in: numbers.bytes, at: count * size)
    paths.append(path)
    labels.bytes.storeBytes(of: Int32(label), toByteOffset: count * 4, as: Int32.self)
    if sound.samples.count > frontEnd.features.length { cut += 1 }
    if sound.samples.count < frontEnd.features.length { filled += 1 }
    count += 1
  }

  func examples(path: String) throws -> Examples {
    guard count > 0 else {
      throw Failure(
        "holds no sound that can be read, the first is \(bad.files.first ?? "")", path: path)
    }
    var examples = Examples(
      inputs: Tensor(shape: [count] + format.inputShape, type: format.elementType, memory: numbers),
      targets: .classes(labels))
    examples.sounds = SoundFiles(paths: paths, features: frontEnd.features)
    return examples
  }

  func notes(of path: String) -> [String] {
    func sounds(_ count: Int) -> String { "\(grouped(count)) \(count == 1 ? "sound" : "sounds")" }
    var notes: [String] = []
    if cut > 0 { notes.append("\(path): \(sounds(cut)) cut to the model's length") }
    if filled > 0 { notes.append("\(path): silence put after \(sounds(filled)) that end before") }
    return notes + bad.notes(of: path, "sound")
  }

  /// The features of one sound for a model's input.
  ///
  /// - Throws: a failure that names the file.
  static func tensor(_ path: String, _ frontEnd: SoundFrontEnd, shape: [Int]) throws -> Tensor {
    try Tensor(
      shape: [1] + shape, values: frontEnd(WAV(path, rate: frontEnd.features.rate).samples))
  }
}

/// The files that the rows of an input were made of.
struct SoundFiles: Sendable {
  /// Of each row.
  let paths: [String]
  /// What was made of each.
  let features: SoundFeatures
}
