import IR
import Operators

/// A model that puts one thing to the test.
struct Case: Sendable, CustomStringConvertible {
  let name: String
  let text: String

  var description: String { name }

  /// A model over `input` of these statements, the last of which makes `y`; a dense layer of three
  /// classes follows.
  init(
    _ name: String, input: String, batch: Int, reduction: String = "sum", _ statements: String,
    training: String = ""
  ) {
    self.name = name
    text = """
      model \(name) {
        input x: \(input)
        target label: class(3)
        \(statements)
        logits = y | dense(3)
        loss softmax_cross_entropy(logits, label, reduction: \(reduction))
      }
      training {
        batch \(batch)
        \(training)
      }
      """
  }

  /// A model over `input` whose `y` is what `loss` is taken of.
  init(
    _ name: String, input: String = "[5]", target: String, loss: String, _ statements: String,
    training: String = ""
  ) {
    self.name = name
    text = """
      model \(name) {
        input x: \(input)
        target t: \(target)
        \(statements)
        loss \(loss)
      }
      training {
        batch 6
        \(training)
      }
      """
  }
}

extension Case {
  /// Each operator in the forms that its kernels tell apart. No batch is a multiple of the lanes,
  /// and channel counts are primes, which no tile divides.
  static let operators: [Case] =
    windows + arithmetic + moves + parts + several + [
      Case(
        "normalized_input", input: "[3, 5, 7]", batch: 6,
        "y = x | conv(5, kernel: 3, padding: 1) | batchnorm | relu | flatten",
        training: "data normalize(mean: [0.5, -0.25, 2], std: [0.5, 2, 0.25])"),
      Case(
        "augmented", input: "[2, 7, 6]", batch: 5,
        "y = x | conv(3, kernel: 3) | batchnorm | relu | dropout(0.2) | flatten",
        training: augmentations),
      Case(
        "conventions", input: "[3, 5, 4]", batch: 5,
        """
        y = x | batchnorm(like: pytorch) | tanh | batchnorm(like: keras) | normalize(like: onnx)
          | sigmoid | batchnorm(like: mxnet) | normalize(like: gluon) | elu | batchnorm(like: onnx)
          | normalize(like: pytorch) | tanh | batchnorm(like: gluon) | normalize(like: mxnet) | elu
          | normalize(like: keras) | sigmoid
          | normalize(running_variance: unbiased, start: standard) | flatten
        """),
      Case(
        "sequence", input: "[3, 11]", batch: 5,
        "y = x | batchnorm | relu | scale_shift | tanh | flatten"),
      Case(
        "running_statistics", input: "[2, 7, 6]", batch: 5,
        """
        a = x | batchnorm(statistics: running) | conv(3, kernel: 3)
          | batchnorm(statistics: running) | relu | maxpool(2)
        b = a | conv(4, kernel: 1) | normalize(statistics: running, eps_on: deviation) | gelu | batchnorm | flatten
        y = b | dense(5) | batchnorm(statistics: running, fix_gamma: true) | tanh
        """),
      Case(
        "four_axes", input: "[2, 3, 2, 5]", batch: 3,
        "y = x | tanh | batchnorm | relu | scale_shift | flatten"),
      Case("convolution", input: "[2, 7, 6]", batch: 5, "y = x | conv(3, kernel: 3) | flatten"),
      Case(
        "convolution_strided", input: "[3, 9, 8]", batch: 5,
        "y = x | conv(5, kernel: 4, stride: 2, padding: 3) | conv(2, kernel: 3, stride: 3, padding: 1, bias: false) | flatten"
      ),
      Case(
        "convolution_pointwise", input: "[5, 4, 3]", batch: 3, reduction: "mean",
        "y = x | conv(7, kernel: 1) | conv(3, kernel: 1, stride: 2) | flatten"),
      Case(
        "convolution_wide", input: "[1, 5, 23]", batch: 3,
        "y = x | conv(17, kernel: 5, padding: 2) | maxpool(5) | flatten"),
      Case(
        "dense", input: "[7]", batch: 11, "y = x | dense(13) | relu | dense(5, bias: false)"),
      Case(
        "batch_norms", input: "[2, 5, 5]", batch: 7, reduction: "mean",
        """
        y = x | batchnorm(momentum: 0.7) | conv(3, kernel: 2)
              | batchnorm(affine: false, eps: 0.01, running_variance: unbiased) | relu
              | conv(3, kernel: 2) | batchnorm(fix_gamma: true, start: standard) | avgpool(2)
              | flatten | batchnorm(eps_on: deviation, eps: 0.1)
              | dense(4) | batchnorm(momentum: 0.5) | relu
        """),
      Case(
        "halves", input: "[3, 4, 4]", batch: 6,
        "y = x | normalize | scale_shift | relu | maxpool(2) | flatten | scale_shift | normalize(eps: 0.1) | sigmoid"
      ),
      Case(
        "pools", input: "[3, 9, 7]", batch: 5,
        "y = x | avgpool(3, stride: 2, padding: 1) | maxpool(3, stride: 1, padding: 1) | avgpool(2, stride: 1) | maxpool(2) | flatten"
      ),
      Case(
        "fused_pools", input: "[2, 11, 10]", batch: 5,
        "y = x | batchnorm | relu | maxpool(2) | batchnorm | avgpool(2, stride: 3) | flatten"),
      Case(
        "shared", input: "[2, 5, 5]", batch: 5,
        """
        a = x | conv(3, kernel: 3, padding: same)
        b = a | batchnorm | relu
        c = a + b | relu
        y = c + a | maxpool(2) | flatten
        """),
      Case(
        "regression", target: "[3]", loss: "linear_regression(y, t, reduction: mean)",
        "y = x | dense(4) | sigmoid | dense(3)"),
      Case(
        "binary_values", target: "[2]", loss: "binary_cross_entropy(y, t, reduction: mean)",
        "y = x | dense(2) | sigmoid"),
      Case(
        "binary_classes", target: "class(2)", loss: "binary_cross_entropy(y, t, reduction: sum)",
        "y = x | dense(4) | batchnorm | relu | dense(1) | sigmoid"),
      Case(
        "binary_images", input: "[2, 5, 4]", target: "[3, 4, 3]",
        loss: "binary_cross_entropy(y, t, reduction: mean)",
        "y = x | conv(3, kernel: 2) | batchnorm | sigmoid"),
      Case(
        "binary_pools", input: "[2, 5, 5]", target: "[3]",
        loss: "binary_cross_entropy(y, t, reduction: mean)",
        "y = x | conv(3, kernel: 2) | sigmoid | avgpool(4) | flatten"),
    ] + losses + movedTargets

