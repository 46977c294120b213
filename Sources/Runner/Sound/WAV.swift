import Diagnostics

/// A sound of one channel, as a RIFF/WAVE file has it: whole numbers of 8, 16, 24 or 32 bits, or floats.
struct WAV {
  /// Samples a second.
  let rate: Int
  /// From -1 to 1: whole numbers divided by the power of two that is just out of their reach.
  let samples: [Float]

  /// Reads the file at `path`, whose declared sizes are held against its own.
  ///
  /// - Throws: a failure that names the file.
  init(_ path: String) throws {
    let file = try InputFile(path, mayBeGzipped: false)
    let most = 1 << 28
    guard file.largestSize <= most else {
      throw Failure(
        "has \(file.largestSize) bytes, more than the \(most) that are read", path: path)
    }
    let memory = try AlignedMemory(byteCount: file.largestSize, purpose: path)
    try file.readExactly(into: memory.bytes, what: "content")
    let bytes = UnsafeRawBufferPointer(memory.bytes)
    guard Self.tag(bytes, 0) == "RIFF", Self.tag(bytes, 8) == "WAVE" else {
      throw ForeignFormat.of(path, inflates: false)?.failureOfData(at: path, wanted: "a WAV file")
        ?? Failure("is not a WAV file", path: path)
    }
    do {
      (rate, samples) = try Self.read(bytes)
    } catch let failure as Failure {
      throw Failure(failure.what, path: path, help: failure.help)
    }
  }

  /// Reads the file at `path`, which must have `rate` samples a second.
  ///
  /// - Throws: a failure that names the file.
  init(_ path: String, rate: Int) throws {
    self = try WAV(path)
    guard self.rate == rate else {
      throw Failure(
        "has \(self.rate) samples a second, the model wants \(rate)", path: path,
        help: "resample it: sox IN.wav -r \(rate) OUT.wav")
    }
  }

  /// What the chunk `fmt ` says.
  private struct Format {
    var code, channels, rate, bits: Int
  }

  private static func read(_ bytes: UnsafeRawBufferPointer) throws -> (Int, [Float]) {
    var format: Format?
    var place = 12
    while place + 8 <= bytes.count {
      let size = number(bytes, place + 4, 4)
      let start = place + 8
      guard size <= bytes.count - start else {
        throw Failure(
          "declares \(size) bytes of '\(tag(bytes, place))', and \(bytes.count - start) are left")
      }
      switch tag(bytes, place) {
      case "fmt ":
        guard size >= 16 else { throw Failure("has a format of \(size) bytes") }
        var code = number(bytes, start, 2)
        // The format proper stands at the start of an identifier then.
        if code == 0xFFFE, size >= 26 { code = number(bytes, start + 24, 2) }
        format = Format(
          code: code, channels: number(bytes, start + 2, 2), rate: number(bytes, start + 4, 4),
          bits: number(bytes, start + 14, 2))
      case "data":
        guard let format else { throw Failure("has samples before it says what they are") }
        return (
          format.rate,
          try samples(UnsafeRawBufferPointer(rebasing: bytes[start..<start + size]), format)
        )
      default: break
      }
      place = start + size + size % 2
    }
    throw Failure("holds no samples")
  }

  private static func samples(_ bytes: UnsafeRawBufferPointer, _ format: Format) throws -> [Float] {
    guard format.channels == 1 else {
      throw Failure(
        "has \(format.channels) channels; expected 1", help: "mix it down: sox IN.wav -c 1 OUT.wav")
    }
    let size = format.bits / 8
    guard size > 0, bytes.count % size == 0 else {
      throw Failure("holds \(bytes.count) bytes, which are no whole samples of \(format.bits) bits")
    }
    let count = bytes.count / size
    switch (format.code, format.bits) {
    case (1, 8): return (0..<count).map { (Float(bytes[$0]) - 128) / 128 }
    case (1, 16):
      return (0..<count).map {
        Float(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self)))
          * 0x1p-15
      }
    case (1, 24), (1, 32):
      let scale = Float(sign: .plus, exponent: 1 - format.bits, significand: 1)
      return (0..<count).map { index in
        let stored = number(bytes, index * size, size)
        let isNegative = stored >> (format.bits - 1) != 0
        return Float(isNegative ? stored - 1 << format.bits : stored) * scale
      }
    case (3, 32), (3, 64):
      let type: NumberType = format.bits == 32 ? .float32 : .float64
      let samples = (0..<count).map { Float(type.number(in: bytes, at: $0 * size)) }
      if let index = samples.firstIndex(where: { !$0.isFinite }) {
        throw Failure("holds \(samples[index]) as sample \(index)")
      }
      return samples
    default:
      throw Failure(
        "holds samples of format \(format.code) and \(format.bits) bits",
        help: "store them as PCM of 16 bits: sox IN.wav -e signed -b 16 OUT.wav")
    }
  }

  /// A little-endian number.
  private static func number(_ bytes: UnsafeRawBufferPointer, _ place: Int, _ size: Int) -> Int {
    (0..<size).reversed().reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
  }

  private static func tag(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> String {
    guard place + 4 <= bytes.count else { return "" }
    return String(decoding: bytes[place..<place + 4], as: UTF8.self)
  }
}
