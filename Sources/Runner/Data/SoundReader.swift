import Diagnostics

/// The features of sounds brought into one array.
struct SoundReader: ExampleReader {
  let format: ExampleFormat
  var bad = BadFiles()
  private let frontEnd: SoundFrontEnd
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

  /// The samples of a file of the rate that the features are of.
  ///
  /// - Throws: a failure that names the file.
  private static func sound(_ path: String, _ frontEnd: SoundFrontEnd) throws -> WAV {
    let sound = try WAV(path)
    guard sound.rate == frontEnd.features.rate else {
      throw Failure(
        "has \(sound.rate) samples a second, the model wants \(frontEnd.features.rate)", path: path,
        help: "resample it: sox IN.wav -r \(frontEnd.features.rate) OUT.wav")
    }
    return sound
  }

  mutating func read(_ path: String, label: Int) throws {
    let frontEnd = frontEnd
    guard let sound = try readable(path, { try Self.sound(path, frontEnd) }) else { return }
    let features = frontEnd(sound.samples)
    for (index, number) in features.enumerated() {
      let place = (count * size + index) * format.elementType.size
      if format.elementType == .float64 {
        numbers.bytes.storeBytes(of: number, toByteOffset: place, as: Double.self)
      } else {
        numbers.bytes.storeBytes(of: Float(number), toByteOffset: place, as: Float.self)
      }
    }
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
    return Examples(
      inputs: Tensor(shape: [count] + format.inputShape, type: format.elementType, memory: numbers),
      targets: .classes(labels))
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
    try Tensor(shape: [1] + shape, values: frontEnd(sound(path, frontEnd).samples))
  }
}
