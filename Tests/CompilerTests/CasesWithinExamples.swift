extension Case {
  /// The operators that work within each example: learned slopes, softmax,
  /// normalizations, and dropout.
  static let withinExamples = [
    Case(
      "prelu", input: "[3, 5, 4]", batch: 5,
      """
      y = x | prelu | conv(5, kernel: 2) | prelu(slopes: channels) | batchnorm | relu
            | prelu(start: -0.5) | flatten | prelu(slopes: channels) | dense(4) | tanh
            | prelu | sigmoid | scale_shift
      """),
    Case(
      "slopes_of_stores", input: "[3, 9, 8]", batch: 5,
      """
      a = x | conv(17, kernel: 3, padding: 1) | prelu(slopes: channels)
            | conv(17, kernel: 3, padding: 1, groups: 17) | prelu(start: -0.5)
            | conv(18, kernel: 3, padding: 1, bias: false) | batchnorm | prelu(slopes: channels)
            | conv_transpose(9, kernel: 3, stride: 2) | prelu(slopes: channels) | maxpool(2)
            | prelu | conv(4, kernel: 1) | batchnorm | prelu
      b = a | conv(4, kernel: 1) | prelu
      c = b + a | prelu(slopes: channels) | conv(4, kernel: 3, groups: 2) | prelu(slopes: channels)
            | normalize | scale_shift | prelu(slopes: channels) | normalize | scale_shift | gelu
      y = c | flatten | dense(9) | prelu(slopes: channels) | dense(4) | prelu
      """),
    Case(
      "slopes_of_norms", input: "[4, 6, 5]", batch: 5,
      """
      a = x | group_norm(2) | prelu(slopes: channels) | conv(5, kernel: 2) | layer_norm | prelu(slopes: channels)
      b = a | conv(4, kernel: 1) | rms_norm(over: channels) | prelu
      y = b | conv(3, kernel: 2) | instance_norm(affine: true) | prelu(slopes: channels) | flatten
      """),
    Case(
      "softmaxes", input: "[3, 5, 4]", batch: 5, reduction: "mean",
      """
      a = x | conv(5, kernel: 2) | tanh | softmax
      b = x | conv(5, kernel: 2) | relu | log_softmax(axis: 2) | sigmoid
      c = a + b | softmax(axis: -1) | flatten | dense(4) | gelu | log_softmax
      y = c | dense(7) | softmax(axis: 1)
      """),
    Case(
      "layer_norms", input: "[3, 7, 5]", batch: 5,
      """
      a = x | layer_norm | conv(5, kernel: 2) | tanh | layer_norm(over: channels) | gelu
      b = a | layer_norm(over: 1, eps: 0.1) | relu | layer_norm(over: 2, affine: false) | silu
      c = a | rms_norm | sigmoid | rms_norm(over: channels) | gelu
            | rms_norm(over: 1, affine: false)
      y = b + c | maxpool(2) | flatten | dense(11) | layer_norm | relu | dense(7) | rms_norm
      """),
    Case(
      "group_norms", input: "[6, 5, 7]", batch: 7, reduction: "mean",
      """
      y = x | group_norm(3) | conv(8, kernel: 3) | group_norm(2) | relu | conv(3, kernel: 2)
            | instance_norm | relu | instance_norm(affine: true, eps: 0.01) | tanh
            | group_norm(3, affine: false) | avgpool(2) | flatten | group_norm(1)
      """),
    Case(
      "dropouts", input: "[3, 7, 5]", batch: 11,
      """
      a = x | dropout(0.3) | conv(5, kernel: 2) | gelu | channel_dropout(0.4) | relu
      b = a | conv(6, kernel: 1) | relu | dropout(0.2) | batchnorm | tanh | dropout(0)
      y = b | flatten | dropout(0.5) | dense(7) | dropout(0.1) | channel_dropout(0.25) | tanh
      """),
    Case(
      "sequences", input: "[4, 9]", batch: 5,
      """
      y = x | layer_norm(over: channels) | prelu(slopes: channels) | group_norm(2) | softmax(axis: 2)
            | instance_norm(affine: true) | channel_dropout(0.3) | rms_norm(over: 1) | layer_norm
            | log_softmax | dropout(0.2) | flatten
      """),
    Case(
      "four_axes", input: "[4, 3, 2, 5]", batch: 3,
      """
      y = x | layer_norm(over: 3) | prelu(slopes: channels) | group_norm(2) | softmax(axis: 3)
            | instance_norm | channel_dropout(0.3) | rms_norm(over: channels) | log_softmax(axis: -1)
            | layer_norm | dropout(0.2) | flatten
      """),
    // A factor before each of what makes gradients: its slope multiplies all of a gradient.
    Case(
      "factors", input: "[2, 8, 8]", batch: 5,
      """
      a = x | conv(4, kernel: 3) | multiply(-3) | log_softmax | multiply(0.5) | prelu | divide(0.25)
        | softmax(axis: 2) | multiply(3) | layer_norm | multiply(-2) | pad(1) | multiply(0.5)
      b = a | conv(3, kernel: 3) | multiply(-2) | batchnorm | divide(-0.5) | maxpool(2) | multiply(3)
        | upsample(2) | multiply(0.5) | rms_norm | multiply(-2) | slice(2, start: 1, end: 4) | multiply(0.5)
      y = b | flatten | multiply(-3) | dense(4) | multiply(0.5) | log_softmax
      """),
    Case("softmax_of_input", input: "[6]", batch: 3, "y = x | log_softmax | softmax"),
  ]
}
