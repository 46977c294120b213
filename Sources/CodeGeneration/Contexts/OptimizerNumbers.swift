import IR
import Lowering

/// What the hyperparameters and scalars of one of a model's optimizers are called in C. What has the
/// value that the optimizer of all parameters has goes by the same name.
struct OptimizerNumbers: Sendable {
  let optimizer: Optimizer
  /// The name of each hyperparameter and scalar.
  let names: [String: String]
  /// Those that are this optimizer's own.
  let own: Set<String>
  /// C for the value of each hyperparameter, a double.
  let values: [String: String]

  init(_ training: Training, _ index: Int) {
    let optimizers = training.optimizers
    let whole = optimizers[0]
    optimizer = optimizers[index]
    let isWhole = index == 0
    let rate = isWhole ? nil : training.namedOptimizers[index - 1].rate
    let rateName = optimizer.learningRate?.name
    var own: Set<String> = []
    for hyperparameter in optimizer.hyperparameters {
      let isShared = whole.hyperparameters.contains {
        $0.name == hyperparameter.name && $0.value == hyperparameter.value
      }
      // A rate follows that of all parameters, which a host may change.
      let isRate = hyperparameter.name == rateName
      if isWhole || !(isRate ? rate == 1 : isShared) { own.insert(hyperparameter.name) }
    }
    for scalar in optimizer.scalars {
      let isShared =
        whole.scalars.contains(scalar)
        && own.isDisjoint(with: scalar.value.inlined.variables)
      if isWhole || !isShared { own.insert(scalar.name) }
    }
    self.own = own
    let suffix = CodegenContext.suffix(ofOptimizer: index)
    names = Dictionary(
      uniqueKeysWithValues: (optimizer.hyperparameters.map(\.name) + optimizer.scalars.map(\.name))
        .map { ($0, own.contains($0) ? $0 + suffix : $0) })
    values = Dictionary(
      uniqueKeysWithValues: optimizer.hyperparameters.map { hyperparameter in
        let name = hyperparameter.name
        let place = whole.hyperparameters.firstIndex { $0.name == name }
        let given = place.map { "step->hyperparameters[\($0)]" } ?? ""
        if isWhole || !own.contains(name) { return (name, given) }
        return (
          name,
          name == rateName && rate != nil
            ? CText.double(rate ?? 1) + " * " + given : CText.double(hyperparameter.value)
        )
      })
  }

  /// The name in C of what the optimizer calls `name`.
  func name(_ name: String) -> String { names[name] ?? name }

  /// The hyperparameters and scalars that the arithmetic of one parameter reads, in order.
  var read: [String] {
    let whole = optimizer.tensorStep.map { $0.scalars + $0.updates } ?? []
    let variables = Set((optimizer.updates + whole).flatMap { $0.value.inlined.variables })
    return (optimizer.hyperparameters.map(\.name) + optimizer.scalars.map(\.name))
      .filter(variables.contains)
  }

  /// The hyperparameters that scalars read, in order.
  var known: [String] {
    let variables = Set(optimizer.scalars.flatMap { $0.value.inlined.variables })
    return optimizer.hyperparameters.map(\.name).filter(variables.contains)
  }
}
