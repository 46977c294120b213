import Glibc
import Synchronization

/// Ctrl-C and `kill` as a wish that the training loop looks at after each step.
public struct StopSignal: Sendable {
  private static let received = Atomic<Int32>(0)

  /// Whoever never asked to be told of signals.
  public init() {}

  /// Turns SIGINT and SIGTERM into wishes, once each: a second one ends the process as ever.
  public static func install() -> StopSignal {
    // Read once here, so that the handler finds the number in place.
    _ = received.load(ordering: .relaxed)
    for signal in [SIGINT, SIGTERM] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { StopSignal.note($0) }
      action.sa_flags = Int32(truncatingIfNeeded: Int(SA_RESTART) | Int(SA_RESETHAND))
      sigaction(signal, &action, nil)
    }
    return StopSignal()
  }

  /// The signal that came, or nil.
  public var signal: Int32? {
    let signal = Self.received.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  /// Asks for the end as a signal does; 0 takes the wish back.
  static func note(_ signal: Int32) { received.store(signal, ordering: .relaxed) }
}