  /// Each function of one number alone, after a convolution, a dense layer, a batch norm with and
  /// without a pool, a sum, and itself.
  static let activations = Library.standard.operations.filter {
    (try? $0.make(Arguments()).activation) != nil
  }.map { definition in
    let word = definition.signature.keyword
    return Case(
      word, input: "[2, 7, 6]", batch: 5, reduction: "mean",
      """
      a = x | \(word) | conv(3, kernel: 2) | \(word) | conv(3, kernel: 1) | batchnorm | \(word)
      b = a | conv(3, kernel: 1) | batchnorm(start: standard) | \(word) | maxpool(2) | flatten
      c = a | conv(3, kernel: 3, padding: 1) | batchnorm | \(word) | avgpool(2) | flatten
      y = b + c | \(word) | dense(4, bias: false) | \(word) | \(word)
      """)
  }

  /// Weights that no cache holds: passes and groups at a batch of 30, the host's products at 130.
  static let large = Case("large", input: "[40]", batch: 130, largeStatements)
  static let largeOfShortBatch = Case("large", input: "[40]", batch: 30, largeStatements)
  private static let largeStatements =
    "y = x | dense(1030) | tanh | dense(1041) | relu"

  /// The reference network, scaled down.
  static let network = Case(
    "network", input: "[1, 14, 14]", batch: 7,
    """
    y = x
      | conv(5, kernel: 3) | batchnorm | relu | avgpool(2)
      | conv(7, kernel: 3) | batchnorm | relu | avgpool(2)
      | flatten
      | dense(11) | batchnorm | relu
    """)

