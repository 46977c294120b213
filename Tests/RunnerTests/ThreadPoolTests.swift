import Synchronization
import Testing

@testable import Runner

struct ThreadPoolTests {
  /// Protects the contract of parallel_for: every index once, whatever the threads and the count.
  @Test(arguments: [1, 2, 4])
  func callsEveryIndexOnce(threads: Int) throws {
    let pool = try ThreadPool(threads: threads)
    for count in [0, 1, 2, 3, 7, 64, 1000] {
      let calls = Mutex([Int](repeating: 0, count: count))
      pool.forEach(count) { index in calls.withLock { $0[index] += 1 } }
      #expect(calls.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  /// Protects the end of each loop: when one returns all its calls have, many times over.
  @Test(arguments: [2, 4])
  func endsWhenAllHave(threads: Int) throws {
    let pool = try ThreadPool(threads: threads)
    let sum = Atomic<Int>(0)
    for round in 1...5_000 {
      pool.forEach(5) { sum.wrappingAdd($0, ordering: .relaxed) }
      guard sum.load(ordering: .relaxed) == 10 * round else {
        Issue.record("round \(round) returned early")
        return
      }
    }
  }

  /// Protects against a deadlock where a body starts a loop of its own.
  @Test func runsNestedLoops() throws {
    let pool = try ThreadPool(threads: 4)
    let sum = Atomic<Int>(0)
    pool.forEach(8) { _ in
      pool.forEach(8) { _ in sum.wrappingAdd(1, ordering: .relaxed) }
    }
    #expect(sum.load(ordering: .relaxed) == 64)
  }

  /// Protects sleepers: workers that went to sleep wake for the next loop, and for the end.
  @Test func wakesSleepers() async throws {
    for _ in 0..<5 {
      let pool = try ThreadPool(threads: 3)
      for _ in 0..<3 {
        try await Task.sleep(for: .milliseconds(5))
        let sum = Atomic<Int>(0)
        pool.forEach(30) { _ in sum.wrappingAdd(1, ordering: .relaxed) }
        #expect(sum.load(ordering: .relaxed) == 30)
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Protects the command line's number.
  @Test func refusesNoThreads() {
    #expect(failure { _ = try ThreadPool(threads: 0) }.contains("1 to 1024 threads, not 0"))
    #expect(availableCores() >= 1)
  }
}
