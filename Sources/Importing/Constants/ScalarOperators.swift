import Glibc
import IR

/// ONNX's operators that compute each number of their result from its like in the operands: what
/// they compute of single numbers. Constants are folded by it, and activations told by it, in
/// whatever pieces a file has them.
enum ScalarOperators {
  typealias Function = ([Double]) -> Double

  /// What `node` computes; nil of operators that are not of this kind.
  static func function(of node: ImportNode) -> Function? {
    guard node.isStandard else { return nil }
    return unary(node) ?? attributed(node) ?? several[node.operation]
  }

  /// Whether the result is true or false.
  static let comparisons: Set = [
    "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal", "Not", "And", "Or", "Xor",
  ]

  /// Whether the result of whole numbers is whole.
  static let keepsWholes: Set = [
    "Add", "Sub", "Mul", "Div", "Neg", "Abs", "Min", "Max", "Mod", "Sum", "Where", "Sign",
  ]

  private static func unary(_ node: ImportNode) -> Function? {
    let expression: ScalarExpression.Unary? =
      switch node.operation {
      case "Neg": .negate
      case "Abs": .abs
      case "Floor": .floor
      case "Sqrt": .sqrt
      case "Exp": .exp
      case "Log": .log
      case "Sin": .sin
      case "Cos": .cos
      case "Tanh": .tanh
      case "Sigmoid": .sigmoid
      case "Softplus": .softplus
      case "Erf": .erf
      default: nil
      }
    return expression.map { function in { function.value(at: $0[0]) } }
  }

  /// Those of one number that attributes or further single numbers make other ones of.
  private static func attributed(_ node: ImportNode) -> Function? {
    func attribute(_ name: String, _ usual: Double) -> Double { node.float(name) ?? usual }
    switch node.operation {
    case "LeakyRelu":
      let alpha = attribute("alpha", 0.01)
      return { $0[0] < 0 ? alpha * $0[0] : $0[0] }
    case "Elu":
      let alpha = attribute("alpha", 1)
      return { $0[0] < 0 ? alpha * expm1($0[0]) : $0[0] }
    case "HardSigmoid":
      let (alpha, beta) = (attribute("alpha", 0.2), attribute("beta", 0.5))
      return { Swift.max(0, Swift.min(1, alpha * $0[0] + beta)) }
    case "Gelu":
      let isApproximate = node.text("approximate") == "tanh"
      return { x in
        isApproximate
          ? 0.5 * x[0] * (1 + tanh(0.7978845608028654 * (x[0] + 0.044715 * x[0] * x[0] * x[0])))
          : 0.5 * x[0] * (1 + erf(x[0] * 0.7071067811865476))
      }
    case "Clip":
      let (low, high) = (node.float("min"), node.float("max"))
      // A bound that is left out is NaN.
      return { x in
        let least = low ?? (x.count > 1 && !x[1].isNaN ? x[1] : -.infinity)
        let most = high ?? (x.count > 2 && !x[2].isNaN ? x[2] : .infinity)
        return Swift.min(Swift.max(x[0], least), most)
      }
    default: return nil
    }
  }

  private static func truth(_ holds: Bool) -> Double { holds ? 1 : 0 }

  private nonisolated(unsafe) static let several: [String: Function] = [
    "Relu": { $0[0] < 0 ? 0 : $0[0] },
    "HardSwish": { $0[0] * Swift.max(0, Swift.min(1, $0[0] / 6 + 0.5)) },
    "Reciprocal": { 1 / $0[0] },
    "Ceil": { $0[0].rounded(.up) },
    "Round": { $0[0].rounded(.toNearestOrEven) },
    "Sign": { $0[0] > 0 ? 1 : $0[0] < 0 ? -1 : 0 },
    "Not": { truth($0[0] == 0) },
    "Add": { $0[0] + $0[1] },
    "Sub": { $0[0] - $0[1] },
    "Mul": { $0[0] * $0[1] },
    "Div": { $0[0] / $0[1] },
    "Pow": { pow($0[0], $0[1]) },
    "Mod": { a in a[1] == 0 ? .nan : a[0] - (a[0] / a[1]).rounded(.down) * a[1] },
    "Min": { $0.reduce(.infinity, Swift.min) },
    "Max": { $0.reduce(-.infinity, Swift.max) },
    "Sum": { $0.reduce(0, +) },
    "Mean": { $0.reduce(0, +) / Double($0.count) },
    "Less": { truth($0[0] < $0[1]) },
    "LessOrEqual": { truth($0[0] <= $0[1]) },
    "Greater": { truth($0[0] > $0[1]) },
    "GreaterOrEqual": { truth($0[0] >= $0[1]) },
    "Equal": { truth($0[0] == $0[1]) },
    "And": { truth($0[0] != 0 && $0[1] != 0) },
    "Or": { truth($0[0] != 0 || $0[1] != 0) },
    "Xor": { truth(($0[0] != 0) != ($0[1] != 0)) },
    "Where": { $0[0] != 0 ? $0[1] : $0[2] },
  ]

  /// How many operands an operator reads at least.
  static func leastOperands(of operation: String) -> Int {
    switch operation {
    case "Where": 3
    case "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Less", "LessOrEqual", "Greater",
      "GreaterOrEqual", "Equal", "And", "Or", "Xor":
      2
    default: 1
    }
  }
}
