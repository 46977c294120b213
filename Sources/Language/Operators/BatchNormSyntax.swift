import IR

/// `batchnorm(eps: 1e-5, eps_on: variance, momentum: 0.9, running_variance: biased, start: first_batch,
/// fix_gamma: false, affine: true)`, or `batchnorm(like: pytorch)` and what differs from it.
enum BatchNormSyntax {
  private static let own = BatchNorm(eps: 1e-5)

  static let like = Key<BatchNorm.Convention>.choice(
    "like", says: "none", "the framework whose defaults hold in place of those given here")
  static let eps = Key.real(
    "eps", atLeast: 0, says: "1e-5", "what keeps the division from zero")
  static let epsPlace = Key<BatchNorm.EpsPlace>.choice(
    "eps_on", says: "\(own.epsPlace.rawValue)",
    "whether eps is added to the variance, or to the deviation, its root")
  static let momentum = Key.real(
    "momentum", atLeast: 0, atMost: 1, says: "\(own.momentum)",
    "the weight of the old running value; PyTorch's momentum is 1 minus this")
  static let runningVariance = Key<BatchNorm.VarianceKind>.choice(
    "running_variance", says: "\(own.runningVariance.rawValue)",
    "whether the running variance collects sums divided by the count or by one less")
  static let start = Key<BatchNorm.Start>.choice(
    "start", says: "\(own.start.rawValue)",
    "the first running statistics: mean 0 and variance 1, or the first batch's")
  static let fixGamma = Key.flag(
    "fix_gamma", says: "\(own.fixGamma)", "gamma is held at 1 and does not learn")
  static let affine = Key.flag(
    "affine", says: "\(own.affine)", "whether there are a gamma and a beta")

  /// The keys that `normalize` takes too.
  static let statistics = [
    like.parameter, eps.parameter, epsPlace.parameter, momentum.parameter,
    runningVariance.parameter, start.parameter,
  ]

  /// What those keys say.
  static func convention(_ arguments: Arguments) -> BatchNorm {
    var norm = arguments.given(like).map(BatchNorm.init(like:)) ?? own
    norm.eps = arguments.given(eps) ?? norm.eps
    norm.epsPlace = arguments.given(epsPlace) ?? norm.epsPlace
    norm.momentum = arguments.given(momentum) ?? norm.momentum
    norm.runningVariance = arguments.given(runningVariance) ?? norm.runningVariance
    norm.start = arguments.given(start) ?? norm.start
    return norm
  }

  static let definition = Definition<Op>(
    BatchNorm.keyword, "each channel with mean 0 and variance 1 over the batch, scaled and shifted",
    keyed: statistics + [fixGamma.parameter, affine.parameter]
  ) { arguments in
    var norm = convention(arguments)
    norm.fixGamma = arguments.given(fixGamma) ?? norm.fixGamma
    norm.affine = arguments.given(affine) ?? norm.affine
    return .batchNorm(norm)
  }
}
