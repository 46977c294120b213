import Diagnostics
import Foundation

/// What a verification found, in order.
package struct VerificationReport: Encodable, Sendable {
  package let model: String
  /// Whether everything holds.
  package let holds: Bool
  /// The checks that ran.
  package let checks: [VerificationCheck]
  package let findings: [Finding]

  package init(model: String, checks: [VerificationCheck], findings: [Finding]) {
    self.model = model
    self.checks = checks
    self.findings = findings
    holds = findings.allSatisfy(\.holds)
  }

  /// A table with the worst line of each check, or all lines, and those that do not hold; under it what
  /// it comes to.
  package func text(all: Bool) -> String {
    var text = ""
    for check in checks {
      let own = findings.filter { $0.check == check }
      text += "\n\(check.rawValue): \(check.title)\n"
      guard let worst = own.max(by: { $0.badness < $1.badness }) else {
        text += "  nothing to hold against each other\n"
        continue
      }
      let failed = own.filter { !$0.holds }
      var table = TextTable(
        .left, .left, .right, .right,
        rows: [["  layer", "what", "worst error", "allowed", "verdict"]])
      for finding in all ? own : failed.isEmpty ? [worst] : failed { table.append(finding.cells) }
      text += table.text
      if !all, failed.isEmpty, own.count > 1 {
        text += "  the other \(own.count - 1) \(own.count == 2 ? "is" : "are") closer\n"
      }
    }
    let failed = findings.count { !$0.holds }
    return text
      + (failed == 0
        ? "\n\(model): all \(findings.count) comparisons hold.\n"
        : "\n\(model): \(failed) of \(findings.count) comparisons do not hold.\n")
  }
}

extension Finding {
  /// How near it comes to what does not count as right, or how far past it.
  fileprivate var badness: Double {
    error.isNaN ? .infinity : allowed > 0 ? error / allowed : error
  }

  fileprivate var cells: [String] {
    let isOfBits = allowed == 0
    return [
      "  \(layer ?? "-")", what,
      isOfBits ? (holds ? "none" : "bits differ") : String(format: "%.1e", error),
      isOfBits ? "none" : String(format: "%.1e", allowed), holds ? "holds" : "FAILS",
    ]
  }
}
