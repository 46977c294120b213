import Glibc
import PluginABI
import Synchronization

/// What the threads of a pool share: one parallel loop at a time, split into a range of indices per
/// thread.
///
/// A thread first takes the indices of its own range, one at a time, then those that others left:
/// the same thread gets the same part of each loop as long as all keep pace, and finds in its cache
/// what the loop before put there.
final class LoopScheduler: @unchecked Sendable {
  private let threads: Int
  private let counters: Counters
  private let wake = ConditionVariable()

  // The loop. Written before a range is published; read only after an index of it was claimed,
  // which keeps the loop from ending.
  private var body: ThreadPool.Body?
  private var argument: UnsafeMutableRawPointer?

  init(threads: Int) {
    self.threads = threads
    counters = Counters(count: Line.firstRange + threads)
  }

  /// Takes the threads for one loop; false while another one runs.
  func claim() -> Bool {
    counters[Line.busy].compareExchange(
      expected: 0, desired: 1, successOrdering: .acquiring, failureOrdering: .relaxed
    ).exchanged
  }

  /// Gives the threads back.
  func release() { counters[Line.busy].store(0, ordering: .releasing) }

  /// Runs a loop on all threads, the caller as the first of them.
  func run(count: Int32, argument: UnsafeMutableRawPointer?, body: ThreadPool.Body) {
    self.body = body
    self.argument = argument
    counters[Line.finished].store(0, ordering: .relaxed)
    for thread in 0..<threads {
      let range = IndexRange(
        next: UInt32(Int(count) * thread / threads),
        end: UInt32(Int(count) * (thread + 1) / threads))
      counters[Line.firstRange + thread].store(range.packed, ordering: .releasing)
    }
    counters[Line.generation].wrappingAdd(1, ordering: .sequentiallyConsistent)
    if counters[Line.sleepers].load(ordering: .sequentiallyConsistent) > 0 { wake.notifyAll() }
    work(as: 0)
    var spins = 0
    while counters[Line.finished].load(ordering: .acquiring) < UInt64(count) {
      spins += 1
      // A worker may have lost its core to another process.
      if spins > spinLimit { sched_yield() } else { bnc_pause() }
    }
  }

  /// What a worker does until the pool ends.
  func workerLoop(as thread: Int) {
    var seen: UInt64 = 0
    while true {
      seen = awaitNext(after: seen)
      if counters[Line.stopped].load(ordering: .acquiring) != 0 { return }
      work(as: thread)
    }
  }

  /// Ends all workers.
  func stop() {
    counters[Line.stopped].store(1, ordering: .releasing)
    counters[Line.generation].wrappingAdd(1, ordering: .sequentiallyConsistent)
    wake.notifyAll()
  }

  private func work(as thread: Int) {
    var done: UInt64 = 0
    for step in 0..<threads {
      let line = Line.firstRange + (thread + step) % threads
      while let index = takeIndex(line) {
        body?(argument, index)
        done += 1
      }
    }
    if done > 0 { counters[Line.finished].wrappingAdd(done, ordering: .releasing) }
  }

  /// The next index of a range, or nil when none is left.
  private func takeIndex(_ line: Int) -> Int32? {
    var packed = counters[line].load(ordering: .relaxed)
    while true {
      var range = IndexRange(packed: packed)
      guard range.next < range.end else { return nil }
      let index = range.next
      range.next += 1
      let (exchanged, original) = counters[line].weakCompareExchange(
        expected: packed, desired: range.packed, successOrdering: .acquiring,
        failureOrdering: .relaxed)
      if exchanged { return Int32(index) }
      packed = original
    }
  }

  /// Spins, then sleeps, until the generation is another than `seen`, and returns it.
  private func awaitNext(after seen: UInt64) -> UInt64 {
    for _ in 0..<spinLimit {
      let generation = counters[Line.generation].load(ordering: .acquiring)
      if generation != seen { return generation }
      bnc_pause()
    }
    // The count of sleepers goes up before the generation is read again, and the other side does it
    // the other way round, so that one of the two always sees the other.
    counters[Line.sleepers].wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { counters[Line.sleepers].wrappingSubtract(1, ordering: .relaxed) }
    return wake.wait {
      let generation = counters[Line.generation].load(ordering: .sequentiallyConsistent)
      return generation == seen ? nil : generation
    }
  }

  /// About a tenth of a millisecond: longer than the serial parts of a step, shorter than what a
  /// neighbour on the machine would mind.
  private var spinLimit: Int { 4000 }

  /// The counters, each on a cache line of its own.
  private enum Line {
    static let generation = 0
    static let finished = 1
    static let sleepers = 2
    static let busy = 3
    static let stopped = 4
    static let firstRange = 5
  }

  /// The indices of a thread that nobody has taken, in one word.
  private struct IndexRange {
    var next: UInt32
    var end: UInt32

    init(next: UInt32, end: UInt32) {
      self.next = next
      self.end = end
    }

    init(packed: UInt64) {
      next = UInt32(truncatingIfNeeded: packed >> 32)
      end = UInt32(truncatingIfNeeded: packed)
    }

    var packed: UInt64 { UInt64(next) << 32 | UInt64(end) }
  }
}
