import Files
import Glibc
import Synchronization

/// The wish to stop, which training looks at after each step: nobody's, or that of Ctrl-C, `kill`, a
/// terminal that closes, or a reader of standard output that has enough.
package struct StopSignal: Sendable {
  private static let received = Atomic<Int32>(0)
  private let read: @Sendable () -> Int32?

  /// Nobody asks.
  package static let never = StopSignal { nil }

  /// A wish that `read` tells: the number of a signal, or nil.
  package init(_ read: @escaping @Sendable () -> Int32?) { self.read = read }

  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGPIPE]

  /// Turns these signals into wishes, once each: a second one ends the process as ever, but for
  /// SIGPIPE, which comes again with each line that nobody reads. Who has SIGHUP or SIGPIPE ignored
  /// (nohup) wants the training to go on.
  package static func install() -> StopSignal {
    // Read once here, so that the handler finds the number in place.
    _ = received.load(ordering: .relaxed)
    for signal in signals {
      var former = sigaction()
      sigaction(signal, nil, &former)
      if former.isIgnored, signal == SIGHUP || signal == SIGPIPE { continue }
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { StopSignal.note($0) }
      action.sa_flags = Int32(
        truncatingIfNeeded: Int(SA_RESTART) | (signal == SIGPIPE ? 0 : Int(SA_RESETHAND)))
      sigaction(signal, &action, nil)
    }
    // Who starts a program hands down which signals are held back: a thread of a scheduler that takes
    // none would have started one that cannot be stopped.
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for signal in signals { sigaddset(&wanted, signal) }
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    return StopSignal {
      let signal = received.load(ordering: .relaxed)
      return signal == 0 ? nil : signal
    }
  }

  private static func note(_ signal: Int32) { received.store(signal, ordering: .relaxed) }

  /// The signal that asked for the end, or nil.
  package var signal: Int32? { read() }
}
