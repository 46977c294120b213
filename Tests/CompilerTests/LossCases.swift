extension Case {
  /// Each loss in the forms that its kernels tell apart, and what a loss adds for parameters.
  static let losses = [
    Case(
      "penalties", target: "class(3)",
      loss: "softmax_cross_entropy(y, t) + l2(0.3) + l1(0.2) on dense*.weight, *.bias",
      "y = x | dense(4) | batchnorm | relu | dense(3)"),
    Case(
      "penalties_sum", target: "[3]",
      loss: "mean_squared_error(y, t, reduction: sum) + l1(0.2) on *.gamma",
      "y = x | dense(4) | batchnorm | relu | dense(3)"),
    Case(
      "smoothed", target: "class(3)", loss: "softmax_cross_entropy(y, t, label_smoothing: 0.2)",
      "y = x | dense(4) | relu | dense(3)"),
    Case(
      "weighted_classes", target: "class(3)",
      loss: "softmax_cross_entropy(y, t, weights: [0.5, 2, 1.3], ignore: 1)",
      "y = x | dense(4) | tanh | dense(3)"),
    Case(
      "weighted_sum", target: "class(3)",
      loss: "softmax_cross_entropy(y, t, weights: [0.5, 2, 1.3], reduction: sum)",
      "y = x | dense(3)"),
    Case(
      "probabilities", target: "[3]",
      loss: "softmax_cross_entropy(y, t, label_smoothing: 0.1, weights: [1, 2, 3])",
      "y = x | dense(3)"),
    Case(
      "segments", input: "[2, 5, 4]", target: "class(3, shape: [4, 3])",
      loss: "softmax_cross_entropy(y, t, weights: [1, 2, 0.5], ignore: 2, label_smoothing: 0.1)",
      "y = x | conv(5, kernel: 2) | batchnorm | relu | conv(3, kernel: 1)"),
    Case(
      "segment_probabilities", input: "[2, 5, 4]", target: "[3, 4, 3]",
      loss: "softmax_cross_entropy(y, t)", "y = x | conv(3, kernel: 2)"),
    Case(
      "mean_squared", target: "[3]", loss: "mean_squared_error(y, t)",
      "y = x | dense(4) | sigmoid | dense(3)"),
    Case(
      "mean_absolute", target: "[3]", loss: "mean_absolute_error(y, t, reduction: sum)",
      "y = x | dense(4) | sigmoid | dense(3)"),
    Case(
      "huber_values", target: "[3]", loss: "huber(y, t, delta: 0.7)",
      "y = x | dense(4) | tanh | dense(3)"),
    Case(
      "smooth_values", target: "[3]", loss: "smooth_l1(y, t, beta: 0.4, reduction: sum)",
      "y = x | dense(4) | tanh | dense(3)"),
    Case(
      "hinge_classes", target: "class(2)", loss: "hinge(y, t, margin: 1.5)",
      "y = x | dense(4) | tanh | dense(1)"),
    Case(
      "hinge_images", input: "[2, 5, 4]", target: "[3, 4, 3]", loss: "hinge(y, t)",
      "y = x | conv(3, kernel: 2)"),
    Case(
      "divergence", target: "[3]", loss: "kl_divergence(y, t)", "y = x | dense(4) | tanh | dense(3)"
    ),
    Case(
      "divergence_of_logs", target: "[3]",
      loss: "kl_divergence(y, t, log_target: true, reduction: sum)", "y = x | dense(3)"),
    Case(
      "binary_logits", target: "[2]",
      loss: "binary_cross_entropy_with_logits(y, t, positive_weight: 3)", "y = x | dense(2)"),
    Case(
      "binary_weighted", target: "class(2)",
      loss: "binary_cross_entropy(y, t, positive_weight: 0.3, reduction: sum)",
      "y = x | dense(1) | sigmoid"),
  ]
}
