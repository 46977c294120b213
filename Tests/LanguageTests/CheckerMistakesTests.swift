import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// What the checker reports beyond the cases of `Tests/GoldenTests/Cases/Diagnostics`.
@Suite struct CheckerMistakesTests {
  /// Protects against cascades: what depends on a mistake is not reported.
  @Test(arguments: [
    "a = x | cnov(3) | dense(10) | conv(3, kernel: 99)\ny = a + x | relu",
    "y = a | relu\nb = a | relu\na = x | conv(3)",
    "y = x | conv(3, kernel: (2) | dense(4)",
    "y = x | b(1/0)",
  ])
  func oneMistakeOneReport(_ statements: String) {
    let (model, diagnostics) = checkStatements(
      statements, before: "block b(k) { out = in | conv(k, kernel: k) | dense(k) }")
    #expect(model == nil)
    #expect(Set(diagnostics.codes).count == diagnostics.codes.count)
    #expect(diagnostics.codes.count <= 2)
  }

  /// Protects against a list in the place of a value being passed over, and a model with it from
  /// being made of nothing.
  @Test(arguments: [
    ("add(x, [1, 2])", "'add' takes values of the network, and this is [1, 2]"),
    ("x | multiply([1, 2])", "'multiply' takes values of the network, and this is [1, 2]"),
    ("relu([1, 2])", "'relu' takes values of the network, and this is [1, 2]"),
    ("concat(x, [1, n])", "'concat' takes values of the network, and this is [1, n]"),
    ("conv([1, 2], 8, kernel: 3)", "'conv' takes values of the network, and this is [1, 2]"),
  ])
  func listsAreNoValues(_ pipeline: String, _ message: String) {
    let (model, diagnostics) = checkStatements("const n = 2\ny = \(pipeline)")
    #expect(model == nil)
    #expect(diagnostics.map(\.message) == [message])
  }

  /// Protects optimizers from numbers that mean nothing together, or that would hold a mean at 0.
  @Test(arguments: [
    ("sgd(dampening: 0.1)", "'dampening' needs a momentum above 0, and here it is 0"),
    (
      "sgd(nesterov: true)",
      "'nesterov' needs a momentum above 0 and no dampening, and here they are 0 and 0"
    ),
    (
      "momentum(nesterov: true, dampening: 0.5)",
      "'nesterov' needs a momentum above 0 and no dampening, and here they are 0.9 and 0.5"
    ),
    ("adam(beta1: 1)", "'beta1' must be smaller than 1, or the mean stays 0"),
    ("adamw(beta2: 1)", "'beta2' must be smaller than 1, or the mean stays 0"),
    ("nadam(beta1: 1)", "'beta1' must be smaller than 1, or the mean stays 0"),
    ("rmsprop(alpha: 1)", "'alpha' must be smaller than 1, or the mean stays 0"),
    ("lion(beta2: 1)", "'beta2' must be smaller than 1, or the mean stays 0"),
    ("adamw(weight_decay: -1)", "'weight_decay' takes a number of at least 0, and this is -1"),
    (
      "adam optimizer adam(rate: -1) on *.bias",
      "'rate' takes a number of at least 0, and this is -1"
    ),
    (
      "adam optimizer adam(rate: 2, lr: 1) on *.bias",
      "'rate' says the same as lr, which is given too"
    ),
    (
      "sgd(lr: 0) optimizer adam on *.bias",
      "'lr' cannot be 0.001 for some parameters where it is 0 for all"
    ),
    ("sgd clip norm(0)", "'max' takes a number of at least 1e-30, and this is 0"),
    ("sgd average ema(1)", "'decay' must be smaller than 1, or the average never moves"),
    (
      "sgd average lookahead(k: 0)",
      "'k' takes a whole number from 1 to 1000000000, and this is 0"
    ),
    ("sgd accumulate 0", "'accumulate' takes a whole number from 1 to 65536, and this is 0"),
    // It takes over nesterov from the one for all.
    (
      "momentum(nesterov: true) optimizer momentum(momentum: 0) on *.bias",
      "'nesterov' needs a momentum above 0 and no dampening, and here they are 0 and 0"
    ),
  ])
  func optimizers(_ call: String, _ message: String) {
    let (model, diagnostics) = check(
      """
      model m {
        input x: [4]
        target label: class(3)
        y = x | dense(3)
        loss softmax_cross_entropy(y, label)
      }
      training { optimizer \(call) }
      """)
    #expect(model == nil)
    #expect(diagnostics.codes == [.outOfRange])
    #expect(diagnostics.map(\.message) == [message])
  }

