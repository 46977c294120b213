import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// What `frozen` is about.
@Suite struct FrozenSyntaxTests {
  /// The frozen parameters of a model of `statements`: `conv1.weight`.
  private func frozen(_ statements: String, before: String = "") throws -> [String] {
    let (model, diagnostics) = checkStatements(statements, before: before)
    #expect(diagnostics.codes.isEmpty)
    let found = try #require(model)
    return found.layers.indices.flatMap { index in
      found.parameters(of: index).filter(\.isFrozen).map {
        "\(found.layers[index].name).\($0.name)"
      }
    }
  }

  /// Protects each place that `frozen` can stand at, what is within it, and nothing else.
  @Test func places() throws {
    let block = "block b { h = in | conv(3, kernel: 1) out = h | relu | batchnorm }"
    #expect(
      try frozen("y = x | conv(3, kernel: 1) frozen as first | conv(3, kernel: 1)")
        == ["first.weight", "first.bias"])
    #expect(
      try frozen("y = x | b | b frozen(weight, beta) as second | b", before: block)
        == ["second_conv1.weight", "second_batchnorm1.beta"])
    #expect(
      try frozen("y = x | repeat 2 { batchnorm frozen(gamma) | conv(3, kernel: 1) } | relu")
        == ["batchnorm1.gamma", "batchnorm2.gamma"])
    #expect(
      try frozen("y = x | repeat 2 as r { batchnorm } frozen | batchnorm")
        == [
          "r1_batchnorm1.gamma", "r1_batchnorm1.beta", "r2_batchnorm1.gamma",
          "r2_batchnorm1.beta",
        ])
    #expect(
      try frozen(
        "h = x | batchnorm\ny = (h | conv(3, kernel: 1, bias: false) | relu) frozen | batchnorm")
        == ["conv1.weight"])
  }

  /// Protects a repetition that is none in one use of a block: there is nothing to freeze there,
  /// and in another use there is.
  @Test func noRepetition() throws {
    let block = "block b(n) { out = in | relu | repeat n - 1 { batchnorm } frozen }"
    #expect(
      try frozen("y = x | b(1) | b(2)", before: block)
        == ["b2_batchnorm1.gamma", "b2_batchnorm1.beta"])
  }

  /// Protects the note on a bias that does not learn: a frozen one is not said to.
  @Test func inertBias() {
    let (_, diagnostics) = checkStatements(
      "y = x | conv(3, kernel: 1) frozen | batchnorm | conv(3, kernel: 1) frozen(weight) | batchnorm"
    )
    #expect(diagnostics.map(\.code) == [.inertBias])
  }

  /// Protects the warning of a model that cannot learn, which says why.
  @Test func allFrozen() {
    let (_, diagnostics) = check(
      """
      model m { input x: [3] target t: class(3)
      y = x | dense(3) frozen loss softmax_cross_entropy(y, t) }
      """)
    #expect(diagnostics.codes == [.nothingToLearn])
    #expect(diagnostics[0].message.contains("frozen"))
  }
}
