import IR
import Lowering

extension PoolGeometry {
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

  init(_ form: PoolForward, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.formula(of: layer)
    xShape = names.inputShape(of: layer)
    yShape = names.outputShape(of: layer)
    dimensions = form.pool.dimensions
    share = form.pool.share
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    average = form.pool.pooling == .average
    padding = form.pool.window.padding > 0
  }
}

struct PoolBackwardContext: TemplateContext {
  var template: String { "pool_backward.c.mustache" }
  let name, layer, source, rule, xShape, yShape, dimensions, share, x, dy, dx: String
  let average, padding: Bool

  init(_ form: PoolBackward, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    average = form.pool.pooling == .average
    rule =
      average
      ? "dy shared among the numbers of its window"
      : "dy for the first of the largest numbers of its window"
    xShape = names.inputShape(of: layer)
    yShape = names.outputShape(of: layer)
    dimensions = form.pool.dimensions
    share = form.pool.share
    x = form.x.map(names.buffer) ?? ""
    dy = names.buffer(form.dy)
    dx = names.buffer(form.dx)
    padding = form.pool.window.padding > 0
  }
}
