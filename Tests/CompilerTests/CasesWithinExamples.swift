extension Case {
  /// The operators that work within each example: learned slopes, softmax.
  static let withinExamples = [
    Case(
      "prelu", input: "[3, 5, 4]", batch: 5,
      """
      y = x | prelu | conv(5, kernel: 2) | prelu(slopes: channels) | batchnorm | relu
            | prelu(start: -0.5) | flatten | prelu(slopes: channels) | dense(4) | tanh
            | prelu | sigmoid | scale_shift
      """),
    Case(
      "softmaxes", input: "[3, 5, 4]", batch: 5, reduction: "mean",
      """
      a = x | conv(5, kernel: 2) | tanh | softmax
      b = x | conv(5, kernel: 2) | relu | log_softmax(axis: 2) | sigmoid
      c = a + b | softmax(axis: -1) | flatten | dense(4) | gelu | log_softmax
      y = c | dense(7) | softmax(axis: 1)
      """),
    Case("softmax_of_input", input: "[6]", batch: 3, "y = x | log_softmax | softmax"),
  ]

  /// Whether there are kernels for an inference of it.
  var infers: Bool { !Self.withinExamples.contains { $0.name == name } }
}
