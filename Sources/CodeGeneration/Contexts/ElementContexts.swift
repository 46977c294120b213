import IR
import Lowering

/// The share of a block's numbers that one task takes, as C.
enum Piece {
  static let first = "(int)((int64_t)COUNT * piece / PIECES)"
  static let end = "(int)((int64_t)COUNT * (piece + 1) / PIECES)"
}

struct ActivationForwardContext: TemplateContext {
  var template: String { "activation_forward.c.mustache" }
  let name, layer, source, formula, shape, x, y, firstElement, endElement, value: String
  let elements, pieces: Int
  let several, masks: Bool

  init(_ kernel: ActivationForward, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.plan.model.layers[layer].op.definition.formula
    shape = names.outputShape(of: layer)
    x = names.buffer(kernel.x)
    y = names.buffer(kernel.y)
    firstElement = Piece.first
    endElement = Piece.end
    elements = kernel.elements
    pieces = kernel.pieces
    several = kernel.pieces > 1
    switch kernel.function {
    case .relu: (value, masks) = ("relu(x[k])", false)
    case .sigmoid: (value, masks) = ("keep(sigmoid(x[k]), live)", true)
    }
  }
}

struct ActivationBackwardContext: TemplateContext {
  var template: String { "activation_backward.c.mustache" }
  let name, layer, source, formula, shape, saved, dy, dx, firstElement, endElement: String
  let value: String
  let elements, pieces: Int
  let several: Bool

  init(_ kernel: ActivationBackward, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    shape = names.outputShape(of: layer)
    saved = names.buffer(kernel.saved)
    dy = names.buffer(kernel.dy)
    dx = names.buffer(kernel.dx)
    firstElement = Piece.first
    endElement = Piece.end
    elements = kernel.elements
    pieces = kernel.pieces
    several = kernel.pieces > 1
    switch kernel.function {
    case .relu: (formula, value) = ("dx = y > 0 ? dy : 0", "keep(dy[k], y[k] > (vec){0})")
    case .sigmoid: (formula, value) = ("dx = dy * y * (1 - y)", "dy[k] * y[k] * (1 - y[k])")
    }
  }
}

struct ScaleShiftForwardContext: TemplateContext {
  var template: String { "scale_shift_forward.c.mustache" }
  let name, layer, source, formula, shape, x, y, gamma, beta: String
  let channels, plane: Int

  init(_ kernel: ScaleShiftForward, name: String, names: Naming) {
    self.name = name
    layer = names.layer(kernel.layer)
    source = names.line(of: kernel.layer)
    formula = names.plan.model.layers[kernel.layer].op.definition.formula
    shape = names.outputShape(of: kernel.layer)
    x = names.buffer(kernel.x)
    y = names.buffer(kernel.y)
    gamma = names.member(TensorID(layer: kernel.layer, role: .gamma))
    beta = names.member(TensorID(layer: kernel.layer, role: .beta))
    channels = kernel.channels
    plane = kernel.plane
  }
}

struct ScaleShiftBackwardContext: TemplateContext {
  var template: String { "scale_shift_backward.c.mustache" }
  let name, layer, source, shape, x, dy, gamma: String
  let dx, gammaStore, betaStore: String?
  let channels, plane: Int

  init(_ kernel: ScaleShiftBackward, name: String, names: Naming) {
    let gammaID = TensorID(layer: kernel.layer, role: .gamma)
    let betaID = TensorID(layer: kernel.layer, role: .beta)
    self.name = name
    layer = names.layer(kernel.layer)
    source = names.line(of: kernel.layer)
    shape = names.outputShape(of: kernel.layer)
    x = names.buffer(kernel.x)
    dy = names.buffer(kernel.dy)
    dx = kernel.dx.map(names.buffer)
    gamma = names.member(gammaID)
    gammaStore = kernel.gamma.map {
      names.store("lanes_sum(product)", of: gammaID, at: "channel", $0)
    }
    betaStore = kernel.beta.map { names.store("lanes_sum(sum)", of: betaID, at: "channel", $0) }
    channels = kernel.channels
    plane = kernel.plane
  }
}

/// One of the values that are added up.
struct SumPart: Sendable {
  let letter, buffer: String
}

struct SumContext: TemplateContext {
  var template: String { "sum.c.mustache" }
  let name, title, formula, shape, y, value, firstElement, endElement: String
  let elements, pieces: Int
  let several: Bool
  let parts: [SumPart]

  init(_ kernel: Sum, kernel whole: Kernel, names: Naming) {
    name = whole.name
    parts = kernel.parts.enumerated().map {
      SumPart(letter: "part\($0.offset)", buffer: names.buffer($0.element))
    }
    let isLayer = whole.phase == .forward
    let layerName = whole.layer.map(names.layer) ?? names.plan.model.input.name
    title =
      isLayer
      ? layerName + (whole.layer.map { " (\(names.line(of: $0)))" } ?? "")
      : "The gradient of \(layerName), which several layers read"
    let terms = parts.map { "\($0.letter)[k]" }.joined(separator: " + ")
    let sum = parts.map(\.letter).joined(separator: " + ")
    value = kernel.hasReLU ? "relu(\(terms))" : terms
    formula = kernel.hasReLU ? "y = relu(\(sum))" : "y = \(sum)"
    shape = whole.layer.map(names.outputShape) ?? names.plan.model.input.shape.description
    y = names.buffer(kernel.y)
    firstElement = Piece.first
    endElement = Piece.end
    elements = kernel.elements
    pieces = kernel.pieces
    several = kernel.pieces > 1
  }
}

struct UpdateContext: TemplateContext {
  var template: String { "update.c.mustache" }
  let name, tensor, source, gradient, member: String
  let count: Int

  init(_ kernel: Update, name: String, names: Naming) {
    self.name = name
    tensor = "\(names.layer(kernel.tensor.layer)).\(kernel.tensor.role.rawValue)"
    source = names.line(of: kernel.tensor.layer)
    gradient = names.buffer(kernel.gradient)
    member = names.member(kernel.tensor)
    count = kernel.count
  }
}
