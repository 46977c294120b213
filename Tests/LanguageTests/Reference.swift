import Diagnostics
import IR
import Language
import Operators

/// The reference model, as among the examples; the tests here depend on the language alone.
let referenceText = """
  # The reference network: two convolutions, one hidden layer, batch norm after each.
  model mnist_cnn {
    input  image: [1, 28, 28]
    target digit: class(10)

    h = image
      | conv(20, kernel: 3) | batchnorm | relu | avgpool(2)
      | conv(50, kernel: 5) | batchnorm | relu | avgpool(2)
      | flatten
      | dense(128) | batchnorm | relu
    logits = h | dense(10)

    loss softmax_cross_entropy(logits, digit, reduction: sum)
  }

  training {
    batch 64
    epochs 10
    optimizer sgd(lr: 0.001)
    initialize normal(0.01)
    data scale(1/255)
  }

  """

/// What checking `text` finds, as `test.bn`, the only file there is.
func check(_ text: String) -> (model: Model?, diagnostics: [Diagnostic]) {
  let reader = FileReader(
    identity: { $0 },
    read: { .failure(Failure("there is no such file", path: $0)) })
  let source = Frontend.including(SourceFile(name: "test.bn", text: text), reader)
  return Frontend.check(source, library: .standard)
}

/// What checking a model with `statements` finds, where `x` is an image of 3 x 8 x 8, `t` one of
/// ten classes, and `y`, if the statements make it, what the loss reads.
func checkStatements(
  _ statements: String, before: String = ""
) -> (model: Model?, diagnostics: [Diagnostic]) {
  check(
    """
    \(before)
    model m {
    input x: [3, 8, 8]
    target t: class(10)
    \(statements)
    logits = y | flatten | dense(10)
    loss softmax_cross_entropy(logits, t)
    }
    """)
}

extension [Diagnostic] {
  /// The codes of the errors and warnings, in the order of the file.
  var codes: [DiagnosticCode] { filter { $0.severity != .note }.map(\.code) }
}
