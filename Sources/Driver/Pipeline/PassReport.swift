import Diagnostics
import Lowering

extension Compilation {
  /// How long each pass took, and to verify what it handed on, a line a pass.
  package var timingText: String {
    func milliseconds(_ duration: Duration) -> String {
      let (seconds, attoseconds) = duration.components
      let micros = Double(seconds) * 1e6 + Double(attoseconds) / 1e12
      let text = "\((micros / 10).rounded() / 100)"
      return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
    let width = (passes.map(\.name.count).max() ?? 0) + 2
    let lines = passes.map { pass in
      let name = pass.name + String(repeating: " ", count: width - pass.name.count)
      return
        "\(name)\(milliseconds(pass.duration)) ms\(milliseconds(pass.verification)) ms to verify\n"
    }
    return lines.joined()
  }

  /// What the pass `name` handed on, as text.
  ///
  /// - Throws: `Failure` where there is no such pass.
  package func text(after name: String) throws(Failure) -> String {
    let names = passes.map(\.name)
    guard let text = passes.first(where: { $0.name == name })?.text else {
      throw Failure(
        "no pass is called '\(name.prefix(64))'",
        help: Suggestion.closest(to: name, in: names).map { "did you mean '\($0)'?" }
          ?? "the passes are \(names.joined(separator: ", "))")
    }
    return text
  }
}
