import IR
import Lowering

extension Pool {
  /// The sizes as `enum` members.
  var dimensions: String {
    CText.dimensions([
      ("H", height), ("W", width), ("OH", outputHeight), ("OW", outputWidth),
      ("K", window.kernel), ("S", window.stride), ("P", window.padding),
    ])
  }

  /// Each number's share of a window's mean, as C.
  var share: String { CText.real(1 / Double(window.kernel * window.kernel)) }
}

struct PoolForwardContext: TemplateContext {
  var template: String { "pool_forward.c.mustache" }
  let name, layer, source, formula, xShape, yShape, dimensions, share, x, y: String
  let average, padding: Bool

  init(_ kernel: PoolForward, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.plan.model.layers[layer].op.definition.formula
    xShape = names.inputShape(of: layer)
    yShape = names.outputShape(of: layer)
    dimensions = kernel.pool.dimensions
    share = kernel.pool.share
    x = names.buffer(kernel.x)
    y = names.buffer(kernel.y)
    average = kernel.pool.kind == .average
    padding = kernel.pool.window.padding > 0
  }
}

struct PoolBackwardContext: TemplateContext {
  var template: String { "pool_backward.c.mustache" }
  let name, layer, source, rule, xShape, yShape, dimensions, share, x, dy, dx: String
  let average, padding: Bool

  init(_ kernel: PoolBackward, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    average = kernel.pool.kind == .average
    rule =
      average
      ? "dy shared among the numbers of its window"
      : "dy for the first of the largest numbers of its window"
    xShape = names.inputShape(of: layer)
    yShape = names.outputShape(of: layer)
    dimensions = kernel.pool.dimensions
    share = kernel.pool.share
    x = names.buffer(kernel.x)
    dy = names.buffer(kernel.dy)
    dx = names.buffer(kernel.dx)
    padding = kernel.pool.window.padding > 0
  }
}
