import IR
import Lowering

/// A normalization of each group of one example's numbers by its own mean and variance. No example
/// depends on another, so that training and evaluation are alike and nothing is kept.
///
///     mean     = mean over the group of x
///     variance = mean over the group of (x - mean)^2
///     xhat     = (x - mean) / sqrt(variance + eps)
///     y        = gamma * xhat + beta
///
/// Gradient, with g = gamma * dy and means over the group:
///
///     dx     = (g - mean of g - xhat * mean of g * xhat) / sqrt(variance + eps)
///     dgamma = sum of dy * xhat, dbeta = sum of dy, over all numbers that they belong to
///
/// One that is not centred has no mean, and for its variance the mean of x^2.
package protocol ExampleNormalization: LoweredOperation {
  /// Keeps the division from zero.
  var eps: Double { get }
  /// Whether the mean is taken away.
  var isCentered: Bool { get }
  /// Whether there is a factor.
  var hasGamma: Bool { get }
  /// Whether there is an offset.
  var hasBeta: Bool { get }
  /// What a group is, in words: "all numbers of an example".
  var groupText: String { get }

  /// What makes groups larger.
  var remedy: String { get }

  /// The groups of a value of `shape`.
  ///
  /// - Throws: `ShapeError` where the shape has none.
  func groups(of shape: Shape) throws(ShapeError) -> NormalizationGroups
}

extension ExampleNormalization {
  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let groups = try groups(of: operands[0])
    guard groups.count > 1 else {
      let result = isCentered ? "0" : "1 or -1"
      throw ShapeError(
        "\(keyword) would normalize groups of one number of \(operands[0]), and make \(result) of each",
        help: operands[0].elementCount > 1 ? remedy : "take it out")
    }
    return operands[0]
  }

  /// The groups of a value whose shape was checked.
  package func checkedGroups(of shape: Shape) -> NormalizationGroups {
    guard let groups = try? groups(of: shape) else {
      fatalError("\(keyword) was checked, and \(shape) has none of its groups")
    }
    return groups
  }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let shape = checkedGroups(of: operands[0]).parameterShape
    return (hasGamma ? [TensorDeclaration(.gamma, shape: shape, start: .around(1))] : [])
      + (hasBeta ? [TensorDeclaration(.beta, shape: shape, start: .around(0))] : [])
  }

  package var formula: String {
    let factor = hasGamma ? "gamma * " : ""
    let offset = hasBeta ? " + beta" : ""
    return isCentered
      ? "y = \(factor)(x - mean) / sqrt(variance + eps)\(offset), mean and variance of \(groupText)"
      : "y = \(factor)x / sqrt(mean of x^2 + eps)\(offset), the mean of \(groupText)"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let (x, size) = (inputs.operands[0], inputs.result.elementCount)
    let groups = checkedGroups(of: inputs.result)
    let gamma = hasGamma ? inputs.tensors[.gamma] : nil
    let beta = hasBeta ? inputs.tensors[.beta] : nil
    func group(_ index: Int) -> Int {
      index / size * groups.groups + groups.place(of: index % size).group
    }
    var mean = [Double](repeating: 0, count: inputs.count * groups.groups)
    var variance = mean
    if isCentered {
      for index in x.indices { mean[group(index)] += x[index] / Double(groups.count) }
    }
    for index in x.indices {
      let distance = x[index] - mean[group(index)]
      variance[group(index)] += distance * distance / Double(groups.count)
    }
    return x.indices.map { index in
      let (own, parameter) = (group(index), groups.place(of: index % size).parameter)
      let hat = (x[index] - mean[own]) / (variance[own] + eps).squareRoot()
      return (gamma?[parameter] ?? 1) * hat + (beta?[parameter] ?? 0)
    }
  }

  package var forwardOperation: any ForwardOperation { ExampleNormOperation(norm: self) }

  package var evaluationOperation: any ForwardOperation {
    ExampleNormOperation(norm: self, trains: false)
  }
}

/// What these normalizations say alike.
enum ExampleNormKeys {
  static let eps = Key.real(
    "eps", atLeast: 0, default: 1e-5, says: "1e-5", "what keeps the division from zero")

  /// Whether there are a factor and an offset.
  static func affine(default fallback: Bool) -> Key<Bool> {
    .flag("affine", default: fallback, "whether there are a gamma and a beta")
  }

  /// What is normalized together.
  static let over = Key<NormalizedAxes>(
    parameter: Parameter(
      name: "over", accepts: .wholeOr(Limits.ranks, ["all", "channels"]), fallback: "all",
      meaning: "what has one mean: an example, each place's channels, or so many of the last axes"),
    fallback: .all
  ) {
    switch $0 {
    case .number(let value): Int(exactly: value).map(NormalizedAxes.last)
    case .word("all"): .all
    case .word("channels"): .channels
    default: nil
    }
  }
}

/// The axes that a layer norm takes together.
package enum NormalizedAxes: Hashable, Sendable, CustomStringConvertible {
  /// All of an example's.
  case all
  /// The first: each place of an image by itself.
  case channels
  /// So many of the last ones.
  case last(Int)

  package var description: String {
    switch self {
    case .all: "all"
    case .channels: "channels"
    case .last(let axes): "\(axes)"
    }
  }

  /// A group, in words.
  var groupText: String {
    switch self {
    case .all: "an example's numbers"
    case .channels: "each place's channels"
    case .last(1): "each row of the last axis"
    case .last(let axes): "the last \(axes) axes"
    }
  }

  /// The groups of a value of `shape`, for `keyword`.
  func groups(of shape: Shape, for keyword: String) throws(ShapeError) -> NormalizationGroups {
    let rank = shape.dimensions.count
    switch self {
    case .all: return .last(rank, of: shape)
    case .channels: return .channels(of: shape)
    case .last(let axes):
      guard axes <= rank else {
        throw ShapeError(
          "\(keyword) over the last \(axes) axes needs as many, and this is \(shape)",
          help: "'over: all' takes all that there are")
      }
      return .last(axes, of: shape)
    }
  }
}
