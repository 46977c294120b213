import Diagnostics
import Lowering

extension Compilation {
  /// How long each pass took, and how long to verify what it handed on.
  package var timingText: String {
    func milliseconds(_ duration: Duration) -> String {
      fixed(duration / .milliseconds(1), decimals: 2) + " ms"
    }
    let rows = passes.map { pass in
      [pass.name, milliseconds(pass.duration), milliseconds(pass.verification) + " to verify"]
    }
    return TextTable(.left, .right, rows: rows).text
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
