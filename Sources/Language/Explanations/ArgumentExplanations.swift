// Diagnostics about what stands between parentheses.
extension Explanation {
  static let unknownKey = Explanation(
    text: """
      The layer has no such key. 'bnc explain LAYER', for example 'bnc explain conv', lists a \
      layer's keys with their defaults.
      """,
    wrong: "y = x | conv(8, kernal: 3)",
    right: "y = x | conv(8, kernel: 3)")

  static let duplicateKey = Explanation(
    text: "A key is given once. What is given by place can be given by its key instead, not too.",
    wrong: "y = x | conv(8, kernel: 3, kernel: 5)",
    right: "y = x | conv(8, kernel: 5)")

  static let missingArgument = Explanation(
    text: "The layer cannot do without this argument; the help line shows how it is called.",
    wrong: "y = x | conv(8)",
    right: "y = x | conv(8, kernel: 3)")

  static let tooManyArguments = Explanation(
    text: """
      Only the first arguments of a layer go by place; the others are given by key, so that a model \
      can be read without a manual.
      """,
    wrong: "y = x | conv(8, 3)",
    right: "y = x | conv(8, kernel: 3)")

  static let wrongKind = Explanation(
    text: """
      The argument takes a whole number, a number, true or false, or a word, and something else is \
      given. A quotient is whole only if it comes out even: 64/2 is 32, and 1/2 is no kernel. A name is \
      a constant of that name or a parameter of the block, if there is one, and else a word.
      """,
    wrong: "y = x | conv(8, kernel: big)",
    right: "y = x | conv(8, kernel: 3)")

  static let outOfRange = Explanation(
    text: """
      The argument is outside the range that the layer takes, or does not fit the layer's other \
      arguments: the padding of a transposed convolution is smaller than its kernel, that of a pool at \
      most half of it, and 'same' needs an odd kernel.
      """,
    wrong: "y = x | conv(8, kernel: 3, stride: 0)",
    right: "y = x | conv(8, kernel: 3, stride: 1)")

  static let divisionByZero = Explanation(
    text: "Quotients are worked out when the model is checked, and this one has no value.",
    wrong: "training { data scale(1/0) }",
    right: "training { data scale(1/255) }")

  static let invalidShape = Explanation(
    text: """
      One example is a vector, [features], a sequence, [channels, length], an image, [channels, height, \
      width], or has four sizes. The batch is no \
      part of the shape: the training block sets it.
      """,
    wrong: """
      model m { input x: [1, 1, 1, 8, 8] target t: class(2)
      y = x | flatten | dense(2) loss softmax_cross_entropy(y, t) }
      """,
    right: """
      model m { input x: [1, 8, 8] target t: class(2)
      y = x | flatten | dense(2) loss softmax_cross_entropy(y, t) }
      """)

  static let shapeMismatch = Explanation(
    text: """
      The layer cannot take a value of this shape: a window is larger than the image, an image comes \
      to a layer that wants a vector, or two values that are added differ. 'bnc describe' shows the \
      shapes of a model that checks.
      """,
    wrong: "y = x | dense(8)",
    right: "y = x | flatten | dense(8)")

  static let lossMismatch = Explanation(
    text: """
      The value that the loss reads does not fit the target: softmax_cross_entropy takes a vector \
      with one number for each class.
      """,
    wrong: """
      model m { input x: [3] target t: class(4)
      y = x | dense(2) loss softmax_cross_entropy(y, t) }
      """,
    right: """
      model m { input x: [3] target t: class(4)
      y = x | dense(4) loss softmax_cross_entropy(y, t) }
      """)

  static let optimizerMismatch = Explanation(
    text: """
      The optimizer cannot move this parameter. 'muon' makes the step of a matrix orthogonal: a weight of a \
      convolution or a dense layer is one, with a row for each output, and a bias, gamma or beta is none. \
      They take another optimizer.
      """,
    wrong: """
      model m { input x: [3] target t: class(4)
      y = x | dense(4) loss softmax_cross_entropy(y, t) }
      training { optimizer muon }
      """,
    right: """
      model m { input x: [3] target t: class(4)
      y = x | dense(4) loss softmax_cross_entropy(y, t) }
      training { optimizer adamw optimizer muon on *.weight }
      """)

