import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// Constants, arithmetic and the defaults of parameters.
@Suite struct ConstantTests {
  /// The convolutions of a model of `statements`: their output channels.
  private func channels(_ statements: String, before: String = "") throws -> [Int] {
    let (model, diagnostics) = checkStatements(statements, before: before)
    #expect(diagnostics.codes.isEmpty)
    return try #require(model).layers.filter { $0.op.base is Convolution }.map(\.shape.channels)
  }

  /// Protects the arithmetic: products before sums, from left to right, parentheses, signs, and
  /// quotients of decimals that come out even but for the rounding of doubles.
  @Test(arguments: [
    ("2 + 3 * 4", 14), ("(2 + 3) * 4", 20), ("20 - 8 - 4", 8), ("48/4/3", 4), ("2 * -3 + 10", 4),
    ("10-2", 8), ("-(2 - 5) * 2", 6), ("1.1 * 10", 11), ("0.29 * 100", 29), ("0.35 * 20", 7),
    ("1/3 * 3", 1), ("((((7))))", 7), ("0.1 + 0.2 + 2.7", 3),
  ])
  func arithmetic(_ value: String, _ expected: Int) throws {
    #expect(try channels("y = x | conv(\(value), kernel: 1)") == [expected])
  }

  /// Protects small numbers from being taken for whole ones.
  @Test func smallNumbersStay() throws {
    let (model, _) = check(
      referenceText.replacing("sgd(lr: 0.001)", with: "sgd(lr: 2 * 1e-20 + (1 - 1) * 5)"))
    #expect(try #require(model).training.optimizer == .sgd(learningRate: 2e-20))
  }

