import Diagnostics
import Testing

@testable import Language

/// The tree of `text`, printed, and what is wrong with it.
private func parse(_ text: String) -> (tree: String, diagnostics: [Diagnostic]) {
  let (syntax, diagnostics) = Frontend.parse(SourceFile(name: "test.bn", text: text))
  return (SyntaxText.describe(syntax), diagnostics)
}

@Suite struct ParserTests {
  /// Protects the grammar: sums, groups, names, arguments, products.
  @Test func tree() {
    let (tree, diagnostics) = parse(
      "model m { y = (a | relu as r) + b as s | conv(2*c/-3, kernel: 1,) as k }")
    #expect(diagnostics.isEmpty)
    #expect(
      tree == """
        model m
          value y
            sum as s
              group
                read a
                | relu as r
              read b
            | conv(2 * c/-3, kernel: 1) as k

        """)
  }

  /// Protects the strength of operators between values, numbers and signs.
  @Test func arithmetic() {
    let (tree, diagnostics) = parse("model m { y = 1 - -a * b / 255 - (c | relu) as s | tanh }")
    #expect(diagnostics.isEmpty)
    #expect(
      tree == """
        model m
          value y
            sum as s
              1
              minus product
                negative read a
                read b
                over 255
              minus group
                read c
                | relu
            | tanh

        """)
  }

  /// Protects recovery: each mistake is reported once, and what follows it is read.
  @Test func recovery() {
    let (tree, diagnostics) = parse(
      """
      model m {
        input x: [1, , 2]
        target t class(10)
        a = x | conv(20, , kernel: 3) | relu
        b = | relu
        c = x | relu relu
        d = x | relu
        loss softmax_cross_entropy(d, t
      }
      training {
        batch
        epochs 10
      }
      """)
    #expect(diagnostics.map(\.range.lower.line) == [2, 3, 4, 5, 6, 8, 12])
    #expect(
      tree == """
        model m
          input x: ?
          target t: ?
          value a
            read x
            | conv(20, kernel: 3, ?)
            | relu
          value b
            ?
          value c
            read x
            | relu
          value d
            read x
            | relu
          loss softmax_cross_entropy(d, t, ?)
        training
          batch epochs

        """)
  }

  /// Protects against misspelt words costing what follows them.
  @Test func misspeltWords() {
    let (tree, diagnostics) = parse("modle m { inptu x: [3] tagret t: [1] } trainig { batch 3 }")
    #expect(diagnostics.map(\.code) == Array(repeating: .unknownStatement, count: 4))
    #expect(tree.hasPrefix("model m\n  input x: [3]\n  target t: [1]\ntraining\n  batch 3\n"))
  }

  /// Protects the closing of what is open: the message points at the opening sign.
  @Test(arguments: ["model m {", "model m { y = (x", "model m { y = x | f(3", "training { batch 3"])
  func unclosed(_ text: String) {
    #expect(parse(text).diagnostics.contains { $0.code == .unclosedBracket })
  }
}
