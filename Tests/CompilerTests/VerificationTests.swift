import Diagnostics
import Driver
import Foundation
import Runner
import Testing
import Verification

/// `bnc verify`: what it says of right C, and whether it sees wrong C.
@Suite struct VerificationTests {
  private static let text = """
    model proven {
      input x: [2, 5, 6]
      target label: class(3)
      h = x | conv(3, kernel: 3, padding: 1) | batchnorm(momentum: 0.8125) | leaky_relu(slope: 0.28125)
      logits = h | maxpool(2) | flatten | dense(3)
      loss softmax_cross_entropy(logits, label)
    }
    training {
      batch 9
      optimizer momentum(lr: 0.0625, momentum: 0.75) clip norm(0.5)
    }
    """

  private static func verifier(
    _ text: String, compiler: CCompiler, cache folder: String = CompilerFixture.folder
  ) throws -> Verifier {
    try Verifier(
      SourceFile(name: "test.bn", text: text), .init(threads: 2), compiler: compiler,
      cache: PluginCache(folder: folder))
  }

  /// Protects users from alarms that are none: everything holds of a network with a bit of everything,
  /// and each check has something to say of it.
  @Test func holds() throws {
    var reported: [VerificationCheck] = []
    let findings = try Self.verifier(Self.text, compiler: .find(named: nil)).run {
      reported.append($0.check)
    }
    #expect(reported == VerificationCheck.allCases)
    for check in VerificationCheck.allCases {
      let own = findings.filter { $0.check == check }
      #expect(!own.isEmpty, "\(check)")
      for finding in own {
        #expect(finding.holds, "\(check): \(finding.layer ?? "") \(finding.what): \(finding.error)")
      }
    }
    let report = VerificationReport(
      model: "proven", checks: VerificationCheck.allCases, findings: findings)
    #expect(report.holds)
    #expect(report.text(all: false).hasSuffix("all \(findings.count) comparisons hold.\n"))
    #expect(!report.text(all: true).contains("FAILS"))
  }

  /// Protects from alarms of a loss that is nearly 0: log(1 + 5e-5) has lost four of its digits in any
  /// precision, and so has its gradient, softmax - 1.
  @Test func certainLoss() throws {
    let text = """
      model certain {
        input x: [6]
        target label: class(2)
        h = x | dense(1)
        certain = h + 10
        other = x | dense(1)
        logits = concat(certain, other)
        loss softmax_cross_entropy(logits, label, ignore: 1)
      }
      training { batch 6 optimizer sgd(lr: 0.1) }
      """
    let findings = try Self.verifier(text, compiler: .find(named: nil)).run()
    for finding in findings where !finding.holds {
      Issue.record("\(finding.check): \(finding.layer ?? "") \(finding.what): \(finding.error)")
    }
    // What is off by far more than these digits is still seen.
    #expect(findings.allSatisfy { $0.allowed < 0.05 })
  }

  /// Protects optimizers that take a parameter as a whole, schedules of a momentum, several losses,
  /// targets of real numbers and data that are scaled.
  @Test(arguments: [
    "lamb(lr: 0.01)", "muon(lr: 0.01)\n  optimizer adamw(lr: 0.01) on *.bias, *.gamma, *.beta",
    "adamw(lr: 0.01)\n  schedule one_cycle", "nadam(lr: 0.01)\n  accumulate 2\n  average ema(0.5)",
  ])
  func otherTrainings(_ optimizer: String) throws {
    let text = """
      model other {
        input x: [6]
        target value: [2]
        target value2: [5]
        h = x | dense(5) | batchnorm | silu
        y = h | dense(2)
        loss mean_squared_error(y, value) + 0.5 * huber(h, value2) + l2(0.01) on *.weight
      }
      training {
        batch 6
        optimizer \(optimizer)
        data scale(1/4, of: all)
      }
      """
    let findings = try Self.verifier(text, compiler: .find(named: nil)).run()
    for finding in findings where !finding.holds {
      Issue.record("\(finding.check): \(finding.layer ?? "") \(finding.what): \(finding.error)")
    }
  }

  /// A change of the C, in which plans it is made, and the check that must see it.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let check: VerificationCheck
    let change: String
    /// What a plan's C has, or has not, where it is changed.
    var has = ""
    var hasNot = "changed everywhere"

    var testDescription: String { "\(check): \(change)" }
  }

  static let mistakes = [
    Mistake(check: .formulas, change: "s/(real)0.28125 \\* x/(real)0.5 * x/"),
    Mistake(
      check: .slopes, change: "s/(real)0.28125 \\* dy/(real)0.5 * dy/",
      has: "struct parameters \\*gradients"),
    Mistake(
      check: .fusion, change: "s/(real)0.28125 \\* dy/(real)0.5 * dy/",
      hasNot: "struct parameters \\*gradients"),
    Mistake(
      check: .precision, change: "s/(real)0.28125 \\* dy/(real)0.3125 * dy/",
      has: "typedef float real"),
    Mistake(check: .statistics, change: "s/(real)0.8125/(real)0.8/"),
    Mistake(check: .optimizer, change: "s/{\"learning_rate\", 0.0625}/{\"learning_rate\", 0.125}/"),
    Mistake(check: .lanes, change: "s/y\\[at\\] = masked(/y[at] += masked(/"),
    // A short batch's other lanes then count in the statistics.
    Mistake(check: .formulas, change: "s/return lane < active;/return lane < LANES;/"),
  ]

  /// Protects the checks' power: a compiler that changes one place of the C on its way is found out by
  /// the check that is for it.
  @Test(arguments: mistakes)
  func findsMistakes(_ mistake: Mistake) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/bnc-verify-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let script = """
      #!/bin/sh
      for f in "$@"; do
        case $f in
          *.c) if grep -q '\(mistake.has)' "$f" && ! grep -q '\(mistake.hasNot)' "$f"; then
            sed -i '\(mistake.change)' "$f"
          fi ;;
        esac
      done
      exec "${BNC_CC:-clang}" "$@"
      """
    let compiler = "\(folder)/cc"
    try script.write(toFile: compiler, atomically: true, encoding: .utf8)
    chmod(compiler, 0o755)
    let verifier = try Self.verifier(
      Self.text, compiler: .find(named: compiler), cache: folder + "/cache")
    let findings = try verifier.run([mistake.check])
    #expect(findings.contains { !$0.holds }, "\(mistake.check)")
    let report = VerificationReport(model: "proven", checks: [mistake.check], findings: findings)
    #expect(report.text(all: false).contains(" comparisons do not hold.\n"))
  }
}