  /// Protects a quotient that is not whole: an error that shows the value.
  @Test func quotientsAreWhole() {
    let (model, diagnostics) = checkStatements("const n = 30\ny = x | conv(n/4, kernel: 1)")
    #expect(model == nil)
    #expect(
      diagnostics.map(\.message) == [
        "'channels' takes a whole number from 1 to 65536, and this is 7.5"
      ])
  }

  /// Protects where constants hold: those of the file everywhere, those of a block or a model
  /// there; a parameter or an inner constant hides an outer one of its name.
  @Test func scopes() throws {
    let before = """
      const width = 4
      const double = 2 * width
      block b(width) { const half = width/2 out = in | conv(half, kernel: 1) | conv(double, kernel: 1) }
      block c { out = in | conv(width, kernel: 1) }
      """
    #expect(
      try channels("const double = 32\ny = x | b(12) | c | conv(double, kernel: 1)", before: before)
        == [6, 8, 4, 32])
  }

  /// Protects a key's own words from constants of the same name: a block with a parameter `channels` can
  /// still say that something is for each channel, or along them.
  @Test func wordsOfKeys() throws {
    let before = """
      block unit(channels) {
        out = in | conv(channels, kernel: 3, padding: same) | prelu(slopes: channels)
          | layer_norm(over: channels) | softmax(axis: channels)
      }
      """
    let (model, diagnostics) = checkStatements("y = x | unit(2) | unit(9)", before: before)
    #expect(diagnostics.codes.isEmpty, "\(diagnostics)")
    let layers = try #require(model).layers
    let slopes = layers.indices.filter { layers[$0].op.base.keyword == "prelu" }.map {
      model?.parameters(of: $0).map(\.elementCount)
    }
    #expect(slopes == [[2], [9]])
    let words = layers.flatMap(\.op.base.attributes).filter {
      $0.name == "over" || $0.name == "axis" || $0.name == "padding"
    }
    #expect(words.map(\.value).filter { $0 == "channels" }.count == 4, "\(words)")
  }

  /// Protects constants in shapes, targets and the training block, and those that are words or
  /// flags.
  @Test func everywhere() throws {
    let (model, diagnostics) = check(
      """
      const side = 8
      const classes = 5
      const size = 16
      const biased_layers = false
      const framework = keras
      model m {
        input x: [3, side, side + 2]
        target t: class(classes)
        y = x | conv(2, kernel: 3, bias: biased_layers) | batchnorm(like: framework) | flatten
          | dense(classes)
        loss softmax_cross_entropy(y, t)
      }
      training {
        batch size
        epochs size + 2
        optimizer sgd(lr: 1/size)
      }
      """)
    #expect(diagnostics.codes.isEmpty)
    let found = try #require(model)
    #expect(found.inputs[0].shape == Shape([3, 8, 10]))
    #expect(found.targets[0].kind == .classes(count: 5))
    #expect(found.parameters(of: 0).map(\.name) == ["weight"])
    #expect(found.layers[1].op.normalization?.momentum == 0.99)
    #expect(found.training.batch == 16)
    #expect(found.training.epochs == 18)
    #expect(found.training.optimizer == .sgd(learningRate: 1.0 / 16))
  }

  /// Protects lists as constants and defaults, with what they hold worked out.
  @Test func lists() throws {
    let (model, diagnostics) = checkStatements(
      "const sizes = [width + 1, 2]\ny = x | b | b([1, 1])",
      before: "const width = 2\nblock b(k: [width, 2 * width]) { out = in | c(k) }\n"
        + "block c(k) { const n = k out = in | relu }")
    #expect(diagnostics.codes.isEmpty)
    #expect(model != nil)
    let (_, early) = checkStatements("const a = [1, b]\nconst b = 3\ny = x | relu")
    #expect(early.codes == [.usedBeforeDefinition])
  }

  /// Protects defaults: they read the parameters before them, constants, and the channels that come
  /// in.
  @Test func defaults() throws {
    let before = """
      const expansion = 6
      block b(channels, factor: expansion, hidden: factor * in_channels, last: hidden + channels) {
        out = in | conv(hidden, kernel: 1) | conv(last, kernel: 1)
      }
      """
    #expect(
      try channels("y = x | b(4) | b(4, factor: 2) | b(4, last: 5)", before: before)
        == [18, 22, 44, 48, 288, 5])
  }

  /// Protects constants and parameters that are used before they are known, each reported once.
  @Test(arguments: [
    ("", "const a = b\nconst b = 3"), ("", "const a = a + 1"),
    ("block b(k: c, c: 3) { out = in | conv(c, kernel: k) }", ""),
    ("block b(k: k) { out = in | conv(3, kernel: k) }", ""),
    ("const n = 2 * (m - 1)\nconst m = 3", ""),
  ])
  func usedEarly(_ before: String, _ statements: String) {
    let (model, diagnostics) = checkStatements(
      "\(statements)\ny = x | relu", before: before)
    #expect(model == nil)
    #expect(diagnostics.codes == [.usedBeforeDefinition])
  }

  /// Protects the names of constants: given once a scope, and none that a key takes as a word.
  @Test(arguments: [
    ("const a = 1\nconst a = 2", DiagnosticCode.duplicateName),
    ("const same = 1", .reservedWord), ("const biased = false", .reservedWord),
    ("const model = 1", .reservedWord), ("const a = 1 2", .unexpectedToken),
    ("const a", .unexpectedToken), ("const a = 1/0", .divisionByZero),
    ("const a = 1e308 * 10", .invalidNumber), ("const a = (1 + 2", .unclosedBracket),
    ("const a = 3 +", .unexpectedToken),
  ])
  func mistakes(_ statement: String, _ code: DiagnosticCode) {
    let (model, diagnostics) = checkStatements("\(statement)\ny = x | relu")
    #expect(model == nil)
    #expect(diagnostics.codes == [code])
  }

  /// Protects a parameter and a constant of one name in one block from being mixed up.
  @Test func constantNamedLikeParameter() {
    let (_, diagnostics) = checkStatements(
      "y = x | b(3)", before: "block b(k) { const k = 2 out = in | conv(k, kernel: 1) }")
    #expect(diagnostics.codes == [.duplicateName])
  }

  /// Protects the time that thousands of mistakes take: among too many names none is suggested.
  @Test func manyNames() {
    let names = (0...Suggestion.mostCandidates).map { "width\($0)" }
    #expect(Suggestion.closest(to: "widht1", in: names) == nil)
    #expect(Suggestion.closest(to: "widht1", in: Array(names.dropLast())) == "width1")
  }
}
