import Foundation
import IR
import Lowering
import Operators
import Testing

/// The scalar expressions that activations, losses and optimizers are made of.
@Suite struct ScalarExpressionTests {
  private static let activations = Library.standard.operations.compactMap {
    (try? $0.make(Arguments()))?.activation
  }
  private static let points = stride(from: -4.05, through: 4.0, by: 0.31).map { $0 } + [-30, 30]

  /// Protects the derivatives: of every activation, against central differences.
  @Test(arguments: activations)
  func derivatives(_ function: ScalarFunction) {
    let slope = function.body.derivative(by: "x")
    for x in Self.points {
      let h = 1e-6
      let difference =
        (function.body.value(["x": x + h]) - function.body.value(["x": x - h])) / (2 * h)
      #expect(abs(slope.value(["x": x]) - difference) < 1e-8, "\(function.name) at \(x)")
    }
  }

  /// Protects the slopes in terms of the result: where there is one, it is the slope.
  @Test(arguments: activations)
  func slopesOfResults(_ function: ScalarFunction) {
    guard let slope = function.slopeOfResult else { return }
    for x in Self.points {
      let y = function.body.value(["x": x])
      let expected = function.body.derivative(by: "x").value(["x": x])
      #expect(abs(slope.value(["y": y]) - expected) < 1e-12, "\(function.name) at \(x)")
    }
  }

  /// Protects memory: these need only their result, and the others, which are not one to one, their
  /// operand.
  @Test func whoNeedsTheOperand() {
    let names = Self.activations.filter { $0.slopeOfResult != nil }.map(\.name)
    #expect(Set(names) == ["relu", "leaky_relu", "elu", "sigmoid", "tanh"])
  }

  /// Protects the rules of simplification and the derivatives of each function and operator.
  @Test func rules() {
    let (x, y) = (ScalarExpression.variable("x"), ScalarExpression.variable("y"))
    #expect((x * 0 + 1 * y - 0).simplified == y)
    #expect(((x - x) / y).simplified == 0)
    #expect((-(-x) + -y).simplified == x - y)
    #expect(ScalarExpression.select(x <= y, 2, 2).simplified == 2)
    #expect((2 * (3 * x)).simplified == 6 * x)
    #expect((x - 2 - 3).simplified == x - 5)
    let expressions: [ScalarExpression] = [
      .sqrt(x), .log(x), .exp(x), .tanh(x), .sigmoid(x), .softplus(x), .erf(x), .abs(x), -x,
      .sin(3 * x), .cos(3 * x), .floor(x), .floor(x) * x,
      x + x * x, x - 1 / x, x / (1 + x), .power(x, 3), .power(2, x), .max(x, 1), .min(x, 1),
    ]
    for expression in expressions {
      let h = 1e-6
      let at = { (x: Double) in expression.value(["x": x]) }
      let difference = (at(0.7 + h) - at(0.7 - h)) / (2 * h)
      let found = expression.derivative(by: "x").value(["x": 0.7])
      #expect(abs(found - difference) < 1e-8, "\(expression.formula)")
    }
  }

  /// Protects readers: parentheses only where they are needed.
  @Test func formulas() {
    let (x, y) = (ScalarExpression.variable("x"), ScalarExpression.variable("y"))
    #expect((x - (y - 1) * 2).formula == "x - (y - 1) * 2")
    #expect((x - (y - 1)).formula == "x - (y - 1)")
    #expect((x * (y * 2)).formula == "x * y * 2")
    #expect(ScalarExpression.select(x <= 0, 0, x).formula == "x <= 0 ? 0 : x")
    #expect((1 + .select(x < y, x, y)).formula == "1 + (x < y ? x : y)")
    #expect((-(x + y)).formula == "-(x + y)")
  }

  /// Protects networks from a plan that leaves out a bias which the optimizer would move.
  @Test func zeroGradients() throws {
    func optimizer(_ definition: Definition<Optimizer>) throws -> Optimizer {
      try definition.make(Arguments())
    }
    #expect(try optimizer(.sgd).leavesZeroGradientsAlone)
    #expect(try optimizer(.momentum).leavesZeroGradientsAlone)
    #expect(try optimizer(.adam).leavesZeroGradientsAlone)
    let decaying = Optimizer(
      "decaying", hyperparameters: [],
      updates: [.init("p", Optimizer.parameter * 0.99 - Optimizer.gradient)])
    #expect(!decaying.leavesZeroGradientsAlone)
  }
}
