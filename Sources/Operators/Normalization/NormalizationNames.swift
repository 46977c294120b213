import IR
import Lowering

/// What the templates of batch norm share.
struct NormalizationNames: Sendable {
  let norm: Normalization
  let names: Naming

  init(_ norm: Normalization, names: Naming) {
    self.norm = norm
    self.names = names
  }

  var members: [Int] { norm.members }
  var layer: String { names.layer(norm.layer) }
  /// `batchnorm1, relu1, avgpool1`
  var layers: String { members.map(names.layer).joined(separator: ", ") }
  var formulas: [String] {
    members.map { names.formula(of: $0) }
  }
  var source: String { names.line(of: norm.layer) }
  var window: Window { norm.pool?.window ?? Window(kernel: 1) }
  var outputHeight: Int { norm.pool?.outputHeight ?? norm.height }
  var outputWidth: Int { norm.pool?.outputWidth ?? norm.width }
  var xShape: String { names.outputShape(of: norm.layer) }
  var yShape: String { names.outputShape(of: members.last ?? norm.layer) }

  var dimensions: String {
    CText.dimensions([
      ("C", norm.channels), ("H", norm.height), ("W", norm.width), ("OH", outputHeight),
      ("OW", outputWidth), ("K", window.kernel), ("S", window.stride),
    ])
  }

  /// 1 / sqrt(variance + eps), or what the convention has in its place, as C over `moments`.
  var inverse: String {
    let eps = CText.real(norm.convention.eps)
    return switch norm.convention.epsPlace {
    case .variance: "1 / SQRT(moments[C + c] + \(eps))"
    case .deviation: "1 / (SQRT(moments[C + c]) + \(eps))"
    }
  }

  /// `inverse`, in words.
  var inverseFormula: String {
    switch norm.convention.epsPlace {
    case .variance: "1 / sqrt(variance + eps)"
    case .deviation: "1 / (sqrt(variance) + eps)"
    }
  }

  /// The layer whose gamma takes part; nil where none does.
  var gammaLayer: Int? { norm.hasGamma ? norm.affineLayer : nil }

  /// gamma * inverse, as C.
  var scale: String {
    let inverse = "moments[2 * C + c]"
    return gammaLayer.map {
      "s->parameters->\(names.member(TensorID(layer: $0, role: .gamma)))[c] * \(inverse)"
    } ?? inverse
  }

  /// beta, as C.
  var shift: String {
    norm.affineLayer.map {
      "s->parameters->\(names.member(TensorID(layer: $0, role: .beta)))[c]"
    } ?? "0"
  }

  /// What the activation makes of a number, as C over vectors.
  func activated(_ value: String) -> String {
    norm.activation.map { names.vector($0, [value]) } ?? value
  }

  /// What the activation leaves of a gradient at a number, as C over vectors.
  func masked(_ gradient: String, at value: String) -> String {
    norm.activation.map { names.vector($0.gradientOfOperand, [gradient, value]) } ?? gradient
  }

  /// Each number's share of a window's mean, as C.
  var share: String { CText.real(1 / Double(window.kernel * window.kernel)) }

  var firstChannel: String { norm.channelsPerTask.start("tile") }
  var channelCount: String { norm.channelsPerTask.size("tile") }

  func state(_ role: TensorDeclaration.Role) -> String {
    names.member(TensorID(layer: norm.layer, role: role))
  }
}
