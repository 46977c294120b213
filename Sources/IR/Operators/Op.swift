/// What a layer computes. One case an operator; each operator is a struct in a file of its own that
/// holds its attributes, its shape rule, its parameters and its formula.
///
/// Wherever meaning differs from operator to operator the compiler switches over this type without
/// `default`, so that a new case names every place that must learn about it.
package enum Op: Hashable, Sendable {
  case convolution(Convolution)
  case dense(Dense)
  case batchNorm(BatchNorm)
  case normalize(Normalize)
  case scaleShift(ScaleShift)
  case relu(ReLU)
  case sigmoid(Sigmoid)
  case averagePool(AveragePool)
  case maxPool(MaxPool)
  case flatten(Flatten)
  case add(Add)

  /// The operator as the protocol that all of them meet.
  package var definition: any Operator {
    switch self {
    case .convolution(let op): op
    case .dense(let op): op
    case .batchNorm(let op): op
    case .normalize(let op): op
    case .scaleShift(let op): op
    case .relu(let op): op
    case .sigmoid(let op): op
    case .averagePool(let op): op
    case .maxPool(let op): op
    case .flatten(let op): op
    case .add(let op): op
    }
  }
}

extension Op {
  /// The statistics and conventions of a batch norm, or of its first half; nil of other operators.
  package var normalization: BatchNorm? {
    switch self {
    case .batchNorm(let op): op
    case .normalize(let op): op.convention
    case .convolution, .dense, .scaleShift, .relu, .sigmoid, .averagePool, .maxPool, .flatten,
      .add:
      nil
    }
  }
}

/// What every operator of the language can say about itself.
package protocol Operator: Hashable, Sendable {
  /// The word in a model file, and the stem of the layer's name: `conv` makes `conv1`, `conv2`, …
  static var keyword: String { get }

  /// The shape of one example's result.
  ///
  /// - Throws: `ShapeError` where the operands do not fit.
  func outputShape(of operands: [Shape]) throws(ShapeError) -> Shape

  /// What is learned, in the order of the parameter region.
  func parameters(of operands: [Shape]) -> [TensorDeclaration]

  /// What is kept from step to step but not learned, in the order of the state region.
  func state(of operands: [Shape]) -> [TensorDeclaration]

  /// Multiply-adds of the forward pass for one example.
  func multiplyAdds(of operands: [Shape]) -> Int

  /// The formula, as the comment over the generated function says it.
  var formula: String { get }
}

extension Operator {
  package func parameters(of operands: [Shape]) -> [TensorDeclaration] { [] }
  package func state(of operands: [Shape]) -> [TensorDeclaration] { [] }
  package func multiplyAdds(of operands: [Shape]) -> Int { 0 }
}

/// Why an operator cannot take its operands: what the checker turns into a diagnostic.
package struct ShapeError: Error, Hashable, Sendable {
  /// One clause, no full stop: "conv needs an image [channels, height, width], this is [800]".
  package var message: String
  /// What would help, if that is known: "put flatten before it".
  package var help: String?

  /// The error with its message and, where there is one, the way out.
  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}

/// A tensor that a layer owns: a parameter or a running statistic.
package struct TensorDeclaration: Hashable, Sendable {
  /// What it is to its layer: `weight`, `bias`, `gamma`, `running_mean`, …
  package var name: String
  /// The whole shape, canonical: `[out, in, height, width]`, `[out, in]`, `[channels]`.
  package var shape: [Int]
  /// Its part in the layer, which says how it starts.
  package var role: Role

  /// What a tensor is to its layer.
  package enum Role: String, Hashable, Sendable {
    case weight, bias, gamma, beta
    case runningMean = "running_mean"
    case runningVariance = "running_variance"
    /// 1 once the running statistics hold a batch, else 0; only with `start: first_batch`.
    case seen
  }

  /// A tensor called as its role.
  package init(_ role: Role, shape: [Int]) {
    self.name = role.rawValue
    self.shape = shape
    self.role = role
  }

  /// How many numbers it holds.
  package var elementCount: Int { shape.reduce(1, *) }
}
