import Diagnostics
import Glibc
import PluginABI

/// Threads that wait for parallel loops.
///
/// A network's step is a few dozen short loops, one after the other, so a loop must start and end
/// within microseconds: workers spin for a moment before they sleep, and the caller works too.
package final class ThreadPool: Sendable {
  /// A body of a loop: its argument and an index.
  package typealias Body = @convention(c) (UnsafeMutableRawPointer?, Int32) -> Void

  /// How many threads share a loop, the caller among them.
  package let threads: Int
  private let scheduler: LoopScheduler
  private let workers: [pthread_t]

  /// A pool of `threads` threads, at least 1, of which the caller is one.
  package init(threads: Int) throws {
    guard (1...1024).contains(threads) else {
      throw Failure("there can be 1 to 1024 threads, not \(threads)")
    }
    self.threads = threads
    let scheduler = LoopScheduler(threads: threads)
    var workers: [pthread_t] = []
    for thread in 1..<max(threads, 1) {
      guard let worker = startWorker(scheduler, thread: thread) else {
        scheduler.stop()
        for worker in workers { pthread_join(worker, nil) }
        throw Failure("the system gives no more than \(thread) threads", help: "ask for fewer")
      }
      workers.append(worker)
    }
    self.scheduler = scheduler
    self.workers = workers
  }

  deinit {
    scheduler.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Calls `body` once for each index from 0 to `count - 1`, on all threads, and returns when all
  /// calls have. While one loop runs another one, from within it or from elsewhere, runs on its
  /// caller's thread alone.
  package func run(count: Int32, argument: UnsafeMutableRawPointer?, body: Body) {
    if threads > 1, count > 1, scheduler.claim() {
      scheduler.run(count: count, argument: argument, body: body)
      scheduler.release()
    } else if count > 0 {
      for index in 0..<count { body(argument, index) }
    }
  }

  /// The same for a closure.
  ///
  /// It does not keep the closure. That is not said in its type: what Swift adds to check it has the
  /// length of the source's path, and two folders would not make the same program.
  package func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    var box = body
    withUnsafeMutablePointer(to: &box) { box in
      run(count: Int32(count), argument: box) { argument, index in
        argument?.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(Int(index))
      }
    }
  }
}

/// What a new thread is handed.
private final class Assignment {
  let scheduler: LoopScheduler
  let thread: Int

  init(scheduler: LoopScheduler, thread: Int) {
    self.scheduler = scheduler
    self.thread = thread
  }
}

private func startWorker(_ scheduler: LoopScheduler, thread: Int) -> pthread_t? {
  var handle = pthread_t()
  let assignment = Unmanaged.passRetained(Assignment(scheduler: scheduler, thread: thread))
  let code = pthread_create(
    &handle, nil,
    { argument in
      if let argument {
        let assignment = Unmanaged<Assignment>.fromOpaque(argument).takeRetainedValue()
        bnc_crash_begin_thread()
        defer { bnc_crash_end_thread() }
        assignment.scheduler.workerLoop(as: assignment.thread)
      }
      return nil
    }, assignment.toOpaque())
  guard code == 0 else {
    assignment.release()
    return nil
  }
  return handle
}
