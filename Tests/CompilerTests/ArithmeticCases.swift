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
      "excitation", input: "[2, 7, 7]", batch: 5, reduction: "mean",
      """
      a = x | conv(5, kernel: 3, padding: 1) | batchnorm | relu
      s = a | global_avgpool | dense(2) | relu | dense(5) | sigmoid | reshape([5, 1, 1])
      y = a * s | relu | flatten
      """),
    Case(
      "axes", input: "[3, 5, 4]", batch: 5, reduction: "mean",
      """
      a = x | conv(3, kernel: 1) | relu
      b = x | conv(1, kernel: 1) | gelu
      c = a * b - (x | slice(2, end: 1)) | tanh
      d = c * (x | slice(3, end: 1) | slice(channels, end: 1)) / (2 + b * b)
      e = b - (x | flatten | dense(3))
      y = d + e * (x | flatten | dense(1)) | flatten
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

  /// Numbers in other places: along each axis of values of one to four, in each mode.
  static let moves = [
    Case(
      "moves", input: "[4, 5, 7]", batch: 5, reduction: "mean",
      """
      a = x | conv(4, kernel: 3, padding: 1) | tanh
      b = a | transpose([3, 1, 2]) | sigmoid | slice(2, start: 1, end: 4, step: 2)
      c = a | gelu | part(2, of: 2) | reshape([7, 2, infer])
      d = concat(b, c, b, axis: -2) | pad([0, 1, 2], after: [1, 0, 0], value: -0.5)
      e = d | part(1, of: [3, 5]) | conv(2, kernel: 1) | relu | transpose([channels, 3, 2])
      f = e | flatten
      g = x | flatten
      y = concat(f, g)
      """),
    Case(
      "resampling", input: "[2, 5, 4]", batch: 5, reduction: "mean",
      """
      a = x | conv(3, kernel: 2) | tanh | upsample([2, 3]) | conv(2, kernel: 1) | sigmoid
      b = a | upsample(size: [5, 11], mode: bilinear) | pad(2, mode: reflect)
      c = a | gelu | upsample(size: [13, 9], mode: bilinear, align_corners: true)
      d = a | pad([0, 1, 2], after: [0, 3, 0], mode: edge) | maxpool(3) | upsample(size: [1, 1])
      e = b | relu | pad([1, 0, 3], after: 0, mode: reflect) | avgpool(3) | flatten
      f = c | avgpool(4) | flatten
      g = d | flatten
      y = concat(e, f, g)
      """),
    // What is stored goes through an activation; some make other numbers than 0 of 0.
    Case(
      "stored_activations", input: "[2, 5, 4]", batch: 5, reduction: "mean",
      """
      a = x | conv(3, kernel: 2, padding: 1) | upsample(2) | sigmoid | maxpool(3) | softplus
      b = x | conv(3, kernel: 1) | upsample([1, 3], mode: bilinear) | sigmoid | avgpool(2) | tanh
      c = x | conv(3, kernel: 1) | pad(1, value: 2) | sigmoid | transpose([2, 1, 3]) | softplus
      d = x | conv(3, kernel: 1) | pad([0, 2, 1], mode: reflect) | sigmoid | slice(3, start: 1) | elu
      e = x | conv(3, kernel: 1) | pad(1, mode: edge) | gelu | slice(2, step: 2) | hard_sigmoid
      f = x | conv(3, kernel: 1) | global_maxpool | relu | flatten
      g = a | upsample(2) | relu | flatten
      h = b | flatten
      i = c | flatten
      j = d | flatten
      k = e | flatten
      y = concat(f, g, h, i, j, k)
      """),
    // Axes that are missing at the end are of size 1: the columns of one are the rows of the other.
    Case(
      "fewer_axes", input: "[5, 4, 1]", batch: 5,
      """
      a = x | conv(5, kernel: 1) | reshape([5, 4]) | multiply(3)
      b = a - x
      y = b | tanh | flatten
      """),
    // The one is all of the value, whatever the steps of its axis of size 1 say.
    Case(
      "transposed_beside_slice", input: "[12]", batch: 5,
      """
      a = x | dense(12) | reshape([3, 4, 1])
      b = a | transpose([1, 3, 2]) | tanh | flatten
      c = a | slice(2, start: 1) | flatten
      y = concat(b, c)
      """),
    // Parts of one value: their gradients lie side by side, or, where they overlap, are added up.
    Case(
      "split", input: "[2, 5, 4]", batch: 9,
      """
      a = x | conv(7, kernel: 2) | relu
      b = a | part(1, of: [2, 4, 1]) | conv(3, kernel: 1)
      c = a | part(2, of: [2, 4, 1]) | tanh | global_avgpool | flatten
      d = a | part(3, of: [2, 4, 1]) | upsample(2) | global_maxpool | flatten
      e = b | slice(2, end: 2) | sigmoid | global_avgpool | flatten
      f = b | slice(2, start: -2, end: -1) | conv(2, kernel: [1, 2]) | global_avgpool | flatten
      g = b | slice(2, start: 1, end: -1) | transpose([3, 2, 1]) | flatten
      h = concat(d, c, e, f) | slice(channels, start: 1, end: 5)
      y = concat(c, h, g)
      """),
    Case(
      "vectors", input: "[11]", batch: 9,
      """
      a = x | slice(-1, start: 2, step: 3) | pad(2, after: 1, mode: reflect) | dense(5) | relu
      b = x | pad(1, value: 2) | part(3, of: [5, 1, 7]) | transpose([1]) | dense(5) | tanh
      c = concat(a, b, a) | reshape([3, 5]) | transpose([2, 1]) | reshape([infer])
      y = c | pad([0], after: [3], mode: edge)
      """),
    Case(
      "sequences", input: "[3, 11]", batch: 5,
      """
      a = x | upsample(2, mode: linear) | tanh | transpose([2, channels])
      b = x | upsample(size: 22) | transpose([2, -2]) | pad([1, 0], mode: reflect) | slice(1, start: 2)
      c = concat(a, b, axis: 2) | part(1, of: 2, axis: 2) | scale_shift | relu
      d = c | pad(1, after: 2, mode: edge) | slice(2, end: 5, step: 4) | batchnorm
      y = d | flatten
      """),
    Case(
      "moves_of_four_axes", input: "[2, 3, 1, 5]", batch: 3,
      """
      a = x | transpose([4, 2, 1, 3]) | tanh | reshape([2, 5, 1, 3])
      b = a | upsample(size: [3, 2, 5], mode: trilinear) | gelu
      c = x | upsample([1, 2, 1]) | pad([0, 1, 1, 2], after: [0, 0, 1, 0], mode: reflect)
      d = c | slice(3, start: 1, end: 3) | pad([0, 0, 0, 1], after: [1, 0, 0, 2], mode: edge)
      e = d | slice(channels, end: 2) | slice(4, step: 2)
      f = concat(b, e, axis: 2) | part(2, of: [2, 5], axis: 2)
      y = f | flatten
      """),
  ]

  /// Values that lie in others: joined twice, cut and joined, read by kernels of all kinds and by
  /// those that take whole values alone.
  static let parts = [
    Case(
      "dense_blocks", input: "[2, 7, 6]", batch: 11, reduction: "mean",
      """
      a = x | conv(3, kernel: 3, padding: 1) | batchnorm | relu
      b = a | batchnorm | relu | conv(5, kernel: 3, padding: 1)
      c = concat(a, b)
      d = c | batchnorm | relu | conv(2, kernel: 1)
      e = concat(c, d) | tanh
      f = e | slice(channels, start: 2, end: 9) | avgpool(2) | upsample(2) | sigmoid
      g = e | part(2, of: [4, 6]) | prelu | pad([0, 0, 1], mode: edge) | maxpool(2)
      h = f | flatten
      i = g | flatten
      y = concat(h, i, h) | dense(4)
      """),
    // Parts of channels that layers with weights read where they lie, forward and for their weights'
    // gradients: of one block and of several, some of which overlap.
    Case(
      "parts_learned_from", input: "[5, 7, 6]", batch: 19,
      """
      a = x | conv(24, kernel: 1) | sigmoid
      b = a | part(1, of: 3) | conv(8, kernel: 3, padding: 1)
      c = a | slice(channels, start: 8, end: 16) | conv(8, kernel: 3, padding: 1, groups: 8)
      d = a | slice(channels, start: 12, end: 24) | conv(6, kernel: 3, stride: 2, groups: 3) | flatten
      e = b * c | flatten
      f = concat(d, e) | dense(11) | tanh
      g = f | slice(1, start: 2, end: 9) | dense(5, bias: false)
      h = f | part(2, of: [3, 8]) | dense(5) | batchnorm
      y = g + h
      """),
    // Parts that are read where they lie: of one value in one kernel, backward, of fewer axes, of what
    // lies within a concat, and beside what takes their place.
    Case(
      "parts_in_place", input: "[3, 6, 8]", batch: 9,
      """
      a = x | conv(4, kernel: 3, padding: 1)
      b = a | part(1, of: [5, 3], axis: 3)
      c = a | slice(3, start: 1, end: 6)
      d = b * c + c | tanh
      e = d | slice(2, start: 1, step: 2)
      f = e | slice(3, end: 1)
      g = e * f - f
      h = concat(g, e) | slice(3, start: 3)
      i = concat(g, e) | slice(channels, end: 1, step: 1) | slice(3, start: -2)
      j = h * i / (h | slice(2, start: 1, end: 2) | sigmoid)
      k = a | slice(channels, step: 3) | slice(3, end: 2)
      l = a | slice(channels, step: 3)
      m = l | slice(3, start: 2, end: 4)
      n = x | slice(3, start: 4)
      o = n * (x | slice(3, end: 4)) | conv(2, kernel: 1) | flatten
      p = j | flatten
      q = k * m | flatten
      y = concat(p, q, o)
      """),
    Case(
      "branches", input: "[3, 6, 5]", batch: 9,
      """
      a = x | conv(2, kernel: 1) | silu
      b = x | conv(3, kernel: 3, padding: 1) | group_norm(3) | gelu
      c = x | maxpool(3, stride: 1, padding: 1) | scale_shift
      d = x | part(3, of: [1, 1, 1]) | softmax(axis: 3)
      e = concat(a, b, c, d) | dropout(0.4)
      f = e | part(2, of: [4, 5]) | dropout(0.3)
      g = e | slice(channels, end: 6) | layer_norm | conv(5, kernel: 1)
      h = f * g
      i = concat(h, g) | avgpool(2) | flatten
      j = f | global_avgpool | flatten
      y = concat(i, j)
      """),
  ]
}
