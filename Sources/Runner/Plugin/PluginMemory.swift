import Diagnostics
import PluginABI

/// Where a plugin lies in memory. Whatever its table points to has to be there: a count too large, or a
/// text without an end, would be read from what is behind it, which may be nothing.
struct PluginMemory: Sendable {
  private var data: [Range<UInt>] = []
  private var code: [Range<UInt>] = []

  /// Names and versions are much shorter.
  private static let longestText = 1 << 12
  private static let mostRows: UInt32 = 1 << 20

  /// The library that has something at `address`, its own function or table.
  init(holding address: UnsafeRawPointer) {
    var segments = [bnc_segment](repeating: bnc_segment(), count: 32)
    let count = bnc_segments(address, &segments, Int32(segments.count))
    for segment in segments.prefix(Int(count)) where segment.start <= segment.end {
      data.append(UInt(segment.start)..<UInt(segment.end))
      if segment.is_code != 0 { code.append(UInt(segment.start)..<UInt(segment.end)) }
    }
  }

  /// Whether `count` values lie at `base`, all of them.
  func holds<Row>(_ base: UnsafePointer<Row>, count: Int = 1) -> Bool {
    let start = UInt(bitPattern: base)
    guard count <= Int(Self.mostRows), Int(bitPattern: base) % MemoryLayout<Row>.alignment == 0,
      let segment = data.first(where: { $0.contains(start) })
    else { return false }
    return UInt(count * MemoryLayout<Row>.stride) <= segment.upperBound - start
  }

  /// Whether it has a function at this address, or says that there is none.
  func holdsFunction<Function>(_ function: Function?) -> Bool {
    guard let function else { return true }
    let address = unsafeBitCast(function, to: UInt.self)
    return code.contains { $0.contains(address) }
  }

  /// A table of the plugin.
  ///
  /// - Throws: a failure without a path where it is not there as a whole.
  func rows<Row>(_ base: UnsafePointer<Row>?, _ count: UInt32, _ what: String) throws
    -> UnsafeBufferPointer<Row>
  {
    guard count <= Self.mostRows, base != nil || count == 0 else {
      throw Failure("has no table of \(what)")
    }
    guard let base, count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    guard holds(base, count: Int(count)) else {
      throw Failure("has a table of \(count) \(what) outside of its memory")
    }
    return UnsafeBufferPointer(start: base, count: Int(count))
  }

  /// The one row that may be there.
  func row<Row>(_ base: UnsafePointer<Row>?, _ what: String) throws -> Row? {
    guard let base else { return nil }
    return try rows(base, 1, what).first
  }

  /// A text of the plugin.
  ///
  /// - Throws: a failure without a path where it is not there, or has no end.
  func text(_ pointer: UnsafePointer<CChar>?, _ what: String) throws -> String {
    guard let pointer else { throw Failure("does not say its \(what)") }
    let start = UInt(bitPattern: pointer)
    guard let segment = data.first(where: { $0.contains(start) }) else {
      throw Failure("has its \(what) outside of its memory")
    }
    let room = min(Int(segment.upperBound - start), Self.longestText)
    let bytes = UnsafeRawBufferPointer(start: pointer, count: room)
    guard let end = bytes.firstIndex(of: 0) else {
      throw Failure("has its \(what) in a text without an end")
    }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}
