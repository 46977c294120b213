import Lowering

/// The weights of a network that stands alone, as C and as a file.
struct FrozenWeightsText: Sendable {
  let weights: FrozenWeights
  let lanes: Int
  /// The members of C's struct, in order.
  let members: [String]

  init(_ weights: FrozenWeights, _ names: CodegenContext) {
    self.weights = weights
    lanes = names.plan.options.target.hasVectors ? names.plan.lanes : 1
    members = weights.arrays.map { "\(names.layer($0.layer))_\($0.role)" }
  }

  /// The shortest decimal that reads back as the same float, in C and in C++.
  static func literal(_ number: Float) -> String { "\(number)f" }

  /// The struct's initializer: for each member its numbers, of vectors each in braces of its own.
  var initializer: String {
    if weights.arrays.isEmpty { return "{ {0} }" }
    var text = "{\n"
    for (member, array) in zip(members, weights.arrays) {
      text += "  // \(member) \(array.layout)\n  {\n"
      let width = array.isPacked ? lanes : 1
      var line = "   "
      for start in stride(from: 0, to: array.numbers.count, by: width) {
        let numbers = array.numbers[start..<start + width].map(Self.literal)
        let item = width > 1 ? " {\(numbers.joined(separator: ", "))}," : " \(numbers[0]),"
        if line.utf8.count + item.utf8.count > LineBreaks.width, line.utf8.count > 3 {
          text += line + "\n"
          line = "   "
        }
        line += item
      }
      text += line + "\n  },\n"
    }
    return text + "}"
  }

  /// What begins a file of weights.
  static let magic: UInt32 = 0x3163_6e62
  /// Bytes before the numbers: as many as the longest vectors need.
  static let headerSize = 64

  /// What tells the weights of networks apart that are laid out otherwise.
  var shapes: UInt32 {
    let text = zip(members, weights.arrays).map {
      "\($0) \($1.layout) \($1.numbers.count) \(lanes)\n"
    }.joined()
    return CRC32.of(Array(text.utf8))
  }

  /// The file: its kind, the shapes, how many bytes of numbers, their checksum; then these, all in the
  /// order of bytes of most machines.
  var file: [UInt8] {
    var numbers: [UInt8] = []
    for array in weights.arrays {
      array.numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { numbers += $0 }
    }
    let head = [Self.magic, shapes, UInt32(truncatingIfNeeded: numbers.count), CRC32.of(numbers)]
      .flatMap(Self.bytes)
    return head + [UInt8](repeating: 0, count: Self.headerSize - head.count) + numbers
  }

  private static func bytes(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }
}
