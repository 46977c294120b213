/// A message of protocol buffers, taken apart without knowing what it means: what looks like a message
/// within it is one.
struct Message {
  private enum Content {
    case number([UInt8])
    case fixed([UInt8])
    case bytes([UInt8])
    case message(Message)
  }

  private var fields: [(key: [UInt8], content: Content)] = []

  /// The message that `bytes` are; nil where they are none.
  private init?(_ bytes: ArraySlice<UInt8>, depth: Int) {
    var rest = bytes
    while !rest.isEmpty {
      guard let key = Self.varint(&rest), key.value >> 3 > 0, key.value >> 3 < 1 << 12 else {
        return nil
      }
      switch key.value & 7 {
      case 0:
        guard let number = Self.varint(&rest) else { return nil }
        fields.append((key.bytes, .number(number.bytes)))
      case 1, 5:
        let size = key.value & 7 == 1 ? 8 : 4
        guard rest.count >= size else { return nil }
        fields.append((key.bytes, .fixed(Array(rest.prefix(size)))))
        rest = rest.dropFirst(size)
      case 2:
        guard let length = Self.varint(&rest), length.value <= UInt64(rest.count) else {
          return nil
        }
        let content = rest.prefix(Int(length.value))
        rest = rest.dropFirst(Int(length.value))
        if depth > 0, !content.isEmpty, let message = Message(content, depth: depth - 1) {
          fields.append((key.bytes, .message(message)))
        } else {
          fields.append((key.bytes, .bytes(Array(content))))
        }
      default: return nil
      }
    }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> (value: UInt64, bytes: [UInt8])? {
    var value: UInt64 = 0
    var bytes: [UInt8] = []
    while bytes.count < 10, let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7F) << UInt64(7 * bytes.count)
      bytes.append(byte)
      if byte & 0x80 == 0 { return (value, bytes) }
    }
    return nil
  }

  private static func varint(of value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private var bytes: [UInt8] {
    fields.flatMap { key, content in
      switch content {
      case .number(let bytes), .fixed(let bytes): key + bytes
      case .bytes(let bytes): key + Self.varint(of: UInt64(bytes.count)) + bytes
      case .message(let message):
        { key + Self.varint(of: UInt64($0.count)) + $0 }(message.bytes)
      }
    }
  }

  /// The message that `bytes` are with one change somewhere in it; nil where they are none.
  static func mutated(_ bytes: [UInt8], _ room: Int, _ chance: inout Chance) -> [UInt8]? {
    guard var message = Message(bytes[...], depth: 8), !message.fields.isEmpty else { return nil }
    for _ in 0...chance.below(2) { message.change(max(room - bytes.count, 16), &chance) }
    return message.bytes
  }

  private mutating func change(_ room: Int, _ chance: inout Chance) {
    guard !fields.isEmpty else { return }
    let index = chance.below(fields.count)
    if case .message(var inner) = fields[index].content, chance.below(8) > 0 {
      inner.change(room, &chance)
      fields[index].content = .message(inner)
      return
    }
    let other = chance.below(fields.count)
    switch chance.below(12) {
    case 0: fields.remove(at: index)
    case 1: fields.insert(fields[other], at: index)
    case 2: fields.swapAt(index, other)
    case 3: fields[index].content = fields[other].content
    default: changeContent(index, room, &chance)
    }
  }

  private mutating func changeContent(_ index: Int, _ room: Int, _ chance: inout Chance) {
    switch fields[index].content {
    case .number:
      let choices: [UInt64] = [
        0, 1, 2, 3, 7, UInt64(chance.below(32)), UInt64(chance.below(1 << 16)), .max,
        UInt64(Int64.max), 1 << 63, 1 << 31, 1 << 32, chance.next(), .max - UInt64(chance.below(9)),
      ]
      fields[index].content = .number(Self.varint(of: choices[chance.below(choices.count)]))
    case .fixed(let bytes):
      let changed = Fuzzing.mutated(bytes, room: bytes.count)
      fields[index].content = .fixed(
        Array((changed + [0, 0, 0, 0, 0, 0, 0, 0]).prefix(bytes.count)))
    case .bytes(let bytes):
      fields[index].content = .bytes(Fuzzing.mutated(bytes, room: bytes.count + room))
    case .message(let message):
      if let changed = Message(Fuzzing.mutated(message.bytes, room: room)[...], depth: 4) {
        fields[index].content = .message(changed)
      }
    }
  }
}
