import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// Other values for the settings of a model's text.
@Suite struct ModelSettingsTests {
  private static let text = """
    # Kept.
    const width = 8
    model m {
      input x: [3]
      target t: class(4)
      const rate = 0.1
      y = x | dense(width) | relu | dropout(rate) | dense(4)
      loss softmax_cross_entropy(y, t)
    }
    training {
      batch 16  # of these
      optimizer adam(lr: 0.01, beta2: 0.9)
      optimizer adam(lr: 0.5) on *.bias
      schedule multi_step([3, 4])
      augment noise(0.1)
      augment noise(0.2)
    }
    """

  private func edit(
    _ values: [(String, String)], in text: String = Self.text
  ) throws -> String {
    try Frontend.setting(
      values.map { .init(name: $0.0, value: $0.1) }, in: SourceFile(name: "m.bn", text: text),
      library: .standard
    ).text
  }

  /// Protects each way in which a setting can stand in a text: a number, an argument by its place, by
  /// its key or not at all, an entry as a whole or not at all, a constant of the file or of the model;
  /// the comments stay, and the entry for some parameters stays as it is.
  @Test(arguments: [
    ("batch", "32", "  batch 32  # of these"),
    ("lr", "1e-3", "  optimizer adam(lr: 1e-3, beta2: 0.9)"),
    ("beta2", "0.99", "  optimizer adam(lr: 0.01, beta2: 0.99)"),
    ("optimizer.eps", "1e-6", "  optimizer adam(lr: 0.01, beta2: 0.9, eps: 1e-6)"),
    ("schedule.warmup", "5", "  schedule multi_step([3, 4], warmup: 5)"),
    ("milestones", "[5,6]", "  schedule multi_step([5, 6])"),
    ("schedule", "cosine(end:0.1)", "  schedule cosine(end: 0.1)"),
    ("epochs", "3", "  epochs 3"),
    ("average", "ema", "  average ema"),
    ("initialize", "orthogonal", "  initialize orthogonal"),
    ("initialize.slope", "0.2", "  initialize he(slope: 0.2)"),
    ("width", "2 * 8", "const width = 2 * 8"),
    ("const.rate", "0.25", "  const rate = 0.25"),
  ])
  func edits(_ name: String, _ value: String, _ line: String) throws {
    let text = try edit([(name, value)])
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.contains(line), "\(text)")
    #expect(lines.contains("# Kept.") && lines.contains("  optimizer adam(lr: 0.5) on *.bias"))
    let source = SourceFile(name: "m.bn", text: text)
    #expect(!Frontend.check(source, library: .standard).diagnostics.hasErrors, "\(text)")
    let said = try Frontend.statements(of: [name], in: source, library: .standard)
    #expect(said.count == 1 && line.contains(said[0]))
  }

  /// Protects several values at once: an entry as a whole goes before what is said of it, whatever the
  /// order they are given in.
  @Test func editsSeveral() throws {
    let text = try edit([("momentum", "0.9"), ("optimizer", "sgd"), ("batch", "4"), ("lr", "0.2")])
    #expect(text.contains("  optimizer sgd(momentum: 0.9, lr: 0.2)\n"))
    #expect(text.contains("  batch 4  # of these\n"))
  }

  /// Protects models that say little: the block is made, or added to on its only line.
  @Test(arguments: ["", "training {}", "training { batch 8 }", "training { # none\n}"])
  func editsAlmostNothing(_ block: String) throws {
    let model = """
      model m {
        input x: [3]
        target t: class(4)
        y = x | dense(4)
        loss softmax_cross_entropy(y, t)
      }
      \(block)
      """
    let text = try edit([("lr", "0.5"), ("epochs", "2")], in: model)
    #expect(text.contains("  optimizer sgd(lr: 0.5)\n") && text.contains("  epochs 2\n"))
    let (found, diagnostics) = Frontend.check(
      SourceFile(name: "m.bn", text: text), library: .standard)
    #expect(diagnostics.isEmpty && found?.training.epochs == 2)
  }

  /// Protects the user from a setting that is none, or may be several, and the text from anything else
  /// than a value.
  @Test func refuses() throws {
    func message(_ name: String, _ value: String = "1") throws -> String {
      let failure = #expect(throws: Failure.self) { try edit([(name, value)]) }
      return try #require(failure).description
    }
    #expect(try message("bacth").contains("did you mean 'batch'?"))
    #expect(try message("momentum").contains("its settings are batch, accumulate, "))
    #expect(try message("deviation").contains("several settings of the model\nhelp: give the one"))
    for value in ["", "0.1)", "1 epochs 3", "}", "\"x\"", "0.1, 0.2", "é", "3x"] {
      #expect(try message("batch", value).contains(" is no value for 'batch'"), "\(value)")
    }
    for value in ["1", "sgd(", "sgd on *.bias", "sgd(lr: 1) clip norm(1)"] {
      #expect(try message("optimizer", value).contains(" is no value for 'optimizer'"), "\(value)")
    }
  }

  /// Protects a model of several files: as one it is the same model, and constants of an included file
  /// can be set.
  @Test func flattens() throws {
    let files = [
      "parts/blocks.bn": """
      # Not a part of it.
      include "sizes.bn"
      block unit(n) { out = in | dense(n) | relu }
      model other { input a: [1] }
      """,
      "parts/sizes.bn": "const width = 6",
    ]
    let text = """
      include "parts/blocks.bn"  # these
      include "parts/sizes.bn"
      model m {
        input x: [3]
        target t: class(4)
        y = x | unit(width) | dense(4)
        loss softmax_cross_entropy(y, t)
      }
      """
    let source = Frontend.including(
      SourceFile(name: "m.bn", text: text),
      FileReader(
        identity: { $0 },
        read: { path in
          files[path].map(Result.success) ?? .failure(Failure("is not there", path: path))
        }))
    let flat = Frontend.flattened(source)
    #expect(flat.included.isEmpty && !flat.text.contains("include"))
    let whole = try #require(Frontend.check(source, library: .standard).model)
    let model = try #require(Frontend.check(flat, library: .standard).model)
    // But for where it says what.
    func described(_ model: Model) -> String {
      ModelText.describe(model).replacing(#/  line [0-9]+( of an included file)?/#, with: "")
    }
    #expect(described(model) == described(whole))
    #expect(try edit([("width", "7")], in: flat.text).contains("const width = 7"))
  }
}
