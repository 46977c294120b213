import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// Patterns of parameters' names.
@Suite struct PatternTests {
  /// Protects what a star stands for.
  @Test(arguments: [
    ("conv1.weight", "conv1.weight", true), ("conv1.weight", "conv11.weight", false),
    ("conv*.weight", "conv11.weight", true), ("conv*.weight", "conv1.bias", false),
    ("*.weight", "a_b.weight", true), ("*.*", "a.b", true), ("a*b*.w", "axbxb.w", true),
    ("a*b*.w", "axb.v", false), ("*1.w", "x11.w", true), ("*", "a.b", true), ("", "a", false),
  ])
  func matches(_ pattern: String, _ name: String, _ isMatch: Bool) {
    let start = SourcePosition.start
    let found = ParameterPattern(pattern, at: SourceRange(start, start)).matches(name)
    #expect(found == isMatch)
  }

  /// Protects the last initializer that names a parameter, and the one for all where none does.
  @Test func lastInitializerCounts() throws {
    let model = try #require(
      check(
        """
        model m {
          input x: [6]
          target t: class(2)
          y = x | dense(4) | batchnorm | relu | dense(2)
          loss softmax_cross_entropy(y, t) + l2(0.1) + l1(0.2) on *.gamma, dense2.bias
        }
        training {
          initialize constant(0.5) on *.bias
          initialize xavier
          initialize orthogonal(gain: 2) on dense1.*, dense2.weight
          initialize uniform(-1, 1) on dense2.*
        }
        """
      ).model)
    func start(_ layer: Int) -> [Distribution] {
      model.parameters(of: layer).map { model.start(of: $0, in: layer) }
    }
    #expect(start(0) == [.orthogonal(gain: 2), .constant(0.5)])
    #expect(start(1) == [.constant(1), .constant(0)])
    #expect(start(3) == [.uniform(from: -1, to: 1), .uniform(from: -1, to: 1)])
    #expect(model.penalties.map(\.keyword) == ["l2", "l1"])
    #expect(model.penalties(on: .weight, of: 3).map(\.keyword) == ["l2"])
    #expect(model.penalties(on: .bias, of: 3).map(\.keyword) == ["l1"])
    #expect(model.penalties(on: .bias, of: 0).isEmpty)
  }

  /// Protects products beside patterns: a star between numbers is still a product.
  @Test func starsOfProducts() {
    let kinds = Frontend.tokens(of: SourceFile(name: "a", text: "k*0.5 a*b.c *.c k*2 k.5")).tokens
      .map(\.kind)
    #expect(
      kinds.prefix(5) == [.name, .times, .number, .pattern, .pattern])
  }

  /// An initializer of a weight of 6 inputs and 4 outputs, and what it comes to.
  private static let initializers: [(String, Distribution)] = [
    ("he", normal(2.0 / 6)), ("he(slope: 1)", normal(1.0 / 6)),
    ("he(mode: fan_out)", normal(2.0 / 4)), ("he(distribution: uniform)", uniform(1)),
    ("xavier", uniform(6.0 / 10)), ("xavier(gain: 3)", uniform(54.0 / 10)),
    ("xavier(distribution: normal)", normal(2.0 / 10)), ("lecun", normal(1.0 / 6)),
    ("truncated_normal(0.02)", .truncatedNormal(deviation: 0.02, bound: 0.04)),
    ("truncated_normal(0.02, bound: 2)", .truncatedNormal(deviation: 0.02, bound: 2)),
    ("pytorch", uniform(1.0 / 6)),
  ]

  private static func normal(_ variance: Double) -> Distribution {
    .normal(mean: 0, deviation: variance.squareRoot())
  }

  private static func uniform(_ square: Double) -> Distribution {
    .uniform(from: -square.squareRoot(), to: square.squareRoot())
  }

  /// Protects the distributions of the initializers by fan.
  @Test(arguments: initializers)
  func distributions(_ initializer: String, _ expected: Distribution) throws {
    let text = """
      model m {
        input x: [6]
        target t: class(4)
        y = x | dense(4)
        loss softmax_cross_entropy(y, t)
      }
      training { initialize \(initializer) }
      """
    let model = try #require(check(text).model)
    let declarations = model.parameters(of: 0)
    let found = model.start(of: declarations[0], in: 0)
    switch (found, expected) {
    case (.normal(_, let a), .normal(_, let b)): #expect(abs(a - b) < 1e-15)
    case (.uniform(let a, _), .uniform(let b, _)): #expect(abs(a - b) < 1e-15)
    default: #expect(found == expected)
    }
    let isPyTorch = initializer == "pytorch"
    #expect(model.start(of: declarations[1], in: 0) == (isPyTorch ? found : .constant(0)))
  }
}
