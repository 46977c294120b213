import Diagnostics
import IR

extension Checker {
  /// A pattern that names no parameter is a slip, and so is an initializer of weights on what are
  /// none.
  mutating func checkPatterns(of model: Model) {
    let declarations = model.layers.indices.flatMap { index in
      model.parameters(of: index).map { (name: "\(model.layers[index].name).\($0.name)", $0) }
    }
    let names = declarations.map(\.name)
    for pattern in model.penalties.flatMap(\.patterns)
      + model.training.namedInitializers.flatMap(\.patterns)
      + model.training.namedOptimizers.flatMap(\.patterns)
    where !names.contains(where: pattern.matches) {
      report(.unmatchedPattern(pattern, names: names))
    }
    for named in model.training.namedInitializers {
      for pattern in named.patterns {
        let found = declarations.filter { pattern.matches($0.name) }
        let canStart = found.contains {
          $0.1.start.distribution(by: named.initializer.base, isNamed: true, fanIn: nil) != nil
        }
        if canStart, named.initializer.base.readsData { checkWhitening(pattern, of: model) }
        if let first = found.first, !canStart {
          report(
            .initializerOfWeights(named.initializer.base.keyword, pattern, parameter: first.name))
        }
      }
    }
  }

  /// What is made of the training data is a weight of a layer that sees them.
  private mutating func checkWhitening(_ pattern: ParameterPattern, of model: Model) {
    for index in model.layers.indices
    where model.parameters(of: index).contains(where: {
      $0.role == .weight && pattern.matches("\(model.layers[index].name).\($0.name)")
    }) {
      do throws(ShapeError) {
        _ = try model.whitened(index)
      } catch {
        report(.shapeMismatch(error, at: pattern.range, uses: []))
      }
    }
  }
}
