/// A message in protobuf's wire format, written field by field.
struct ProtobufMessage: Hashable, Sendable {
  /// The message.
  private(set) var bytes: [UInt8] = []

  private enum WireType: UInt64 {
    case variable = 0
    case eightBytes = 1
    case counted = 2
    case fourBytes = 5
  }

  /// An int32 or int64 that is not negative.
  mutating func add(_ field: Int, _ value: Int) {
    addKey(field, .variable)
    addVariable(UInt64(value))
  }

  /// A float.
  mutating func add(_ field: Int, _ value: Float) {
    addKey(field, .fourBytes)
    bytes += littleEndian(value.bitPattern)
  }

  /// A double.
  mutating func add(_ field: Int, _ value: Double) {
    addKey(field, .eightBytes)
    bytes += littleEndian(value.bitPattern)
  }

  /// Doubles, packed.
  mutating func add(_ field: Int, _ values: [Double]) {
    add(field, values.flatMap { littleEndian($0.bitPattern) })
  }

  /// Bytes.
  mutating func add(_ field: Int, _ value: [UInt8]) {
    addKey(field, .counted)
    addVariable(UInt64(value.count))
    bytes += value
  }

  /// A string.
  mutating func add(_ field: Int, _ value: String) { add(field, Array(value.utf8)) }

  /// A message.
  mutating func add(_ field: Int, _ value: ProtobufMessage) { add(field, value.bytes) }

  private mutating func addKey(_ field: Int, _ type: WireType) {
    addVariable(UInt64(field) << 3 | type.rawValue)
  }

  /// Seven bits a byte, the lowest first; the highest bit says that more follow.
  private mutating func addVariable(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// The bytes of a number, the lowest first.
func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
