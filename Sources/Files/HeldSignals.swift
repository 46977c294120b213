import Glibc
import Synchronization

/// Signals that ask for the end of the program, held back while there is something to clean up: they
/// end it as ever once that is done.
package enum HeldSignals {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]
  private static let received = Atomic<Int32>(0)
  private static let holders = Mutex(Holders())

  private struct Holders {
    var count = 0
    /// What the signals did before.
    var former: [(signal: Int32, action: sigaction)] = []
  }

  /// Runs `body`; a signal that comes meanwhile takes effect afterwards. A second one does at once:
  /// whoever asks twice does not want to wait.
  package static func during<Result>(_ body: () throws -> Result) rethrows -> Result {
    hold()
    defer { release() }
    return try body()
  }

  /// The signal that came while signals are held, so that long work can be cut short.
  package static var signal: Int32? {
    let signal = received.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  private static func hold() {
    holders.withLock { holders in
      holders.count += 1
      guard holders.count == 1 else { return }
      received.store(0, ordering: .relaxed)
      for signal in signals {
        var former = sigaction()
        sigaction(signal, nil, &former)
        // nohup and shells that start jobs in the background have signals ignored: they stay so.
        if former.isIgnored { continue }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = {
          HeldSignals.received.store($0, ordering: .relaxed)
        }
        action.sa_flags = Int32(truncatingIfNeeded: Int(SA_RESETHAND))
        sigaction(signal, &action, nil)
        holders.former.append((signal, former))
      }
    }
  }

  private static func release() {
    let isLast = holders.withLock { holders in
      holders.count -= 1
      guard holders.count == 0 else { return false }
      for (signal, action) in holders.former {
        var action = action
        sigaction(signal, &action, nil)
      }
      holders.former = []
      return true
    }
    let signal = isLast ? received.exchange(0, ordering: .relaxed) : 0
    if signal != 0 { kill(getpid(), signal) }
  }
}

extension sigaction {
  /// Whether the signal does nothing.
  package var isIgnored: Bool {
    // SIG_IGN is a cast of 1, which Swift does not see.
    unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
