import IR
import Lowering

/// What the templates of batch norm share.
struct NormalizationNames: Sendable {
  let norm: Normalization
  let names: CodegenContext

  init(_ norm: Normalization, names: CodegenContext) {
    self.norm = norm
    self.names = names
  }

  var members: [Int] { norm.members }
  var layer: String { names.layer(norm.layer) }
  /// `batchnorm1, relu1, avgpool1`
  var layers: String { members.map(names.layer).joined(separator: ", ") }
  var source: String { names.line(of: norm.layer) }
  var window: Window { norm.pool?.window ?? .point }
  var outputHeight: Int { norm.pool?.outputHeight ?? norm.height }
  var outputWidth: Int { norm.pool?.outputWidth ?? norm.width }
  var xShape: String { names.outputShape(of: norm.layer) }
  var yShape: String { names.outputShape(of: members.last ?? norm.layer) }

  /// The sizes as C, defined where they are not yet.
  func sizes(sharing shared: inout SharedFunctions) -> String {
    shared.define(.pieces)
    shared.define(.normalization)
    return shared.name(
      SharedSizes(
        "normalization", of: norm.layer, names: names,
        [
          ("C", norm.channels), ("H", norm.height), ("W", norm.width), ("OH", outputHeight),
          ("OW", outputWidth), ("K", window.rows.kernel), ("S", window.rows.stride),
        ]))
  }

  /// What runs in the kernels, as a part of their functions' names: `batchnorm_relu_maxpool`.
  var stem: String {
    "batchnorm" + norm.activation.suffix
      + (norm.pool.map { $0.pooling == .max ? "_maxpool" : "_avgpool" } ?? "")
  }

  /// The first three arguments of a kernel of tasks of channels.
  func taskArguments(sharing shared: inout SharedFunctions) -> [String] {
    let sizes = sizes(sharing: &shared)
    shared.define(.pieceSize)
    return ["s", "task", sizes, norm.channelsPerTask.pieces]
  }

  var eps: String { CText.real(norm.convention.eps) }

  /// 1 / sqrt(variance + eps), or what the convention has in its place, as C over `moments`.
  var inverse: String {
    switch norm.convention.epsPlace {
    case .variance: "1 / SQRT(moments[n.C + c] + eps)"
    case .deviation: "1 / (SQRT(moments[n.C + c]) + eps)"
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

  /// gamma where it takes part, and beta, as C; 0 where there is none.
  var affine: [String] {
    func pointer(_ layer: Int?, _ role: TensorDeclaration.Role) -> String {
      layer.map { "s->parameters->\(names.member(TensorID(layer: $0, role: role)))" } ?? "0"
    }
    return [pointer(gammaLayer, .gamma), pointer(norm.affineLayer, .beta)]
  }

  /// What the activation makes of a number, as C over vectors.
  func activated(_ value: String) -> String {
    names.activated(value, by: norm.activation, at: "c")
  }

  /// What the activation leaves of a gradient at a number, as C over vectors.
  func masked(_ gradient: String, at value: String) -> String {
    norm.activation.map { names.vector($0.function.gradientOfOperand, [gradient, value]) }
      ?? gradient
  }

  /// Each number's share of a window's mean, as C.
  var share: String { CText.real(1 / Double(window.taps)) }

  /// C for a statistic that a layer keeps.
  func state(_ role: TensorDeclaration.Role) -> String {
    "s->state->\(names.member(TensorID(layer: norm.layer, role: role)))"
  }

  /// C for a buffer of numbers.
  func numbers(_ buffer: BufferID) -> String { "s->scratch + \(names.buffer(buffer))" }

  /// C for a buffer of blocks' moments.
  func blockMoments(_ buffer: BufferID) -> String { "moments_at(s, \(names.buffer(buffer)))" }

  /// C for a buffer of blocks' sums.
  func pairs(_ buffer: BufferID) -> String { "pairs_at(s, \(names.buffer(buffer)))" }
}
