import Diagnostics
import IR
import Operators
import Testing

@testable import Language

@Suite struct CheckerTests {
  /// Protects the reference network: names, shapes, operators and training settings.
  @Test func referenceModel() throws {
    let (model, diagnostics) = check(referenceText)
    #expect(diagnostics.codes.isEmpty)
    let found = try #require(model)
    #expect(
      found.layers.map(\.name) == [
        "conv1", "batchnorm1", "relu1", "avgpool1", "conv2", "batchnorm2", "relu2", "avgpool2",
        "flatten1", "dense1", "batchnorm3", "relu3", "dense2",
      ])
    #expect(
      found.layers.map(\.shape.description) == [
        "[20, 26, 26]", "[20, 26, 26]", "[20, 26, 26]", "[20, 13, 13]", "[50, 9, 9]", "[50, 9, 9]",
        "[50, 9, 9]", "[50, 4, 4]", "[800]", "[128]", "[128]", "[128]", "[10]",
      ])
    #expect(found.losses[0].reduction == .sum)
    #expect(found.training.dataScale == 1.0 / 255)
    #expect(found.training.optimizer == .sgd(learningRate: 0.001))
    #expect(found.training.initializer == AnyInitializer(NormalInitializer(deviation: 0.01)))
  }

  /// Protects the three biases before batch norms: each is remarked on, as a note only.
  @Test func inertBiases() {
    let notes = check(referenceText).diagnostics.filter { $0.severity == .note }
    #expect(notes.map(\.code) == [.inertBias, .inertBias, .inertBias])
  }

  /// Protects the precedence: `a + b | relu` is the relu of the sum.
  @Test func sumsBindTighterThanPipes() throws {
    let (model, diagnostics) = checkStatements(
      """
      a = x | conv(4, kernel: 1)
      b = x | conv(4, kernel: 1)
      y = a + b | relu
      """)
    #expect(diagnostics.codes.isEmpty)
    let found = try #require(model)
    #expect(found.layers.map(\.name).prefix(4) == ["conv1", "conv2", "add1", "relu1"])
    #expect(found.layers[2].operands == [.result(of: 0), .result(of: 1)])
    #expect(found.layers[3].operands == [.result(of: 2)])
    #expect(found.layers[3].valueName == "y")
  }

  /// Protects arithmetic: numbers are worked out, and one beside a value is part of its layer.
  @Test func arithmetic() throws {
    let (model, diagnostics) = checkStatements(
      """
      a = 1 - x * (3 / 2 + 1)
      y = -a / 4 - subtract(a, x) as last | multiply(2)
      """)
    #expect(diagnostics.codes.isEmpty)
    let found = try #require(model)
    let formulas = found.layers.map { "\($0.name): \($0.op.base.formula)" }
    #expect(
      formulas.prefix(7) == [
        "multiply1: y = x * 2.5", "subtract1: y = 1 - x", "multiply2: y = x * (-1)",
        "divide1: y = x / 4", "subtract2: y = a - b", "last: y = a - b", "multiply3: y = x * 2",
      ])
  }

  /// Protects names of what takes several values by itself, as of an operator.
  @Test func nameOfACall() throws {
    let (model, diagnostics) = checkStatements(
      """
      a = concat(x, x) as joined
      y = add(a, a) as doubled | relu
      """)
    #expect(diagnostics.codes.isEmpty)
    let found = try #require(model).layers
    #expect(found.map(\.name).prefix(3) == ["joined", "doubled", "relu1"])
    #expect(found[0].valueName == "a")
    // A name alone, a group and a product with one make no layer to be named.
    for pipeline in ["x as first", "(x | relu) as first", "-concat(x, x) as first"] {
      #expect(
        checkStatements("y = \(pipeline) | relu").diagnostics.codes.first != nil, "\(pipeline)")
    }
  }

  /// Protects the numbers of a block: where no value has the name, a term can be one.
  @Test func numbersOfABlock() throws {
    let (model, diagnostics) = checkStatements(
      "y = x | mixed(0.25)",
      before: "block mixed(part) { out = part * in + (1 - part) * (in | relu) }")
    #expect(diagnostics.codes.isEmpty)
    let formulas = try #require(model).layers.map(\.op.base.formula)
    #expect(
      formulas.prefix(4) == ["y = 0.25 * x", "y = x <= 0 ? 0 : x", "y = 0.75 * x", "y = a + b"])
  }

  /// Protects blocks: expanded once a use, names with the use's name before them.
  @Test func blocks() throws {
    let (model, diagnostics) = checkStatements(
      "y = x | residual(3) | residual(3, kernel: 5) as second",
      before: """
        block residual(channels, kernel: 3) {
          y = in | conv(channels, kernel: kernel, padding: same) | relu
            | conv(channels, kernel: kernel, padding: same) as last
          out = in + y | relu
        }
        """)
    #expect(diagnostics.codes.isEmpty)
    let found = try #require(model)
    #expect(
      found.layers.map(\.name).prefix(10) == [
        "residual1_conv1", "residual1_relu1", "residual1_last", "residual1_add1", "residual1_relu2",
        "second_conv1", "second_relu1", "second_last", "second_add1", "second_relu2",
      ])
    #expect(
      found.layers[5].op
        == AnyOperation(
          Convolution(channels: 3, sizes: WindowSizes(kernel: [5], padding: .same))))
  }
}