  static let scheduleMismatch = Explanation(
    text: """
      The schedule does not fit the rest of the model. 'one_cycle' changes the momentum with the learning \
      rate, so the optimizer has to have one, as momentum and adam do, unless the call says \
      'cycle_momentum: false'. 'plateau' goes by the loss of the test, or by a metric that fits one of the \
      targets: accuracy and its like those of classes, mean_absolute_error and its like real values.
      """,
    wrong: """
      model m { input x: [3] target t: class(4)
      y = x | dense(4) loss softmax_cross_entropy(y, t) }
      training { optimizer sgd schedule one_cycle }
      """,
    right: """
      model m { input x: [3] target t: class(4)
      y = x | dense(4) loss softmax_cross_entropy(y, t) }
      training { optimizer momentum schedule one_cycle }
      """)

  static let tooLarge = Explanation(
    text: """
      A tensor has fewer than 2^31 elements, batch included; so has a model parameters. A model has \
      at most 4096 layers, uses of blocks and repetitions together.
      """,
    wrong: "y = x | conv(65536, kernel: 255, padding: 254)",
    right: "y = x | conv(64, kernel: 3)")

  static let oneValuePerChannel = Explanation(
    text: """
      A batch norm takes mean and variance over the examples of a batch, and over the rows and columns of \
      an image. Over a vector, or an image of one pixel, a batch of 1 has one value per channel: it is its \
      own mean, so the result is beta whatever the value was, and its variance is 0. Such a model can be \
      evaluated, but not trained. The last batch of an epoch may have one example: it trains the layers \
      after the batch norm, and leaves the running statistics as they are.
      """,
    wrong: """
      model m { input x: [3] target t: class(2)
      y = x | batchnorm | dense(2) loss softmax_cross_entropy(y, t) }
      training { batch 1 }
      """,
    right: """
      model m { input x: [3] target t: class(2)
      y = x | batchnorm | dense(2) loss softmax_cross_entropy(y, t) }
      training { batch 2 }
      """)

  static let nothingToFreeze = Explanation(
    text: """
      'frozen' holds parameters where they start, or where loaded weights put them. It stands after a \
      layer, a use of a block, a repetition or a pipeline in parentheses, and there has to be a parameter \
      in it; 'frozen(weight)' names some, as 'bnc step' does.
      """,
    wrong: "y = x | conv(8, kernel: 3) | relu frozen",
    right: "y = x | conv(8, kernel: 3) frozen | relu")

  static let nothingToLearn = Explanation(
    text: """
      No layer of the model that the loss depends on has parameters, or all of them are frozen. It can \
      be compiled and evaluated, but training changes nothing.
      """,
    wrong: """
      model m { input x: [3] target t: class(3)
      y = x | relu loss softmax_cross_entropy(y, t) }
      """,
    right: """
      model m { input x: [3] target t: class(3)
      y = x | dense(3) loss softmax_cross_entropy(y, t) }
      """)

  static let inertBias = Explanation(
    text: """
      Batch norm subtracts each channel's mean, and with it any shift that a bias right before it \
      adds. In training the bias's gradient is therefore exactly 0: it stays as it started. The \
      running mean holds the shift, so evaluation and loaded weights honour it. This is a note, as \
      many networks are written so.
      """,
    wrong: "y = x | conv(8, kernel: 3) | batchnorm",
    right: "y = x | conv(8, kernel: 3, bias: false) | batchnorm")

  static let fixedGamma = Explanation(
    text: """
      MXNet's symbol operator holds gamma at 1 unless told otherwise, and 'like: mxnet' does as it \
      does. Say 'fix_gamma: false' where gamma is to learn, or 'fix_gamma: true' to say that it is \
      meant.
      """,
    wrong: "y = x | batchnorm(like: mxnet)",
    right: "y = x | batchnorm(like: mxnet, fix_gamma: false)")
}
