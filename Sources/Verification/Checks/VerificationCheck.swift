/// What is shown of a compiled network.
package enum VerificationCheck: String, CaseIterable, Codable, Sendable {
  /// Outputs and loss of every plan are those of the operators' formulas.
  case formulas
  /// Gradients in double are the slopes of the loss, by central differences.
  case slopes
  /// Gradients of the fused plan are those of one kernel an operator, in double.
  case fusion
  /// Gradients of the plan that trains, in float, are those in double.
  case precision
  /// Running statistics move as the formula says.
  case statistics
  /// Parameters move as the optimizer's formula says.
  case optimizer
  /// Any number of threads gives the same bits.
  case threads
  /// What scratch held, and lanes past a short batch, change no bit.
  case lanes

  /// The check in words.
  package var title: String {
    switch self {
    case .formulas: "outputs and loss, against the operators' formulas in double"
    case .slopes: "gradients in double, against central differences of the loss"
    case .fusion: "gradients of the fused kernels in double, against one kernel an operator"
    case .precision: "gradients of the plan that trains, against double"
    case .statistics: "running statistics after a step, against their formula"
    case .optimizer: "parameters after a step, against the optimizer's formula"
    case .threads: "two steps on several threads, to the bit"
    case .lanes: "a short batch beside leftovers in scratch and in lanes, to the bit"
    }
  }

  /// What it takes of the time of all, roughly.
  var share: Double {
    switch self {
    case .formulas: 6
    case .slopes: 4
    case .fusion, .precision, .optimizer, .threads: 2
    case .statistics, .lanes: 1
    }
  }
}

/// One line of what was found.
package struct Finding: Encodable, Sendable {
  package let check: VerificationCheck
  /// The layer's name; nil where it is about the whole network.
  package let layer: String?
  /// A parameter, an output, a plan.
  package let what: String
  /// The worst relative error; 0 where bits are compared and none differs.
  package let error: Double
  /// The most that counts as right.
  package let allowed: Double
  /// Whether it is right.
  package let holds: Bool

  init(
    _ check: VerificationCheck, layer: String? = nil, _ what: String, error: Double, allowed: Double
  ) {
    self.check = check
    self.layer = layer
    self.what = what
    self.error = error
    self.allowed = allowed
    holds = error <= allowed
  }

  /// What is found of the tensor `name`: `conv1.weight`.
  init(_ check: VerificationCheck, of name: String, error: Double, allowed: Double) {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    self.init(
      check, layer: parts.count > 1 ? parts[0] : nil, parts.last ?? name, error: error,
      allowed: allowed)
  }

  private enum CodingKeys: String, CodingKey {
    case check, layer, what, error, allowed, holds
  }

  /// Without the error where that is no finite number, for which JSON has no word.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(check, forKey: .check)
    try container.encodeIfPresent(layer, forKey: .layer)
    try container.encode(what, forKey: .what)
    if error.isFinite { try container.encode(error, forKey: .error) }
    try container.encode(allowed, forKey: .allowed)
    try container.encode(holds, forKey: .holds)
  }
}
