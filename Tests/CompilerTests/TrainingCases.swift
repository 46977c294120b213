/// Networks that differ in how they are trained.
extension Case {
  /// A training that does to its images all that one can do.
  static let augmentations = """
    augment crop(2)
    augment flip
    augment shift(rows: 1, mode: edge)
    augment flip(vertical, alternating: true)
    augment time_shift(2, mode: reflect)
    data normalize(mean: 0.25, std: [0.5, 2])
    augment rotate(25)
    augment zoom(0.123456789012345, mode: edge)
    augment brightness(0.3)
    augment contrast(0.123456789012345)
    augment cutout(3)
    augment noise(0.123456789012345)
    """

  /// A small network that `optimizer` trains.
  static func trained(by optimizer: String) -> Case {
    Case(
      "trained", input: "[1, 6, 6]", batch: 5, reduction: "mean",
      "y = x | conv(3, kernel: 3) | batchnorm | relu | flatten | dense(7) | tanh",
      training: "optimizer \(optimizer)")
  }

  /// Networks whose C has an optimizer in each form that its definition tells apart.
  static let optimized =
    [
      "adam", "adamw(amsgrad: true)", "sgd(momentum: 0.9, nesterov: true, weight_decay: 0.0001)",
      "sgd(momentum: 0.9, dampening: 0.123456789012345, weight_decay: 0.123456789012345)",
      "nadam(decoupled_weight_decay: true, weight_decay: 0.01)",
      "rmsprop(centered: true, momentum: 0.9)", "adagrad(lr_decay: 0.01, weight_decay: 0.01)",
      "lion(weight_decay: 0.1)", "lamb(weight_decay: 0.1)",
      "lamb(lr: 0.123456789012345) accumulate 3 clip norm(1) average ema",
      "adamw optimizer muon(adjust_lr_fn: match_rms_adamw) on *.weight "
        + "optimizer muon(ns_steps: 3) on dense*.weight",
      "sgd optimizer muon on *.weight clip norm(0.123456789012345) average lookahead",
      "adamw optimizer adamw(weight_decay: 0, rate: 0.1) on *.bias, batchnorm1.* "
        + "optimizer momentum on dense*.weight",
      "adam clip value(0.123456789012345) average lookahead", "sgd average ema", "sgd clip norm(1)",
      "adam accumulate 3", "momentum accumulate 3 optimizer sgd on *.bias clip norm(1)",
      "adam optimizer sgd on *.bias clip norm(0.123456789012345) average ema",
    ].map(trained(by:)) + ["sgd clip norm(1)", "adam accumulate 3 clip norm(1)"].map(wide(by:))

  /// A network with a weight of more numbers than one task moves, and of no whole number of vectors.
  static func wide(by optimizer: String) -> Case {
    Case(
      "wide_trained", input: "[139]", batch: 5, reduction: "mean",
      "y = x | dense(67) | tanh | dense(7)", training: "optimizer \(optimizer)")
  }

  /// Networks whose C has a schedule in each form: of the step alone, of all steps too, after a
  /// warm-up.
  static let scheduled = [
    "adam schedule exponential(every: 1000)", "sgd schedule cosine",
    "momentum schedule cosine(end: 0.0123456789012345, warmup: 123456)",
    "sgd schedule constant(warmup: 10)", "sgd schedule plateau(metric: loss, patience: 3)",
    "sgd schedule multi_step([2, 5], per: epoch)",
    "adam schedule one_cycle(base_momentum: 0.123456789012345, warmup: 123456)",
    "nadam optimizer momentum on *.bias schedule one_cycle(per: epoch, anneal_strategy: linear)",
  ].map(trained(by:))

  /// Networks whose training mixes examples, and draws for each of them too.
  static let mixed = ["augment mixup", "augment mixup(0.4) augment flip accumulate 1"].map {
    Case(
      "mixed", input: "[2, 5, 4]", batch: 7, reduction: "mean",
      "y = x | conv(3, kernel: 3) | batchnorm | relu | dropout(0.3) | flatten | dense(5) | tanh",
      training: "\($0) optimizer momentum")
  }

  /// A network whose processes each normalize their share of a batch by itself.
  static let ofLocalStatistics = Case(
    "local_statistics", input: "[2, 5, 4]", batch: 6, reduction: "mean",
    "y = x | conv(3, kernel: 3) | batchnorm(sync: false) | relu | normalize(sync: false) | flatten",
    training: "optimizer momentum")

  /// A network with frozen parts: its first two layers, one parameter each of what has two, and all
  /// of a layer among others that learn.
  static func frozen(by optimizer: String) -> Case {
    Case(
      "partly_frozen", input: "[2, 7, 7]", batch: 6, reduction: "mean",
      """
      h = (x | conv(3, kernel: 3) | batchnorm | relu) frozen
      y = h
        | conv(4, kernel: 2) frozen(weight) | batchnorm frozen(gamma) | relu | maxpool(2)
        | scale_shift frozen(beta) | silu | scale_shift frozen(gamma) | batchnorm frozen | tanh
        | scale_shift frozen | flatten | dense(5) frozen(bias) | relu | dense(5) frozen(weight)
        | tanh | dense(4) frozen | batchnorm frozen(beta)
      """,
      training: "optimizer \(optimizer)")
  }
}
