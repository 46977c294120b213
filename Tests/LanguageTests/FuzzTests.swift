import Diagnostics
import IR
import Operators
import Testing
@testable import Language

/// A small generator with a fixed seed, so that a failure can be repeated (SplitMix64).
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

private let blockText = """
  const w = 4 * (2 - 1)
  block c { const k = w/2 out = in | repeat k - 1 as r { relu | repeat r { tanh } } | b(w, k: 2 * k - 1) }
  block b(c, k: 3) { y = in | conv(c, kernel: k, padding: same) out = in + y as sum | relu }

  """

/// Reads, checks, renders and lays `text` out: none of it may trap.
private func exercise(_ text: String) {
  let source = SourceFile(name: "fuzz.bn", text: text)
  let (model, diagnostics) = Frontend.check(source, library: .standard)
  _ = TextRenderer(source: source, style: .colored).render(diagnostics)
  #expect(throws: Never.self) { try JSONRenderer(source: source).render(diagnostics) }
  #expect((model == nil) == diagnostics.hasErrors)
  if let model {
    _ = ModelText.describe(model)
    let scratch = ValueTable(of: model) { _ in 0 }
    let summary = ModelSummary(model, elementBytes: 4, scratchBytes: 0, scratch: scratch)
    _ = summary.total(\.multiplyAdds)
  }
  if case .success(let once) = Formatter.format(source) {
    let again = Formatter.format(SourceFile(name: "fuzz.bn", text: once))
    #expect((try? again.get()) == once)
  }
}

@Suite struct FuzzTests {
  /// Protects against crashes on any text: the reference model with bytes, tokens and lines
  /// changed.
  @Test(arguments: 0..<8)
  func mutations(_ seed: Int) {
    var generator = Generator(state: UInt64(seed))
    let original = Array((blockText + referenceText).unicodeScalars)
    let spices = Array("(){}[],:=|+-*/#\n\t 0913.eE_aτ\0\u{1B}日").flatMap(\.unicodeScalars)
    let words = [
      "const w = w", "repeat 9999 {", "include \"a.bn\"", "\"", " frozen", "repeat 2 as c { relu }",
      "}", "in_channels", "(w - 4)",
      "model", "block", "training", "as", "in", "out", "b", "1/0", "1e308*1e308", "-1",
    ]
    for _ in 0..<150 {
      var text = original
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<text.count, using: &generator)
        let end = min(text.count, place + Int.random(in: 0...12, using: &generator))
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: text.removeSubrange(place..<end)
        case 1: text.insert(contentsOf: text[place..<end], at: place)
        case 2: text.insert(spices.randomElement(using: &generator)!, at: place)
        case 3:
          let word = words.randomElement(using: &generator)!
          text.insert(contentsOf: " \(word) ".unicodeScalars, at: place)
        default: text[place] = spices.randomElement(using: &generator)!
        }
        if text.isEmpty { text = original }
      }
      var string = String.UnicodeScalarView()
      string.append(contentsOf: text)
      exercise(String(string))
    }
  }

  /// Protects against input made to hurt: nesting, length, huge numbers, many mistakes.
  @Test(arguments: Extreme.all)
  fileprivate func extremes(_ extreme: Extreme) {
    exercise(extreme.text)
  }

  /// Protects against blocks that multiply: each uses the one before it eight times.
  @Test func exponentialBlocks() {
    var text = "block a { out = in | relu }\n"
    for (inner, outer) in zip("abcdefghi", "bcdefghij") {
      text += "block \(outer) { out = in" + String(repeating: " | \(inner)", count: 8) + " }\n"
    }
    let (model, diagnostics) = checkStatements("y = x | j", before: text)
    #expect(model == nil)
    #expect(diagnostics.codes == [.tooLarge])
  }

  /// Protects against blocks nested deeper than the stack reaches.
  @Test func deepBlocks() {
    var text = "block b0 { out = in | relu }\n"
    for index in 1..<3000 { text += "block b\(index) { out = in | b\(index - 1) }\n" }
    let (model, diagnostics) = checkStatements("y = x | b2999", before: text)
    #expect(model == nil)
    #expect(diagnostics.codes == [.nameTooLong])
  }
}

/// A text that is made to hurt, under a name that a report can show.
private struct Extreme: CustomTestStringConvertible, Sendable {
  let name: String
  let text: String

  var testDescription: String { name }

  static let all: [Extreme] = [
    Extreme(name: "parentheses alone", text: String(repeating: "(", count: 100_000)),
    Extreme(
      name: "nested groups", text: "model m { y = " + String(repeating: "(", count: 100_000) + "x"),
    Extreme(
      name: "many layers",
      text: "model m { y = x" + String(repeating: " | relu", count: 20_000) + " }"
    ),
    Extreme(
      name: "a long sum", text: "model m { y = x" + String(repeating: " + x", count: 20_000) + " }"),
    Extreme(
      name: "a long quotient",
      text: "model m { y = x | conv(" + String(repeating: "1/", count: 50_000) + "1) }"),
    Extreme(
      name: "many arguments",
      text: "model m { y = x | conv(" + String(repeating: "k: 1, ", count: 20_000) + ") }"),
    Extreme(
      name: "a huge number",
      text: "model m { input x: [" + String(repeating: "9", count: 10_000) + "] }"),
    Extreme(
      name: "a huge shape",
      text: "model m { input x: [65536, 65536, 65536] y = x | flatten | dense(65536) }"),
    Extreme(
      name: "a long difference",
      text: "model m { y = x | conv(" + String(repeating: "1 - ", count: 50_000) + "1) }"),
    Extreme(
      name: "nested values",
      text: "const a = " + String(repeating: "(", count: 100_000) + "1"),
    Extreme(
      name: "nested repetitions",
      text: "model m { y = x | " + String(repeating: "repeat 2 { ", count: 50_000) + "relu"),
    Extreme(
      name: "many constants",
      text: (0..<5000).map { "const a\($0) = a\($0 + 1)\n" }.joined()),
    Extreme(name: "NUL", text: String(repeating: "\0 ", count: 50_000)),
    Extreme(name: "many models", text: String(repeating: "model m { ", count: 5_000)),
    Extreme(name: "a huge name", text: String(repeating: "a", count: 100_000)),
    Extreme(name: "comments", text: String(repeating: "# c\n", count: 20_000)),
    Extreme(name: "nothing", text: ""),
  ]
}
