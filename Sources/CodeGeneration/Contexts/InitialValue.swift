import IR

/// How a tensor starts, as a row of the plugin's table says it.
struct InitialValue: Sendable {
  let kind: String
  let first, second: Double
  /// Whether its numbers stand in a list of their own.
  var isListed: Bool { kind == "BNC_LISTED" }

  init(_ distribution: Distribution) {
    switch distribution {
    case .constant(let value): (kind, first, second) = ("BNC_CONSTANT", value, 0)
    case .normal(let mean, let deviation): (kind, first, second) = ("BNC_NORMAL", mean, deviation)
    case .uniform(let low, let high): (kind, first, second) = ("BNC_UNIFORM", low, high)
    case .truncatedNormal(let deviation, let bound):
      (kind, first, second) = ("BNC_TRUNCATED_NORMAL", deviation, bound)
    case .orthogonal(let gain): (kind, first, second) = ("BNC_ORTHOGONAL", gain, 0)
    case .dirac(let rest, let groups):
      (kind, first, second) = ("BNC_DIRAC", rest, groups > 1 ? Double(groups) : 0)
    // A host makes it of the data, as another table says.
    case .whitening: (kind, first, second) = ("BNC_CONSTANT", 0, 0)
    case .listed: (kind, first, second) = ("BNC_LISTED", 0, 0)
    }
  }
}
