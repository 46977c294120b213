extension Case {
  /// A whole model file.
  init(whole name: String, _ text: String) {
    self.name = name
    self.text = text
  }

  /// What is made of the data, before a training, in it and in evaluations: whitening, mixtures against each
  /// kind of target, and several looks.
  static let ofData = Case(
    whole: "of_data",
    """
    model of_data {
      input x: [2, 5, 5]
      target label: class(3)
      target shares: [3]
      target place: [2]
      seen = x | conv(5, kernel: 2) as first | relu | flatten
      logits = seen | dense(3)
      others = seen | dense(3)
      where = seen | dense(2)
      loss softmax_cross_entropy(logits, label) + softmax_cross_entropy(others, shares)
        + huber(where, place)
    }
    training {
      batch 11
      augment mixup(0.4)
      initialize whitening on first.weight
      tta flip
    }
    """)

  /// Models of several inputs, targets, outputs and losses.
  static let several = [
    // An image and a vector, a class and numbers; a penalty on top.
    Case(
      whole: "several",
      """
      model several {
        input x: [2, 5, 5]
        input side: [3]
        target label: class(3)
        target place: [2]
        seen = x | conv(5, kernel: 3) | batchnorm | relu | global_avgpool | flatten
        known = side | dense(4) | tanh
        both = concat(seen, known)
        logits = both | dense(3)
        where = both | dense(2) | sigmoid
        loss softmax_cross_entropy(logits, label) + 0.5 * huber(where, place, delta: 0.3)
          + l2(0.01) on *.weight
      }
      training {
        batch 7
      }
      """),
    // Losses of one value, of an input, of a value that layers read further, and of two targets of
    // classes with weights of their own; sums.
    Case(
      whole: "several_of_one",
      """
      const share = 1/4
      model several_of_one {
        input x: [2, 4, 3]
        input y: [2, 4, 3]
        target kinds: class(2, shape: [4, 3])
        target label: class(3)
        target sum: [2, 4, 3]
        maps = x + y | conv(2, kernel: 3, padding: 1) | tanh
        flat = maps | flatten | dense(3)
        loss share * mean_squared_error(maps, sum, reduction: sum)
          + softmax_cross_entropy(maps, kinds, weights: [1, 3], ignore: 1, reduction: sum)
          + 2 / 3 * softmax_cross_entropy(flat, label, label_smoothing: 0.1, reduction: sum)
          + 0.1 * mean_absolute_error(y, sum, reduction: sum)
      }
      training {
        batch 5
      }
      """),
    // Means that what the classes count divides, and logits behind a sigmoid that
    // another loss reads too.
    Case(
      whole: "several_means",
      """
      model several_means {
        input x: [6]
        input y: [4]
        target a: class(3)
        target b: class(4)
        target c: class(2)
        target d: [1]
        h = concat(x, y) | dense(8) | gelu | batchnorm
        first = h | dense(3)
        second = h | dense(4)
        third = h | dense(1) | sigmoid
        loss softmax_cross_entropy(first, a, weights: [1, 2, 0.5])
          + 0.5 * softmax_cross_entropy(second, b, ignore: 2, weights: [1, 2, 3, 4])
          + 3 * binary_cross_entropy(third, c) + 2 * mean_squared_error(third, d)
      }
      training {
        batch 6
      }
      """),
  ]

  /// The same, whose evaluation sees each example from both sides.
  var seenTwice: Case {
    Case(whole: name, text.replacing("training {", with: "training {\n  tta flip on x"))
  }
}
