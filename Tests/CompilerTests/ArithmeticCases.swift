extension Case {
  /// Operators between values and numbers, of one shape and of several.
  static let arithmetic = [
    Case(
      "arithmetic", input: "[2, 5, 4]", batch: 5, reduction: "mean",
      """
      a = x | conv(3, kernel: 2) | tanh
      b = x | conv(3, kernel: 2) | sigmoid
      c = a * b - 0.5 * a / (b + 1) | tanh
      d = (1 - b) * c / 3 - a as difference
      e = multiply(a, a) / (d * d + b) | relu
      y = -d * multiply(b, 2) * (1/8) + e + divide(1, b) | subtract(0.25) | flatten
      """),
    Case(
      "gates", input: "[3, 5, 5]", batch: 5, reduction: "mean",
      """
      a = x | conv(3, kernel: 3, padding: 1) | tanh | scale_shift
      b = a | avgpool(5) | conv(3, kernel: 1) | sigmoid
      c = a * b | relu
      d = x | flatten | dense(3) | sigmoid
      e = d - c
      f = a / (b + d) + b * x
      y = e * f * (x | flatten | dense(3) | gelu) | flatten
      """),
    Case(
      "constants", input: "[2, 7, 6]", batch: 5, reduction: "mean",
      """
      a = x / 255 | multiply(300) | conv(3, kernel: 2) | subtract(1) | conv(3, kernel: 1) | multiply(0.5)
      b = 2 - a | batchnorm | divide(4) | maxpool(2) | subtract(0.5) | flatten
      c = b | dense(4) | multiply(-2) | dense(4) | add(1)
      y = 10 / (c * c + 5) + 3 * c
      """),
  ]
}
