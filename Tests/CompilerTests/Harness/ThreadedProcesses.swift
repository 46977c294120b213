// swift-format-ignore-file: NeverForceUnwrap
import Foundation
import Synchronization

@testable import Runner

/// Processes that are threads of one: what they exchange lies where all see it.
///
/// A sum that has begun is taken when it ends, as late as it may be: who looks at numbers before
/// that sees those of one process alone.
final class ThreadedProcesses: ProcessGroup, @unchecked Sendable {
  let rank: Int
  let count: Int
  private let meeting: Meeting
  private var begun: [(numbers: UnsafeMutableRawPointer, count: Int, type: NumberType)] = []

  var place: String { "thread \(rank)" }

  private init(rank: Int, meeting: Meeting) {
    (self.rank, count, self.meeting) = (rank, meeting.count, meeting)
  }

  /// Calls `body` for each of `count` processes at a time, and returns what they came to, in order.
  static func run<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (ThreadedProcesses) throws -> Result
  ) throws -> [Result] {
    let meeting = Meeting(count)
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    let group = DispatchGroup()
    for rank in 0..<count {
      group.enter()
      let thread = Thread {
        let processes = ThreadedProcesses(rank: rank, meeting: meeting)
        let result = Swift.Result { try body(processes) }
        if case .failure = result { meeting.giveUp() }
        results.withLock { $0[rank] = result }
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
    let all = results.withLock { $0 }
    return try (0..<count).map { try all[$0]!.get() }
  }

  func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    let parts = meeting.exchange(Array(own), of: rank)
    precondition(parts.allSatisfy { $0.count == own.count }, "processes gather different things")
    all.copyBytes(from: parts.flatMap(\.self))
  }

  func sum(_ numbers: UnsafeMutableRawPointer, count: Int, type: NumberType) {
    let own = UnsafeRawBufferPointer(start: numbers, count: count * type.size)
    let parts = meeting.exchange(Array(own), of: rank)
    precondition(parts.allSatisfy { $0.count == own.count }, "processes add up different things")
    if type == .float64 {
      Self.add(parts, to: numbers.assumingMemoryBound(to: Double.self), count)
    } else {
      Self.add(parts, to: numbers.assumingMemoryBound(to: Float.self), count)
    }
  }

  private static func add<Number: FloatingPoint & BitwiseCopyable>(
    _ parts: [[UInt8]], to numbers: UnsafeMutablePointer<Number>, _ count: Int
  ) {
    for (rank, part) in parts.enumerated() {
      part.withUnsafeBytes { bytes in
        for index in 0..<count {
          let own = bytes.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
          numbers[index] = rank == 0 ? own : numbers[index] + own
        }
      }
    }
  }

  func beginSum(_ numbers: UnsafeMutableRawPointer, count: Int, type: NumberType) {
    begun.append((numbers, count, type))
  }

  func endSums() {
    for one in begun { sum(one.numbers, count: one.count, type: one.type) }
    begun = []
  }
}

/// Where threads meet, each with something for the others.
private final class Meeting: @unchecked Sendable {
  let count: Int
  private let condition = NSCondition()
  private var brought: [Int: [UInt8]] = [:]
  private var taken: [[UInt8]] = []
  private var number = 0
  private var isOver = false

  init(_ count: Int) { self.count = count }

  /// What all bring, in the order of the ranks.
  func exchange(_ own: [UInt8], of rank: Int) -> [[UInt8]] {
    condition.lock()
    defer { condition.unlock() }
    let now = number
    brought[rank] = own
    if brought.count == count {
      taken = (0..<count).map { brought[$0]! }
      brought = [:]
      number += 1
      condition.broadcast()
    }
    while number == now, !isOver { condition.wait() }
    precondition(!isOver, "another process has failed")
    return taken
  }

  /// Ends the wait of all.
  func giveUp() {
    condition.withLock {
      isOver = true
      condition.broadcast()
    }
  }
}

/// One of several processes whose others never answer: for what is refused before it asks them.
final class Unanswered: ProcessGroup {
  let rank = 0
  let count: Int
  let place = "a process alone"

  init(count: Int) { self.count = count }

  func sum(_ numbers: UnsafeMutableRawPointer, count: Int, type: NumberType) {
    preconditionFailure("nobody answers")
  }
  func beginSum(_ numbers: UnsafeMutableRawPointer, count: Int, type: NumberType) {
    preconditionFailure("nobody answers")
  }
  func endSums() { preconditionFailure("nobody answers") }
  func gather(_ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    preconditionFailure("nobody answers")
  }
}
