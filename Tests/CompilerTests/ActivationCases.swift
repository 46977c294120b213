extension Case {
  /// Activations without a batch norm before it, before what its slope is fused with: a convolution,
  /// a dense layer, a batch norm, pools, and several readers. One whose slope its sign says, one
  /// whose result says it, and one that needs the operand.
  static let activationsBetween =
    ["relu", "tanh", "gelu"].map { word in
      Case(
        "\(word)_between", input: "[2, 7, 6]", batch: 5, reduction: "mean",
        """
        a = x | conv(3, kernel: 3) | \(word) | maxpool(2, stride: 1) | conv(3, kernel: 1) | \(word)
        b = a | batchnorm | conv(3, kernel: 1) | \(word) | conv(3, kernel: 2) | \(word)
        c = b | avgpool(2) | flatten
        d = b | maxpool(2) | flatten | dense(4) | \(word) | dense(3)
        y = c + d
        """)
    } + [sumsBetween, storedThrough, slopesAlone]

  /// Slopes that two values say: of an activation of a sum, before each kind of layer.
  private static let sumsBetween = Case(
    "sums_between", input: "[2, 7, 6]", batch: 5, reduction: "mean",
    """
    a = x | conv(3, kernel: 3)
    b = x | conv(3, kernel: 3)
    c = a + b | gelu | conv(3, kernel: 1)
    d = a + c | silu | batchnorm
    e = c + d | gelu | maxpool(2)
    f = b + d | gelu | avgpool(2)
    g = e + f | silu | flatten
    h = g + g | gelu | scale_shift | dense(4)
    y = h + h | gelu | dense(3)
    """)

  /// Slopes that learn where nothing before them does.
  private static let slopesAlone = Case(
    "slopes_alone", input: "[3, 6, 5]", batch: 5, reduction: "mean",
    """
    a = x | maxpool(2) | prelu(slopes: channels) | flatten | dense(3)
    b = x | conv(4, kernel: 2) frozen | avgpool(2) | prelu | flatten | dense(3)
    c = x | upsample(2) | prelu | avgpool(4) | flatten | dense(3)
    d = x | upsample(2, mode: bilinear) | prelu(slopes: channels) | maxpool(3) | flatten | dense(3)
    e = x | slice(2, start: 1) | prelu | flatten | dense(3)
    f = x | pad(1, mode: edge) | prelu(slopes: channels) | avgpool(3) | flatten | dense(3)
    g = x + x | prelu(slopes: channels) | flatten | dense(3)
    h = x | instance_norm(affine: false) | prelu | flatten | dense(3)
    y = a + b + c + d + e + f + g + h
    """)

  /// Activations that kernels apply as they store numbers, what they are applied to being kept: of values
  /// of several shapes, of pools, and of what is moved and lies between. Slopes of one channel and of all,
  /// channels that are padded and change places, and surroundings that are not 0.
  private static let storedThrough = Case(
    "stored_through", input: "[3, 6, 5]", batch: 5, reduction: "mean",
    """
    a = x | conv(3, kernel: 3, padding: same) | maxpool(2, stride: 1) | prelu(slopes: channels)
    b = a | avgpool([2, 1], stride: 1) | gelu | upsample(2) | prelu
    gate = b | global_avgpool | prelu(slopes: channels)
    c = a | upsample(size: [8, 4], mode: bilinear) | silu | prelu(slopes: channels)
    d = a | pad(1, value: -0.5) | prelu(slopes: channels) | slice(2, start: 1, end: 6) | prelu
    e = a | pad([1, 0, 2], mode: edge) | prelu(slopes: channels) | maxpool(2) | prelu
    f = a | transpose([2, 3, 1]) | prelu(slopes: channels) | pad([0, 1, 1], mode: reflect) | gelu
    g = a * gate | prelu(slopes: channels) | upsample(2, mode: bilinear) | gelu
    h = f | pad([1, 0, 0], mode: reflect) | prelu | slice(3, start: 1, step: 2) | silu
    i = d + d | prelu | pad([0, 0, 1], value: 2) | gelu
    j = d | slice(3, start: 2)
    k = concat(a, j, axis: 3) | prelu(slopes: channels)
    l = (c | flatten | dense(3)) + (e | flatten | dense(3)) + (g | flatten | dense(3))
    m = (h | flatten | dense(3)) + (i | flatten | dense(3)) + (k | flatten | dense(3))
    y = l - m
    """)
}
