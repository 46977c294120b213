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
    members.map { names.plan.model.layers[$0].op.definition.formula }
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

  /// 1 / sqrt(variance + eps), as C over `moments`.
  var inverse: String { "1 / SQRT(moments[C + c] + \(CText.real(norm.op.eps)))" }

  /// Whether gamma takes part.
  var hasGamma: Bool { norm.op.affine && !norm.op.fixGamma }

  /// gamma / sqrt(variance + eps), as C.
  var scale: String {
    let inverse = "moments[2 * C + c]"
    return hasGamma
      ? "s->parameters->\(names.member(TensorID(layer: norm.layer, role: .gamma)))[c] * \(inverse)"
      : inverse
  }

  /// beta, as C.
  var shift: String {
    norm.op.affine
      ? "s->parameters->\(names.member(TensorID(layer: norm.layer, role: .beta)))[c]" : "0"
  }

  /// Each number's share of a window's mean, as C.
  var share: String { CText.real(1 / Double(window.kernel * window.kernel)) }

  var firstChannel: String { norm.channelsPerTask.start("tile") }
  var channelCount: String { norm.channelsPerTask.size("tile") }

  func state(_ role: TensorDeclaration.Role) -> String {
    names.member(TensorID(layer: norm.layer, role: role))
  }
}
