/// How the parameters start.
package protocol Initializer: Hashable, Sendable {
  /// The word in a model file.
  var keyword: String { get }
  /// The attributes with their values.
  var attributes: [AttributeValue] { get }

  /// The numbers that a weight between so many inputs and outputs starts with.
  func weight(fanIn: Int, fanOut: Int) -> Distribution

  /// The numbers that a parameter around `value` starts with where the initializer is for all: a
  /// bias around 0, gamma around 1. `fanIn` is that of the weight of the parameter's layer, where
  /// it has one.
  func around(_ value: Double, fanIn: Int?) -> Distribution

  /// The same of a parameter that a model names; nil where the initializer starts only weights.
  func named(around value: Double, fanIn: Int?) -> Distribution?

  /// Whether it makes a weight of what its layer sees of the training data: of a convolution's that
  /// reads an input, and that the model names.
  var readsData: Bool { get }
}

extension Initializer {
  package var attributes: [AttributeValue] { [] }
  package func around(_ value: Double, fanIn: Int?) -> Distribution { .constant(value) }
  package func named(around value: Double, fanIn: Int?) -> Distribution? { nil }
  package var readsData: Bool { false }
}

/// Where numbers are drawn from.
package enum Distribution: Hashable, Sendable {
  case constant(Double)
  case normal(mean: Double, deviation: Double)
  case uniform(from: Double, to: Double)
  /// Normal around 0, but none further from it than `bound`.
  case truncatedNormal(deviation: Double, bound: Double)
  /// As a matrix of a row for each output: rows, or where there are more of them columns, that are
  /// orthogonal and `gain` long, uniform among all such matrices.
  case orthogonal(gain: Double)
  /// 1 where an output's number is its input's, in the middle of a window, else 0: a convolution
  /// that keeps its operand, each of `groups` its own. Outputs beyond a group's inputs are uniform from
  /// `-rest` to `rest`.
  case dirac(rest: Double, groups: Int = 1)
  /// The directions of the patches of so many training examples, as `Whitening` has it.
  case whitening(eps: Double, examples: Int)
  /// These numbers, in C order.
  case listed([Double])
}

extension Distribution {
  /// That of a weight whose first axis lies in groups.
  fileprivate func inGroups(_ groups: Int) -> Distribution {
    if case .dirac(let rest, _) = self { .dirac(rest: rest, groups: groups) } else { self }
  }
}

/// `initialize orthogonal on conv*.weight`: how the parameters start that a model names.
package struct NamedInitializer: Hashable, Sendable {
  package let initializer: AnyInitializer
  /// The parameters that it is for.
  package let patterns: [ParameterPattern]

  package init(_ initializer: AnyInitializer, on patterns: [ParameterPattern]) {
    self.initializer = initializer
    self.patterns = patterns
  }
}

/// An initializer of any type.
package struct AnyInitializer: Hashable, Sendable {
  package let base: any Initializer

  package init(_ base: any Initializer) { self.base = base }

  package static func == (left: AnyInitializer, right: AnyInitializer) -> Bool {
    AnyHashable(left.base) == AnyHashable(right.base)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}

extension Model {
  /// How the tensor `declaration` of layer `index` starts: as the last initializer that names it
  /// says, else as that for all.
  package func start(of declaration: TensorDeclaration, in index: Int) -> Distribution {
    let fanIn = parameters(of: index).lazy.compactMap(\.start.fanIn).first
    let name = "\(layers[index].name).\(declaration.name)"
    let named = training.namedInitializers.last { one in
      one.patterns.contains { $0.matches(name) }
        && declaration.start.distribution(by: one.initializer.base, isNamed: true, fanIn: fanIn)
          != nil
    }
    let start = named.flatMap {
      declaration.start.distribution(by: $0.initializer.base, isNamed: true, fanIn: fanIn)
    }
    return start
      ?? declaration.start.distribution(
        by: training.initializer.base, isNamed: false, fanIn: fanIn) ?? .constant(0)
  }
}

extension TensorDeclaration.Start {
  /// The inputs of a weight; nil of other parameters.
  var fanIn: Int? { if case .weight(let fanIn, _, _) = self { fanIn } else { nil } }

  /// What `initializer` makes of it; nil where it is named and starts only weights.
  package func distribution(by initializer: any Initializer, isNamed: Bool, fanIn: Int?)
    -> Distribution?
  {
    switch self {
    case .weight(let fanIn, let fanOut, let groups):
      initializer.weight(fanIn: fanIn, fanOut: fanOut).inGroups(groups)
    case .around(let value):
      isNamed
        ? initializer.named(around: value, fanIn: fanIn)
        : initializer.around(value, fanIn: fanIn)
    case .constant(let value): .constant(value)
    case .listed(let values): .listed(values)
    }
  }
}
