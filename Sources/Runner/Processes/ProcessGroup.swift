import PluginABI

/// The processes that train one network together, as one of them sees them.
///
/// All of them make the same calls in the same order, on the thread that trains. What a call hands back
/// has the same bits in all of them.
package protocol ProcessGroup: AnyObject, Sendable {
  /// Which of the processes this is, from 0.
  var rank: Int { get }
  /// How many there are.
  var count: Int { get }
  /// Where it runs, for messages: `process 2 on host-b`.
  var place: String { get }

  /// Adds up `count` numbers over all processes, in place and in the order of the processes.
  func sum(_ numbers: UnsafeMutableRawPointer, count: Int, type: NumberType)

  /// Begins such a sum, which goes on while the caller does: until `endSums` the numbers are not its own.
  func beginSum(_ numbers: UnsafeMutableRawPointer, count: Int, type: NumberType)

  /// Waits for all sums that have begun.
  func endSums()

  /// The bytes of all processes, one after the other: as many of each, `all.count / count`.
  func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer)
}

extension ProcessGroup {
  /// Whether it is the one that prints and writes.
  package var leads: Bool { rank == 0 }

  /// The signal that asks for the end, where any of the processes has had one: the first one's.
  package func agree(on signal: Int32?) -> Int32? {
    gather([signal ?? 0]).first { $0 != 0 }
  }

  /// The texts of all processes, in their order.
  package func gather(_ text: String) -> [String] {
    let own = Array(text.utf8)
    let lengths = gather([Int64(own.count)])
    let width = Int(lengths.max() ?? 0)
    var padded = own
    padded += [UInt8](repeating: 0, count: width - own.count)
    let all = gather(padded)
    return lengths.enumerated().map { index, length in
      String(decoding: all[index * width..<index * width + Int(length)], as: UTF8.self)
    }
  }

  /// The numbers of all processes, one process after the other: as many of each.
  package func gather<Number: BitwiseCopyable>(_ own: [Number]) -> [Number] {
    if own.isEmpty { return [] }
    var all = [Number](repeating: own[0], count: own.count * count)
    own.withUnsafeBytes { own in all.withUnsafeMutableBytes { gather(own, into: $0) } }
    return all
  }
}

extension NumberType {
  /// The type of the interface's number for it, of those that are added up.
  static func summed(_ code: Int32) -> NumberType {
    code == Int32(BNC_FLOAT64) ? .float64 : .float32
  }
}
