import IR

/// What `batchnorm` and `normalize` say about their statistics.
enum NormalizationKeys {
  private static let own = NormalizationConvention()

  static let like = Key<Framework>.choice(
    "like", says: "none", "the framework whose defaults hold in place of those given here")
  static let eps = Key.real(
    "eps", atLeast: 0, says: "1e-5", "what keeps the division from zero")
  static let epsPlace = Key<NormalizationConvention.EpsPlace>.choice(
    "eps_on", says: "\(own.epsPlace.rawValue)",
    "whether eps is added to the variance, or to the deviation, its root")
  static let momentum = Key.real(
    "momentum", atLeast: 0, atMost: 1, says: "\(own.momentum)",
    "the weight of the old running value; PyTorch's momentum is 1 minus this")
  static let runningVariance = Key<NormalizationConvention.VarianceKind>.choice(
    "running_variance", says: "\(own.runningVariance.rawValue)",
    "whether the running variance collects sums divided by the count or by one less")
  static let start = Key<NormalizationConvention.Start>.choice(
    "start", says: "\(own.start.rawValue)",
    "the first running statistics: mean 0 and variance 1, or the first batch's")
  static let statistics = Key<NormalizationConvention.Statistics>.choice(
    "statistics", default: own.statistics,
    "whether training normalizes with the batch's statistics, or with the running ones, which stay")

  static let sync = Key.flag(
    "sync", default: true,
    "whether several processes take the statistics of the whole batch, or each those of its share")

  /// All of them.
  static let parameters = [
    like.parameter, eps.parameter, epsPlace.parameter, momentum.parameter,
    runningVariance.parameter, start.parameter, statistics.parameter, sync.parameter,
  ]

  /// What they say.
  static func convention(
    _ arguments: Arguments
  ) throws(ArgumentError) -> NormalizationConvention {
    var convention = arguments.given(like)?.convention ?? own
    convention.eps = arguments.given(eps) ?? convention.eps
    convention.epsPlace = arguments.given(epsPlace) ?? convention.epsPlace
    convention.momentum = arguments.given(momentum) ?? convention.momentum
    convention.runningVariance = arguments.given(runningVariance) ?? convention.runningVariance
    convention.start = arguments.given(start) ?? convention.start
    convention.statistics = try arguments.value(statistics)
    convention.isSynchronized = try arguments.value(sync)
    return convention
  }

  /// The statistics' attributes with their values.
  static func attributes(_ convention: NormalizationConvention) -> [AttributeValue] {
    [
      AttributeValue(eps, convention.eps), AttributeValue(epsPlace, convention.epsPlace.rawValue),
      AttributeValue(momentum, convention.momentum),
      AttributeValue(runningVariance, convention.runningVariance.rawValue),
      AttributeValue(start, convention.start.rawValue),
    ]
      + (convention.statistics == own.statistics
        ? [] : [AttributeValue(statistics, convention.statistics.rawValue)])
      + (convention.isSynchronized ? [] : [AttributeValue(sync, false)])
  }
}
