import Diagnostics
import IR
import Operators
import Testing
@testable import Language

@Suite struct ExplanationTests {
  /// Protects the explanations: the wrong example has the diagnostic, the right one has not.
  @Test(arguments: DiagnosticCode.allCases)
  func examples(_ code: DiagnosticCode) {
    let explanation = Explanation.of(code)
    #expect(check(whole(explanation.wrong)).diagnostics.contains { $0.code == code })
    let mended = check(whole(explanation.right)).diagnostics
    #expect(!mended.contains { $0.code == code })
    // A block that nothing uses is all that is left to say about the examples of blocks.
    #expect(mended.codes.allSatisfy { $0 == .unusedBlock || $0 == .unusedValue })
  }

  /// Protects `bnc explain WORD`: every word says what it takes.
  @Test func words() throws {
    let text = try #require(Topics.text(about: "conv", in: .standard))
    for key in ["channels", "kernel", "stride", "padding", "bias"] { #expect(text.contains(key)) }
    for loss in [
      "linear_regression(value, target, reduction: mean)",
      "binary_cross_entropy(value, target, positive_weight: 1, reduction: mean)", "l2(factor)",
    ] {
      #expect(
        try #require(Topics.text(about: "loss", in: .standard)).contains("  \(loss)\n"))
    }
    for (word, says) in [
      ("target", "class(count, shape: none)"), ("optimizer", "sgd(lr: 0.01, momentum: 0, "),
      ("schedule", "cosine(end: 0, warmup: 0, per: step)"), ("cosine", "whole number"),
      ("initialize", "pytorch\n"),
      ("data", "scale(factor, of: bytes)"), ("batch", "default 64"), ("epochs", "whole number"),
    ] {
      #expect(try #require(Topics.text(about: word, in: .standard)).contains(says))
    }
    #expect(Topics.text(about: "nothing", in: .standard) == nil)
    #expect(Topics.nearest(to: "btachnorm", in: .standard) == "batchnorm")
    for code in DiagnosticCode.allCases {
      #expect(Topics.list(of: .standard).contains(code.rawValue))
    }
  }

  /// Protects the words of the training block: each that starts an entry is explained, with every word
  /// that can follow it, and what is not said has its word from the library.
  @Test func settings() throws {
    let library = Library.standard
    for setting in SettingTable.all {
      let text = try #require(Topics.text(about: setting.name, in: library), "\(setting.name)")
      #expect(text.contains("in the training block: "))
      guard case .call(let signatures) = setting.form else { continue }
      for signature in signatures(library) { #expect(text.contains("  \(signature.usage)\n")) }
      if let word = setting.fallback(library) {
        #expect(signatures(library).contains { $0.keyword == word })
      }
    }
    let augment = try #require(Topics.text(about: "augment", in: library))
    #expect(augment.hasPrefix("augment NAME, or augment NAME on NAMES\n"))
    #expect(Topics.nearest(to: "augmnet", in: library) == "augment")
  }

  /// A model around an example that is only a part of one.
  private func whole(_ example: String) -> String {
    if example.hasPrefix("model") { return example }
    let isStatement =
      !["training", "block", "include"].contains { example.hasPrefix($0) } && example != ""
    let statements = isStatement ? example : "y = x | relu"
    let uses = statements.contains("y =") ? "y" : "x"
    return """
      \(isStatement ? "" : example)
      model m {
      input x: [3, 8, 8]
      target t: class(10)
      \(statements)
      logits = \(uses) | flatten | dense(10)
      loss softmax_cross_entropy(logits, t)
      }
      """
  }
}
