import IR

/// How a tensor starts, as a row of the plugin's table says it.
struct FirstValue: Sendable {
  let kind: String
  let first, second: Double

  /// How `declaration` of `layer` starts under the model's initializer.
  init(of declaration: TensorDeclaration, layer: Layer, initializer: Training.Initializer) {
    switch declaration.role {
    case .runningMean, .seen: self.init(constant: 0)
    case .runningVariance: self.init(constant: 1)
    case .gamma:
      if case .batchNorm(let op) = layer.op, op.fixGamma {
        self.init(constant: 1)
      } else if case .normal(let deviation) = initializer {
        self.init(normal: deviation, around: 1)
      } else {
        self.init(constant: 1)
      }
    case .bias, .beta:
      if case .normal(let deviation) = initializer {
        self.init(normal: deviation, around: 0)
      } else {
        self.init(constant: 0)
      }
    case .weight: self.init(weight: declaration.shape, initializer: initializer)
    }
  }

  private init(weight shape: [Int], initializer: Training.Initializer) {
    let taps = shape.dropFirst(2).reduce(1, *)
    let inputs = Double(shape[1] * taps)
    let outputs = Double(shape[0] * taps)
    switch initializer {
    case .normal(let deviation): self.init(normal: deviation, around: 0)
    case .he: self.init(normal: (2 / inputs).squareRoot(), around: 0)
    case .xavier:
      let limit = (6 / (inputs + outputs)).squareRoot()
      self.init(kind: "BNC_UNIFORM", first: -limit, second: limit)
    }
  }

  private init(constant: Double) { self.init(kind: "BNC_CONSTANT", first: constant, second: 0) }

  private init(normal deviation: Double, around mean: Double) {
    self.init(kind: "BNC_NORMAL", first: mean, second: deviation)
  }

  private init(kind: String, first: Double, second: Double) {
    self.kind = kind
    self.first = first
    self.second = second
  }
}
