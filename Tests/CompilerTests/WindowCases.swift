extension Case {
  /// Windows in each of their forms.
  static let windows = [
    Case(
      "padding_modes", input: "[2, 7, 6]", batch: 5,
      """
      a = x | conv(3, kernel: [3, 5], padding: [1, 2], padding_mode: reflect) | relu
      b = a | conv(3, kernel: 3, stride: 2, padding: same_upper, padding_mode: replicate) as last
      y = b | conv(2, kernel: 3, padding: [1, 0, 0, 2], padding_mode: reflect) | flatten
      """),
    Case(
      "padding_past_the_kernel", input: "[2, 4, 5]", batch: 5,
      """
      y = x | conv(3, kernel: 1, padding: 1) | relu | conv(2, kernel: [2, 3], stride: 2, padding: [2, 5])
        | conv(2, kernel: 3, padding: [0, 4, 1, 2], groups: 2) | flatten
      """),
    Case(
      "transposed", input: "[3, 4, 5]", batch: 5,
      """
      y = x | conv_transpose(4, kernel: 2, stride: 2) | relu
        | conv_transpose(2, kernel: [3, 4], stride: [2, 3], padding: [1, 0, 2, 1], output_padding: [1, 2])
        | batchnorm | gelu | conv_transpose(2, kernel: 3, padding: same, bias: false) | avgpool(5)
        | flatten
      """),
    Case(
      "transposed_groups", input: "[4, 6]", batch: 9,
      """
      y = x | conv_transpose(6, kernel: 3, stride: 2, groups: 2, dilation: 2) | gelu
        | conv_transpose(4, kernel: 3, stride: 2, padding: same_upper) | tanh | maxpool(3) | flatten
      """),
    Case(
      "batch_norm_without_scale", input: "[3, 5, 4]", batch: 6,
      "y = x | conv(4, kernel: 2) | batchnorm(scale: false) | gelu | batchnorm(scale: false) | flatten"
    ),
    Case(
      "window_by_axis", input: "[2, 9, 8]", batch: 5,
      """
      y = x | conv(3, kernel: [4, 3], stride: [2, 1], padding: [1, 0, 2, 1])
        | conv(2, kernel: [1, 3], padding: [0, 1], stride: [1, 2]) | flatten
      """),
    Case(
      "same_upper", input: "[2, 8, 7]", batch: 3,
      """
      y = x | conv(3, kernel: 3, stride: 2, padding: same_upper)
        | conv(2, kernel: [2, 3], padding: same_lower) | avgpool(2, padding: same_upper) | flatten
      """),
    Case(
      "dilation", input: "[2, 11, 12]", batch: 5,
      """
      y = x | conv(3, kernel: 3, dilation: 2, padding: 2)
        | conv(2, kernel: 3, dilation: [3, 2], stride: [2, 3], padding: [1, 3]) | flatten
      """),
    Case(
      "groups", input: "[4, 7, 6]", batch: 5,
      """
      y = x | conv(6, kernel: 3, groups: 2, padding: 1) | batchnorm | relu
        | conv(3, kernel: 1, groups: 3, stride: 2) | flatten
      """),
    Case(
      "depthwise", input: "[3, 7, 6]", batch: 9,
      """
      y = x | conv(3, kernel: 3, groups: 3, padding: 1, bias: false) | batchnorm | relu
        | conv(6, kernel: [3, 2], groups: 3, stride: 2, padding: same_upper) | tanh | flatten
      """),
    Case(
      "depthwise_tiles", input: "[2, 5, 29]", batch: 17,
      """
      a = x | conv(2, kernel: 3, groups: 2, padding: 1) | gelu
        | conv(2, kernel: [2, 3], groups: 2, padding: same, dilation: 2)
      b = (a | conv(2, kernel: [3, 7], groups: 2, padding: [1, 3]) | batchnorm) + a
      c = b | conv_transpose(2, kernel: [1, 3], stride: [1, 2], groups: 2) | gelu
        | conv_transpose(4, kernel: 3, padding: 1, groups: 2)
      y = c | relu | conv(8, kernel: [5, 3], stride: [1, 3], groups: 4, bias: false)
        | conv(8, kernel: 1, groups: 8) | flatten
      """),
    // Strides that leave no room for a tile of columns between them.
    Case(
      "depthwise_far_apart", input: "[2, 61]", batch: 5,
      """
      a = x | conv(2, kernel: 1) | tanh | conv(2, kernel: 3, groups: 2, stride: 12, padding: 1)
        | flatten
      b = x | conv(2, kernel: 1) | tanh | conv(4, kernel: 5, groups: 2, stride: 40) | flatten
      y = concat(a, b)
      """),
    // A stride that no tile of registers holds, of which a tile's columns are a multiple all the same.
    Case(
      "wide_strides", input: "[2, 75]", batch: 5,
      """
      a = x | conv(2, kernel: 1) | tanh | conv(3, kernel: 37, stride: 33) | flatten
      b = x | conv(2, kernel: 1) | tanh | conv(3, kernel: 3, stride: 34, padding: 1) | flatten
      c = x | conv(2, kernel: 25, stride: 25) | tanh | conv_transpose(2, kernel: 41, stride: 40)
        | avgpool(11) | flatten
      y = concat(a, b, c)
      """),
    // Rows more than the stride, where taps are farther apart.
    Case(
      "transposed_more", input: "[2, 3, 4]", batch: 5,
      """
      a = x | conv_transpose(4, kernel: 2, stride: [1, 2], dilation: 3, output_padding: [2, 1])
      y = a | relu | conv_transpose(4, kernel: 3, stride: 2, dilation: [3, 1], groups: 4,
          padding: 1, output_padding: [2, 1]) | avgpool(2) | flatten
      """),
    // Of the means, one goes over fewer cells, and nothing reads it.
    Case(
      "pool_of_dropped_windows", input: "[2, 7, 3]", batch: 5,
      """
      y = x | conv(2, kernel: 1) | avgpool(3, ceil: true) | maxpool([2, 1]) | flatten
      """),
    Case(
      "padding_words", input: "[2, 7, 6]", batch: 5,
      """
      a = x | conv(3, kernel: 3, padding: valid, exact: true) | avgpool(3, stride: 1, padding: same)
        | maxpool(2, padding: same_lower) | conv_transpose(2, kernel: 3, stride: 2, padding: same_lower)
        | flatten
      b = x | avgpool(2, stride: 1, padding: same_lower) | maxpool(3, stride: 2, padding: same)
        | conv_transpose(2, kernel: 2, padding: valid) | flatten
      c = x | maxpool(3, stride: 2, padding: same_upper) | maxpool(2, stride: 1, padding: valid)
        | avgpool(2, stride: 1, padding: valid) | flatten
      y = concat(a, b, c)
      """),
    Case(
      "sequence_windows", input: "[3, 17]", batch: 5,
      """
      y = x | conv(4, kernel: 5, stride: 2, padding: [1, 3]) | batchnorm | relu | maxpool(2)
        | conv(4, kernel: 3, groups: 4, dilation: 2, padding: 2) | avgpool(3, stride: 1, padding: 1)
        | flatten
      """),
    Case(
      "pool_ceil_of_little", input: "[6, 1, 5]", batch: 5,
      """
      a = x | maxpool(2, ceil: true) | conv(4, kernel: 1) | avgpool([3, 2], ceil: true) | flatten
      b = x | avgpool(2, ceil: true) | maxpool([3, 4], stride: [3, 2], ceil: true) | flatten | dense(8)
      y = a + b
      """),
    Case(
      "pool_ceil", input: "[2, 8, 7]", batch: 5,
      """
      a = x | maxpool([3, 2], stride: 2, ceil: true) | flatten | dense(3)
      b = x | avgpool(3, stride: 2, padding: 1, ceil: true) | flatten | dense(3)
      c = x | avgpool([2, 3], padding: [1, 1], count_padding: false) | flatten | dense(3)
      d = x | maxpool(2, dilation: [3, 2], stride: [1, 3]) | flatten | dense(3)
      y = a + b + c + d
      """),
    Case(
      "global_pools", input: "[5, 4, 3]", batch: 5,
      "y = (x | global_avgpool) + (x | conv(5, kernel: 1) | relu | global_maxpool)"),
  ]
}