  /// Protects means over what classes count from 'accumulate', which does not know in a pass what they
  /// will be over; sums are fine.
  @Test(arguments: [("mean", [DiagnosticCode.lossMismatch]), ("sum", [])])
  func accumulatedClassWeights(_ reduction: String, _ codes: [DiagnosticCode]) {
    let (_, diagnostics) = check(
      """
      model m {
        input x: [4]
        target label: class(3)
        y = x | dense(3)
        loss softmax_cross_entropy(y, label, weights: [1, 2, 3], reduction: \(reduction))
      }
      training { accumulate 2 }
      """)
    #expect(diagnostics.codes == codes)
  }

  /// Protects what an optimizer for some parameters takes over: from one of the same kind all that
  /// it does not say, wherever that stands, and from another kind nothing.
  @Test func optimizersForSome() throws {
    let (model, diagnostics) = check(
      """
      const half = 0.5
      model m {
        input x: [4]
        target label: class(3)
        y = x | dense(5) | relu | dense(3)
        loss softmax_cross_entropy(y, label)
      }
      training {
        optimizer adamw(weight_decay: 0.25) on *.bias
        optimizer adamw(rate: half) on dense2.*
        optimizer sgd on dense2.weight
        optimizer adamw(lr: 0.125, weight_decay: 0, beta1: 0.75)
      }
      """)
    #expect(diagnostics.codes.isEmpty)
    let found = try #require(model)
    let numbers = found.training.namedOptimizers.map { named in
      Dictionary(
        uniqueKeysWithValues: named.optimizer.hyperparameters.map { ($0.key, $0.value) })
    }
    #expect(
      numbers == [
        ["lr": 0.125, "beta1": 0.75, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.25],
        ["lr": 0.0625, "beta1": 0.75, "beta2": 0.999, "eps": 1e-8], ["lr": 0.01],
      ])
    #expect(found.training.namedOptimizers.map(\.rate) == [1, 0.5, 0.08])
    let indices = [0, 2].flatMap { layer in
      [.weight, .bias].map { found.optimizerIndex(of: $0, in: layer) }
    }
    #expect(indices == [0, 1, 3, 2])
  }

  /// Protects mistakes that stand by themselves from a statement that cannot be read: a name that
  /// it cannot have given is still reported, and one that it may have given is not.
  @Test(arguments: [
    ("@ $", ["invalid-character", "invalid-character", "unknown-name"]),
    ("z + x", ["unknown-statement"]),
    ("1z = x | relu", ["invalid-number"]),
    ("input 1z: [1]", ["invalid-number"]),
  ])
  func namesBesideUnreadText(_ unread: String, _ codes: [String]) {
    let (_, diagnostics) = checkStatements("\(unread)\ny = z | relu")
    #expect(diagnostics.codes.map(\.rawValue) == codes)
  }

  /// Protects names that are words of C or that C reserves: they are names like any other, and a
  /// name of the model's own cannot collide with one that was counted out.
  @Test func namesOfC() throws {
    let (model, diagnostics) = checkStatements(
      "int = x | relu as main\ny = int | conv(3, kernel: 1) as __x | relu as struct")
    #expect(diagnostics.codes.isEmpty)
    #expect(try #require(model).layers.map(\.name).prefix(3) == ["main", "__x", "struct"])
  }

  /// Protects numbers of layers: naming one does not rename the others.
  @Test func ordinalsCountNamedLayers() throws {
    let (model, _) = checkStatements("y = x | relu | relu as middle | relu")
    #expect(try #require(model).layers.map(\.name).prefix(3) == ["relu1", "middle", "relu3"])
  }

  /// Protects `unused-value`: layers that the loss does not depend on are left out, and what stays
  /// keeps its name and its operands.
  @Test func unusedLayersAreLeftOut() throws {
    let (model, diagnostics) = checkStatements("h = x | relu\ny = x | relu")
    #expect(diagnostics.codes == [.unusedValue])
    let found = try #require(model)
    #expect(found.layers.map(\.name) == ["relu2", "flatten1", "dense1"])
    #expect(found.layers.map(\.operands) == [[.input(0)], [.result(of: 0)], [.result(of: 1)]])
    #expect(found.losses[0].operand == .result(of: 2))
  }

  /// Protects the conventions of other frameworks, and that other keys override them.
  @Test func conventions() throws {
    let (model, _) = checkStatements("y = x | batchnorm(momentum: 0.5, like: mxnet)")
    var expected = BatchNorm(Framework.mxnet.convention, fixGamma: true)
    expected.convention.momentum = 0.5
    #expect(try #require(model).layers[0].op == AnyOperation(expected))
  }

  /// Protects windows: a pool moves by its own size, and `same` keeps the image's size.
  @Test func windows() throws {
    let (model, _) = checkStatements(
      "y = x | maxpool(3, padding: 1) | conv(4, kernel: 6/2, padding: same)")
    let layers = try #require(model).layers
    #expect(
      layers[0].op
        == AnyOperation(MaxPool(sizes: WindowSizes(kernel: [3], stride: nil, padding: .cells([1]))))
    )
    #expect(layers[1].shape == Shape([4, 3, 3]))
    #expect(
      layers[1].op
        == AnyOperation(Convolution(channels: 4, sizes: WindowSizes(kernel: [3], padding: .same))))
  }

  /// Protects the limit on a batch: what fits one example may not fit a batch.
  @Test func batchTimesTensor() {
    let (model, diagnostics) = checkStatements(
      "y = x | relu", before: "training { batch 65536 }")
    #expect(model != nil && diagnostics.codes.isEmpty)
    let large = check(
      """
      training { batch 65536 }
      model m { input x: [1, 256, 256] target t: class(2)
      y = x | flatten | dense(2) loss softmax_cross_entropy(y, t) }
      """)
    #expect(large.model == nil)
    #expect(Set(large.diagnostics.codes) == [.tooLarge])
  }

  /// Protects whoever mistypes a loss: the help has the value and the target in it, too.
  @Test(arguments: ["form: sum", "sum"])
  func usageOfALoss(_ argument: String) {
    let (_, diagnostics) = check(
      """
      model m { input x: [3] target t: [3]
      loss linear_regression(x, t, \(argument)) }
      """)
    #expect(
      diagnostics.first?.help?.contains("'linear_regression(value, target, reduction: mean)'")
        == true)
  }

  /// Protects files of outputs from one name for two tensors: the value that the loss reads, and
  /// another value's layer. A value within the model, and a layer whose result the value is, are
  /// told apart.
  @Test(arguments: [
    ("y = x | relu as logits", "duplicate-name"),
    ("h = x | relu as logits | sigmoid\ny = h | relu", "duplicate-name"),
    ("h = x | relu as h\ny = h | relu", nil),
    ("stem = x | relu as stem | sigmoid\ny = stem | relu", nil),
    ("left_out = x | relu as logits\ny = x | relu", "unused-value"),
  ])
  func outputNamedLikeAnotherLayer(_ statements: String, _ code: String?) {
    let (_, diagnostics) = checkStatements(statements)
    #expect(diagnostics.codes.map(\.rawValue).first == code)
  }
}
