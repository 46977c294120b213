import Diagnostics

/// What a pass hands on: it can be checked and printed.
package protocol Stage {
  /// Checks what must hold of the stage, whatever made it.
  ///
  /// - Throws: `Failure`: a mistake in bnc, not in the model.
  func verify() throws(Failure)

  /// The stage as text.
  var text: String { get }
}

/// Runs passes by name: verifies what each hands on, and remembers how long it took.
package struct PassManager {
  /// A pass that ran.
  package struct Record: Sendable {
    package let name: String
    package let duration: Duration
    package let verification: Duration
    /// What the pass handed on, as text; only of the pass that was asked for.
    package let text: String?
  }

  /// The passes so far, in order.
  package private(set) var records: [Record] = []
  /// The pass whose result is to be kept as text.
  private let printed: String?

  /// - Parameter printed: The name of a pass whose result is kept as text.
  package init(printing printed: String? = nil) { self.printed = printed }

  /// Runs `pass`, and verifies its result.
  ///
  /// - Throws: What the pass throws; a `Failure` that names the pass where its result is broken.
  package mutating func run<Result: Stage>(
    _ name: String, _ pass: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try pass()
    let end = clock.now
    do {
      try result.verify()
    } catch {
      throw Failure(
        "bnc made a mistake in the pass '\(name)': \(error.what)",
        help: "this is a bug in bnc, not in the model; please report it with the model")
    }
    records.append(
      Record(
        name: name, duration: end - start, verification: clock.now - end,
        text: name == printed ? result.text : nil))
    return result
  }
}
