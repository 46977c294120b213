import Diagnostics

/// `optimizer adamw(weight_decay: 0) on *.bias`: how the parameters move that a model names.
package struct NamedOptimizer: Hashable, Sendable {
  package let optimizer: Optimizer
  /// What the learning rate of all parameters is multiplied by for these; nil where either optimizer
  /// has none.
  package let rate: Double?
  /// The parameters that it is for.
  package var patterns: [ParameterPattern] = []

  init(_ optimizer: Optimizer, rate: Double?) {
    self.optimizer = optimizer
    self.rate = rate
  }
}

extension Definition<Optimizer> {
  /// What a call makes of an optimizer for some parameters, where `whole` is for all: what it does
  /// not say, and `whole` was told as one of the same kind, is as there.
  ///
  /// - Parameter said: What the call of `whole` said.
  package func forSome(
    of whole: Optimizer, said: Arguments
  ) -> Definition<NamedOptimizer> {
    let own = self
    let inherited = whole.keyword == signature.keyword ? said.constants : [:]
    func inheriting(_ parameters: [Parameter]) -> [Parameter] {
      parameters.map { parameter in
        inherited[parameter.name].map { parameter.falling(backTo: $0.description) } ?? parameter
      }
    }
    let varied = Signature(
      signature.keyword, signature.summary, positional: inheriting(signature.positional),
      keyed: inheriting(signature.keyed) + [NamedOptimizer.rateKey.parameter])
    return Definition<NamedOptimizer>(varied) { arguments throws(ArgumentError) in
      var merged = arguments
      merged.constants.merge(inherited) { given, _ in given }
      let optimizer = try own.make(merged)
      guard let factor = arguments.given(NamedOptimizer.rateKey) else {
        return NamedOptimizer(optimizer, rate: try optimizer.rate(relativeTo: whole))
      }
      guard let key = optimizer.learningRate?.key, let rate = whole.learningRate?.value else {
        throw ArgumentError(
          NamedOptimizer.rateKey.name, "is a factor of the learning rate, and there is none")
      }
      if arguments.constants[key] != nil {
        throw ArgumentError(
          NamedOptimizer.rateKey.name, "says the same as \(key), which is given too",
          help: "take one of them out")
      }
      merged.constants[key] = .number(factor * rate)
      return NamedOptimizer(try own.make(merged), rate: factor)
    }
  }
}

extension NamedOptimizer {
  /// What some parameters' learning rate is of that for all. `Topics` explains it.
  package static let rateKey = Key.real(
    "rate", atLeast: 0, says: "none",
    "where 'on' follows, in place of lr: the learning rate as a factor of that for all parameters")
}

extension Optimizer {
  /// The learning rate; nil where there is none.
  package var learningRate: Hyperparameter? { learningRateIndex.map { hyperparameters[$0] } }

  /// What the learning rate of `whole` is multiplied by to be this one's; nil where one has none.
  fileprivate func rate(relativeTo whole: Optimizer) throws(ArgumentError) -> Double? {
    guard let own = learningRate, let other = whole.learningRate else { return nil }
    if own.value == other.value { return 1 }
    guard other.value > 0 else {
      throw ArgumentError(
        own.key, "cannot be \(plain(own.value)) for some parameters where it is 0 for all",
        help: "schedules and '--lr' change the learning rate of all, and this one in proportion")
    }
    return own.value / other.value
  }
}

extension Parameter {
  /// The same with another default.
  fileprivate func falling(backTo fallback: String) -> Parameter {
    Parameter(name: name, accepts: accepts, fallback: fallback, meaning: meaning)
  }
}

extension Training {
  /// The optimizer of all parameters, and after it those of some, as the model calls them.
  fileprivate var plainOptimizers: [Optimizer] {
    [optimizer] + namedOptimizers.map(\.optimizer)
  }

  /// What an optimizer of `optimizers` is for, as the model says it; nil where it is for all.
  package func patterns(ofOptimizer index: Int) -> String? {
    index == 0
      ? nil : namedOptimizers[index - 1].patterns.map(\.text).joined(separator: ", ")
  }

  /// The optimizer of all parameters, and after it those of some, with what the training does around
  /// them to each number: clipping and averages.
  package var optimizers: [Optimizer] { plainOptimizers.map { $0.within(self) } }
}

extension Model {
  /// Which of `training.optimizers` moves the parameter `role` of layer `index`: the last that names
  /// it, else that of all.
  package func optimizerIndex(of role: TensorDeclaration.Role, in index: Int) -> Int {
    let name = "\(layers[index].name).\(role.rawValue)"
    let named = training.namedOptimizers.lastIndex { one in
      one.patterns.contains { $0.matches(name) }
    }
    return named.map { $0 + 1 } ?? 0
  }

  /// Whether the parameter `role` of layer `index` stays as it is where its gradient is always 0.
  package func staysWithoutGradient(_ role: TensorDeclaration.Role, in index: Int) -> Bool {
    training.plainOptimizers[optimizerIndex(of: role, in: index)].leavesZeroGradientsAlone
  }

  /// The optimizer that moves the parameter `role` of layer `index`.
  package func optimizer(of role: TensorDeclaration.Role, in index: Int) -> Optimizer {
    training.optimizers[optimizerIndex(of: role, in: index)]
  }
}