  /// All operators in one model, and sizes that cut every kind of work into several tasks.
  static let everything = Case(
    "everything", input: "[3, 31, 29]", batch: 21, reduction: "mean",
    """
    a = x | relu | batchnorm | conv(7, kernel: 3, padding: 1) | batchnorm(running_variance: unbiased) | relu | maxpool(2)
    b = a | conv(7, kernel: 5, padding: 2, bias: false) | normalize(eps_on: deviation) | scale_shift
    c = a | conv(7, kernel: 1) | batchnorm(fix_gamma: true, start: standard) | sigmoid
    d = a + b | relu
    e = c + d | conv(11, kernel: 4, stride: 2, padding: 3) | avgpool(3, stride: 2, padding: 1)
    y = e | maxpool(2, stride: 1) | scale_shift | batchnorm(affine: false) | avgpool(2) | flatten
          | dense(23) | batchnorm | relu
    """)

  /// Dense layers that are large beside the cache of `PlanOptions.smallCache`.
  static let wideDense = Case(
    "wide_dense", input: "[300]", batch: 130,
    "y = x | batchnorm | dense(70) | tanh | dense(290) | relu | dense(77)")

  /// Convolutions whose images are large beside the cache of `PlanOptions.cache(65536)`: whole
  /// rows, a window of one number, strides. Nothing has a kink, which float would take on the other
  /// side.
  static let largeImages = Case(
    "large_images", input: "[20, 32, 32]", batch: 26,
    """
    y = x
      | conv(18, kernel: 3, padding: 1) | batchnorm | sigmoid | slice(channels, start: 2)
      | conv(20, kernel: 1) | sigmoid
      | conv(17, kernel: 5, stride: 2, padding: 2) | batchnorm | sigmoid
      | avgpool(16) | flatten
    """)

  /// Gradients that are the same number at every place of an image.
  static let longSums = Case(
    "long_sums", input: "[2, 101, 101]", batch: 11,
    """
    a = x | conv(2, kernel: 3, padding: 1) | avgpool(101)
    b = x | scale_shift | avgpool(101)
    c = x | batchnorm | avgpool(101)
    y = a + b + c | flatten
    """)

  /// What the layout of an inference tells apart: a flattened image that more than weights read, a
  /// value of which layers read different parts, an image as the output of all, one pixel, batch
  /// norms that can be folded into nothing.
  static let shapes = Case(
    "shapes", input: "[3, 9, 7]", batch: 4,
    """
    a = x | conv(9, kernel: 3, padding: 1)
    b = a | relu | avgpool(2) | batchnorm | sigmoid | normalize
    c = a | conv(9, kernel: 1) | relu | maxpool(2) | scale_shift
    d = b + c | relu
    e = a | maxpool(2) | conv(9, kernel: 3, stride: 3, padding: 2) | scale_shift | batchnorm | relu
    f = d | flatten | batchnorm | relu
    g = e | flatten
    h = x | flatten | dense(19, bias: false) | normalize | scale_shift
    i = f | dense(19)
    j = g | dense(19)
    k = j + h | relu
    l = a | flatten | dense(19)
    y = k + i + l
    """)

  /// Work that an inference shares among threads.
  static let wide = Case(
    "wide", input: "[5, 19, 21]", batch: 2,
    """
    y = x | conv(37, kernel: 5, padding: 2) | batchnorm | relu | conv(41, kernel: 1)
          | conv(23, kernel: 3, stride: 2) | flatten | dense(67) | relu
    """)
}
