import IR
import Lowering

struct InputLoadContext: TemplateContext {
  var template: String { "input_load.c.mustache" }
  let name, input, shape, scale, y: String
  let elements: Int

  init(_ kernel: InputLoad, name: String, names: Naming) {
    self.name = name
    input = names.plan.model.input.name
    shape = names.plan.model.input.shape.description
    scale = CText.real(kernel.scale)
    y = names.buffer(kernel.y)
    elements = kernel.elements
  }
}

/// The share of a block's numbers that one task takes, as C.
struct Piece: Sendable {
  let first, end: String

  init(pieces: Int) {
    first = pieces == 1 ? "0" : "(int)((int64_t)COUNT * piece / PIECES)"
    end = pieces == 1 ? "COUNT" : "(int)((int64_t)COUNT * (piece + 1) / PIECES)"
  }
}

struct ReluForwardContext: TemplateContext {
  var template: String { "relu_forward.c.mustache" }
  let name, layer, source, formula, shape, x, y, firstElement, endElement: String
  let elements, pieces: Int
  let several: Bool

  init(_ kernel: ReluForward, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.plan.model.layers[layer].op.definition.formula
    shape = names.outputShape(of: layer)
    x = names.buffer(kernel.x)
    y = names.buffer(kernel.y)
    firstElement = Piece(pieces: kernel.pieces).first
    endElement = Piece(pieces: kernel.pieces).end
    elements = kernel.elements
    pieces = kernel.pieces
    several = kernel.pieces > 1
  }
}

struct ReluBackwardContext: TemplateContext {
  var template: String { "relu_backward.c.mustache" }
  let name, layer, source, shape, x, dy, dx, firstElement, endElement: String
  let elements, pieces: Int
  let several: Bool

  init(_ kernel: ReluBackward, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    shape = names.outputShape(of: layer)
    x = names.buffer(kernel.x)
    dy = names.buffer(kernel.dy)
    dx = names.buffer(kernel.dx)
    firstElement = Piece(pieces: kernel.pieces).first
    endElement = Piece(pieces: kernel.pieces).end
    elements = kernel.elements
    pieces = kernel.pieces
    several = kernel.pieces > 1
  }
}

/// One of the values that are added up.
struct SumPart: Sendable {
  let letter, buffer: String
}

struct SumContext: TemplateContext {
  var template: String { "sum.c.mustache" }
  let name, title, formula, shape, y, terms, firstElement, endElement: String
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
    terms = parts.map { "\($0.letter)[k]" }.joined(separator: " + ")
    formula = "y = " + parts.map(\.letter).joined(separator: " + ")
    shape = whole.layer.map(names.outputShape) ?? names.plan.model.input.shape.description
    y = names.buffer(kernel.y)
    firstElement = Piece(pieces: kernel.pieces).first
    endElement = Piece(pieces: kernel.pieces).end
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

struct SoftmaxCrossEntropyContext: TemplateContext {
  var template: String { "softmax_cross_entropy.c.mustache" }
  let name, source, logits, gradient, blockLosses: String
  let classes: Int
  let isMean: Bool

  init(_ kernel: SoftmaxCrossEntropy, name: String, names: Naming) {
    self.name = name
    source = "\(names.source):\(names.plan.model.loss.range.lower.line)"
    logits = names.buffer(kernel.logits)
    gradient = names.buffer(kernel.gradient)
    blockLosses = names.buffer(names.plan.blockLosses)
    classes = kernel.classes
    isMean = kernel.isMean
  }
}
