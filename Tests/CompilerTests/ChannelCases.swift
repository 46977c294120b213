extension Case {
  /// Layers that one example's inference carries out with channels in the lanes: odd counts and whole
  /// vectors of them, of images, sequences and values of four axes, where all of a value is read and
  /// where a pool drops an odd row or column.
  static let inChannels = [
    Case(
      "moved_channels", input: "[16, 9, 7]", batch: 3, reduction: "mean",
      """
      a = x | conv(19, kernel: 3) | relu
      b = x | slice(channels, start: 3, end: 14) | conv(16, kernel: 3) | part(1, of: 2)
      c = concat(a, b, a) | prelu(slopes: channels)
      d = a | slice(2, start: 1, step: 2) | conv(8, kernel: 1)
      e = a | slice(3, start: 1, end: 4) | gelu | pad([1, 0, 2], after: [0, 1, 0], value: -1.5) | sigmoid
      f = concat(a, a, axis: 3) | maxpool(2) | prelu
      g = concat(a, a, a, axis: 2) | avgpool(2, stride: 3)
      y = (c | flatten | dense(3)) + (d | flatten | dense(3)) + (e | flatten | dense(3))
        + (f | flatten | dense(3)) + (g | flatten | dense(3))
      """),
    Case(
      "turned_channels", input: "[5, 6, 4]", batch: 2, reduction: "mean",
      """
      a = x | conv(9, kernel: 3, padding: same) | tanh
      b = a | transpose([1, 3, 2]) | conv(8, kernel: 2) | flatten | dense(3)
      c = a | transpose([2, 3, 1]) | gelu | conv(3, kernel: 1) | flatten | dense(3)
      d = a | transpose([3, 1, 2]) | maxpool(2) | prelu(slopes: channels) | flatten | dense(3)
      e = a | reshape([3, 3, 6, 4]) | transpose([2, 1, 4, 3]) | slice(4, start: 1, end: 5)
      f = e | pad([0, 1, 1, 0]) | relu | reshape([3, infer]) | conv(2, kernel: 5) | flatten | dense(3)
      y = b + c + d + f
      """),
    Case(
      "resampled_channels", input: "[3, 5, 4]", batch: 2, reduction: "mean",
      """
      a = x | conv(17, kernel: 2) | relu
      b = a | upsample(2) | conv(4, kernel: 3) | flatten | dense(3)
      c = a | upsample(size: [9, 7], mode: bilinear) | gelu | maxpool(2) | flatten | dense(3)
      d = a | upsample([3, 1], mode: bilinear, align_corners: true) | prelu(slopes: channels)
      e = d | pad(1, mode: reflect) | avgpool(2) | flatten | dense(3)
      f = a | pad([0, 1, 2], after: [0, 3, 0], mode: edge) | prelu(slopes: channels) | maxpool(2)
      g = f | flatten | dense(3)
      h = a | upsample([2, 3]) | prelu | pad([0, 0, 1], mode: reflect) | flatten | dense(3)
      y = b + c + e + g + h
      """),
    Case(
      "sequences_of_channels", input: "[6, 23]", batch: 2, reduction: "mean",
      """
      a = x | conv(10, kernel: 3) | relu
      b = a | upsample(2, mode: linear) | conv(4, kernel: 5, stride: 3)
      c = a | pad(2, mode: edge) | silu | slice(2, start: 3, step: 4)
      d = concat(c, c) | transpose([2, 1]) | conv(3, kernel: 2)
      e = a | conv_transpose(7, kernel: 4, stride: 3, padding: 1) | maxpool(3) | prelu
      y = (b | flatten | dense(3)) + (d | flatten | dense(3)) + (e | flatten | dense(3))
      """),
    Case(
      "turned_around_channels", input: "[5, 5, 4]", batch: 2, reduction: "mean",
      """
      a = x | conv_transpose(18, kernel: 2, stride: 2) | batchnorm | relu
      b = a | conv_transpose(3, kernel: 3, padding: 1) | gelu | flatten | dense(3)
      c = x | conv_transpose(20, kernel: [3, 5], stride: [2, 3], padding: [1, 2]) | batchnorm
      d = c | conv_transpose(16, kernel: 3, stride: 2, dilation: 2, output_padding: 1) | maxpool(2)
      e = d | prelu(slopes: channels) | conv(2, kernel: 3) | flatten | dense(3)
      f = x | conv_transpose(33, kernel: 1, stride: 3, bias: false) | prelu | avgpool(4)
      y = b + e + (f | flatten | dense(3))
      """),
    Case(
      "grouped_channels", input: "[12, 6, 5]", batch: 2, reduction: "mean",
      """
      a = x | conv(48, kernel: 3, padding: 1, groups: 3) | batchnorm | relu
      b = a | conv(32, kernel: 1, groups: 8) | gelu | conv(32, kernel: 3, stride: 2, groups: 2)
      c = a | conv(96, kernel: 2, groups: 48) | prelu(slopes: channels) | avgpool(2)
      d = x | conv(36, kernel: [1, 3], groups: 12, bias: false) | conv(15, kernel: 2, groups: 3)
      e = a | conv(64, kernel: 3, groups: 2, dilation: 2, padding: same) | maxpool(2)
      f = (b | flatten | dense(3)) + (c | flatten | dense(3)) + (d | flatten | dense(3))
      y = f + (e | flatten | dense(3))
      """),
    Case(
      "probabilities_of_channels", input: "[3, 6, 5]", batch: 2, reduction: "mean",
      """
      a = x | conv(19, kernel: 3) | softmax | maxpool(2) | log_softmax(axis: 1) | flatten | softmax
      b = x | conv(16, kernel: 2) | log_softmax | conv(4, kernel: 2) | softmax(axis: 2) | softmax
      y = (a | dense(3)) + (b | flatten | dense(3))
      """),
    Case(
      "normalized_channels", input: "[3, 7, 5]", batch: 2, reduction: "mean",
      """
      a = x | conv(18, kernel: 2) | gelu
      b = a | layer_norm(over: channels) | prelu(slopes: channels) | maxpool(3) | flatten | dense(3)
      c = a | layer_norm | gelu | conv(16, kernel: 1) | layer_norm(affine: false) | avgpool(4)
      d = a | group_norm(3) | silu | conv(9, kernel: 1) | instance_norm | maxpool(3) | relu
      e = a | rms_norm(over: channels) | conv(16, kernel: 3) | rms_norm | prelu | group_norm(4)
      f = a | layer_norm(over: channels, affine: false) | instance_norm(affine: true) | conv(2, kernel: 3)
      g = x | rms_norm | flatten | layer_norm | dense(20) | group_norm(5) | rms_norm
      h = (c | flatten | dense(3)) + (d | flatten | dense(3)) + (e | flatten | dense(3))
      y = b + h + (f | flatten | dense(3)) + (g | dense(3))
      """),
    Case(
      "normalized_sequences", input: "[16, 11]", batch: 2, reduction: "mean",
      """
      a = x | conv(16, kernel: 3) | layer_norm(over: channels) | gelu | instance_norm
      b = x | group_norm(2) | conv(5, kernel: 2) | layer_norm | layer_norm(over: 1) | maxpool(2)
      y = (a | flatten | dense(3)) + (b | flatten | dense(3))
      """),
    // Convolutions of each kind put their sums together with a value: whole, a part that is read where it
    // lies, one that begins in the middle of a vector, one from the lanes of examples.
    Case(
      "joined_in_channels", input: "[32, 7, 5]", batch: 5,
      """
      h = x | slice(channels, end: 16)
      a = h + (x | conv(16, kernel: 3, padding: 1) | batchnorm) | relu
      b = a - (a | conv(16, kernel: 3, padding: 1, groups: 16)) | prelu(slopes: channels)
      c = (b | conv(16, kernel: 1, groups: 2)) * b | gelu
      d = concat(a, c)
      e = (d | slice(channels, start: 8, end: 24)) + (c | conv(16, kernel: 1)) | silu
      f = (x | slice(channels, start: 3, end: 16)) / 2 + (e | conv(13, kernel: 1) | batchnorm)
      g = (a | slice(2, start: 1, end: 6)) + (e | conv(16, kernel: [3, 1])) | relu
      i = (a | transpose([1, 3, 2]) | transpose([1, 3, 2])) + (d | conv(16, kernel: 1))
      y = (f | flatten | dense(3)) + (g | flatten | dense(3)) + (i | maxpool(2) | flatten | dense(3))
      """),
    // What each kind of kernel makes is a part of a concat, and what each reads is one.
    Case(
      "parts_made_in_channels", input: "[16, 6, 5]", batch: 2, reduction: "mean",
      """
      a = x | conv(16, kernel: 3, padding: 1) | relu
      b = a | conv(32, kernel: 3, padding: 1, groups: 16) | gelu
      c = a | conv(16, kernel: [3, 1], padding: [1, 0], groups: 16) | prelu(slopes: channels)
      d = a | conv_transpose(16, kernel: 3, padding: 1) | batchnorm
      e = a | maxpool(3, stride: 1, padding: 1)
      f = x | avgpool(3, stride: 1, padding: 1) | prelu(slopes: channels)
      g = concat(x, a, b, c, d, e, f) | batchnorm | relu
      h = a + x | sigmoid
      i = a | prelu(slopes: channels)
      j = x | batchnorm
      k = a | layer_norm(over: channels) | gelu
      l = a | layer_norm
      m = a | group_norm(4) | prelu(slopes: channels)
      n = concat(g, h, i, j, k, l, m)
      o = a | softmax
      p = a | maxpool(2, ceil: true) | upsample([2, 1]) | pad([0, 0, 1], mode: edge)
      q = a | upsample(2, mode: bilinear) | slice(2, end: 6) | slice(3, start: 2, end: 7)
      r = a | pad([16, 0, 0], value: 0.5) | relu
      s = x | dropout(0.5) | batchnorm | dropout(0.25)
      t = concat(n, o, p, q, r, s) | conv(6, kernel: 3, padding: 1) | flatten | dense(3)
      u = a | conv(16, kernel: 2)
      v = a | conv(16, kernel: [3, 2])
      w = concat(u, v, axis: 2) | maxpool([3, 2]) | flatten | dense(3)
      a1 = x | flatten | dense(16)
      a2 = a | flatten | dense(32) | relu
      a3 = a | avgpool([6, 5]) | flatten
      a4 = concat(a1, a2, a3) | dense(3)
      y = t + w + a4
      """),
    Case(
      "parts_read_in_channels", input: "[16, 6, 9]", batch: 2, reduction: "mean",
      """
      a = x | conv(64, kernel: 1) | relu
      p1 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | conv(5, kernel: 3)
      p2 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | slice(2, start: 1, step: 2) | conv(5, kernel: 1)
      p3 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | conv(32, kernel: 3, groups: 8, padding: 1)
      p4 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | slice(2, start: 1, step: 2) | conv(32, kernel: 3, groups: 32, padding: 1)
      p5 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | conv_transpose(3, kernel: 2, stride: 2)
      p6 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | avgpool(2)
      p7 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | slice(3, step: 3) | maxpool(3, stride: 1, padding: 1)
      p8 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | gelu
      p9 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | prelu(slopes: channels)
      p10 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | batchnorm
      p11 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | softmax
      p12 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | layer_norm(over: channels)
      p13 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | upsample(2)
      p14 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | upsample(2, mode: bilinear)
      p15 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | pad(1, mode: reflect)
      p16 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | pad([0, 1, 1])
      p17 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | pad([1, 0, 2], mode: edge)
      p18 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | transpose([3, 1, 2])
      p19 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | slice(channels, start: 3, end: 9)
      p20 = a | slice(channels, start: 16, end: 48) | slice(2, start: 1) | group_norm(2)
      p21 = a | slice(channels, start: 16, end: 48) | slice(2, start: 1) | layer_norm
      p22 = a | slice(channels, start: 16, end: 48) | slice(2, start: 1) | rms_norm | relu
      p23 = a | slice(channels, start: 16, end: 48) | slice(2, start: 1) | dropout(0.5) | flatten | dense(7)
      p24 = a | slice(channels, start: 16, end: 48) | slice(2, start: 1) | conv(5, kernel: 1)
      p25 = a | slice(channels, start: 5, end: 21) | conv(3, kernel: 3)
      p26 = a | slice(channels, start: 5, end: 21) | conv(8, kernel: 2, groups: 2)
      p27 = a | slice(channels, start: 5, end: 21) | conv_transpose(4, kernel: 1)
      p28 = a | slice(channels, start: 5, end: 21) | gelu
      q1 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8)
      q2 = a | slice(channels, start: 16, end: 48) | slice(3, start: 1, end: 8) | sigmoid
      b1 = q1 + q2 * q1
      b2 = a | avgpool([6, 9]) | flatten | slice(1, start: 32)
      b3 = concat(q1, b1, axis: 2)
      s1 = (p1 | flatten | dense(3)) + (p2 | flatten | dense(3))
      s2 = (p3 | flatten | dense(3)) + (p4 | flatten | dense(3))
      s3 = (p5 | flatten | dense(3)) + (p6 | flatten | dense(3))
      s4 = (p7 | flatten | dense(3)) + (p8 | flatten | dense(3))
      s5 = (p9 | flatten | dense(3)) + (p10 | flatten | dense(3))
      s6 = (p11 | flatten | dense(3)) + (p12 | flatten | dense(3))
      s7 = (p13 | flatten | dense(3)) + (p14 | flatten | dense(3))
      s8 = (p15 | flatten | dense(3)) + (p16 | flatten | dense(3))
      s9 = (p17 | flatten | dense(3)) + (p18 | flatten | dense(3))
      s10 = (p19 | flatten | dense(3)) + (p20 | flatten | dense(3))
      s11 = (p21 | flatten | dense(3)) + (p22 | flatten | dense(3))
      s12 = (p23 | flatten | dense(3)) + (p24 | flatten | dense(3))
      s13 = (p25 | flatten | dense(3)) + (p26 | flatten | dense(3))
      s14 = (p27 | flatten | dense(3)) + (p28 | flatten | dense(3))
      s15 = (b1 | flatten | dense(3)) + (b2 | flatten | dense(3))
      s16 = (b3 | flatten | dense(3))
      y = s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10
        + s11 + s12 + s13 + s14 + s15 + s16
      """),
    // Parts of a part that begins within a vector begin there too, be they whole vectors long.
    Case(
      "parts_within_vectors", input: "[8, 7, 9]", batch: 2, reduction: "mean",
      """
      a = x | conv(64, kernel: 1) | relu
      b = a | slice(channels, start: 5, end: 21)
      c = b | slice(2, start: 1) | maxpool(2) | flatten | dense(3)
      d = b | slice(3, step: 2) | avgpool(2) | flatten | dense(3)
      e = a | slice(channels, start: 3, end: 35) | slice(channels, start: 16) | layer_norm
      f = a | slice(channels, start: 1, end: 49) | part(1, of: 3) | softmax
      g = a | slice(channels, start: 7, end: 55) | part(2, of: 3) | slice(2, end: 4) | batchnorm
      h = a | slice(channels, start: 16, end: 48) | slice(channels, start: 9, end: 25) | conv(16, kernel: 2)
      y = c + d + (e | flatten | dense(3)) + (f | flatten | dense(3)) + (g | flatten | dense(3))
        + (h | flatten | dense(3))
      """),
  ]
}
