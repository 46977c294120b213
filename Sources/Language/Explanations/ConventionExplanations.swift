// Diagnostics about words that mean something else in another framework.
extension Explanation {
  static let momentumConvention = Explanation(
    text: """
      'momentum' is the weight of the old running value, as in MXNet, Keras and ONNX. PyTorch's is the \
      weight of the new one: its 0.1 is 0.9 here, and 'like: pytorch' alone sets that. A small momentum \
      makes the running statistics those of the last batches. Where that is meant, write the conventions \
      without 'like': 'running_variance: unbiased, start: standard'.
      """,
    wrong: "y = x | batchnorm(like: pytorch, momentum: 0.1)",
    right: "y = x | batchnorm(like: pytorch, momentum: 0.9)")

  static let paddingConvention = Explanation(
    text: """
      'padding: same' puts half of the kernel on every side, as PyTorch does with the number. Keras and \
      TensorFlow pad only as much as the stride needs, the odd row and column after the image: a kernel \
      of 3 at stride 2 over an even side has its windows one cell further. Results, and weights that \
      were trained there, differ. This is a note, as the number of windows is the same.
      """,
    wrong: "y = x | conv(8, kernel: 3, stride: 2, padding: same)",
    right: "y = x | conv(8, kernel: 3, stride: 2, padding: 1)")

  static let doubleSoftmax = Explanation(
    text: """
      'softmax_cross_entropy' takes logits, any numbers, and makes probabilities of them itself, as \
      PyTorch's CrossEntropyLoss does. A softmax of probabilities is never far from even: no class can \
      get more than e times the share of another, the loss stays high, and its gradient small. For \
      probabilities as the network's output, take the softmax of what it says afterwards.
      """,
    wrong: """
      model m { input x: [3] target t: class(3)
      y = x | dense(3) | softmax loss softmax_cross_entropy(y, t) }
      """,
    right: """
      model m { input x: [3] target t: class(3)
      y = x | dense(3) loss softmax_cross_entropy(y, t) }
      """)

  static let noProbability = Explanation(
    text: """
      'binary_cross_entropy' is of probabilities, and 'kl_divergence' of their logarithms, as PyTorch's \
      BCELoss and KLDivLoss are. What a dense layer, a convolution, a relu or a tanh makes is neither: of numbers \
      below 0 or above 1 the first has no logarithm and stays at 100, and the second falls without end.
      """,
    wrong: """
      model m { input x: [3] target t: [2]
      y = x | dense(2) loss binary_cross_entropy(y, t) }
      """,
    right: """
      model m { input x: [3] target t: [2]
      y = x | dense(2) | sigmoid loss binary_cross_entropy(y, t) }
      """)

  static let noLogit = Explanation(
    text: """
      'binary_cross_entropy_with_logits' takes the sigmoid of what it reads by itself, as PyTorch's \
      BCEWithLogitsLoss does: 0 is a probability of a half. Of numbers that are never below 0, as a \
      sigmoid or a relu makes them, no probability is below a half, and no loss of a target of 0 below \
      log 2. 'hinge' puts the classes on the two sides of 0, and 'softmax_cross_entropy' of numbers from \
      0 to 1 gives no class more than e times the share of another.
      """,
    wrong: """
      model m { input x: [3] target t: [2]
      y = x | dense(2) | sigmoid loss binary_cross_entropy_with_logits(y, t) }
      """,
    right: """
      model m { input x: [3] target t: [2]
      y = x | dense(2) loss binary_cross_entropy_with_logits(y, t) }
      """)

  static let windowLeftOut = Explanation(
    text: """
      'ceil: true' adds a last window that reaches past the image and its padding. One that would start in \
      the padding behind would see no number at all, and is left out, as PyTorch leaves it out: along that \
      axis 'ceil' changes nothing. This is a note, as the result may be what is wanted.
      """,
    wrong: "y = x | maxpool(2, stride: 3, padding: 1, ceil: true)",
    right: "y = x | maxpool(2, stride: 3, padding: 1)")
}
