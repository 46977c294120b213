import IR
import Lowering

struct DenseForwardContext: TemplateContext {
  var template: String { "Dense/forward.c.mustache" }
  let name, layer, source, pieceText, call: String
  let inputs, outputs, group: Int
  let partial: Bool
  let activationFormula: String?

  init(
    _ form: DenseForward, kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    pieceText = form.tile.rows.sizeText
    inputs = form.inputs
    outputs = form.outputs
    group = form.tile.columns.largest
    partial = form.partial != nil
    activationFormula = form.activation.map { "then y = \($0.body.formula), x the sum" }
    let sizes = shared.denseSizes(layer, inputs: form.inputs, outputs: form.outputs, names)
    let function = Self.task(form, names, sharing: &shared)
    var arguments = ["s", "task", sizes, form.tile.rows.pieces, "\(group)", names.lanes(form.x)]
    arguments += [form.weight, form.bias].compactMap { $0 }.map(names.parameter)
    arguments += [form.sums, form.y].compactMap { $0 }.map(names.lanes)
    if let partial = form.partial {
      arguments.append("moments_at(s, \(names.buffer(partial)))")
    }
    call = CText.call(function, arguments)
  }

  /// The function of one task.
  private static func task(
    _ form: DenseForward, _ names: Naming, sharing shared: inout SharedFunctions
  ) -> String {
    let (bias, sums, partial) = (form.bias != nil, form.sums != nil, form.partial != nil)
    let stem =
      "dense" + (bias ? "_bias" : "") + (form.activation.map { "_\($0.name)" } ?? "") + "_forward"
    if partial { shared.define(.pieceSize) }
    let sum = "sum[o * blocks + b]"
    let tile = shared.name(
      DenseForwardTile(
        stem: "\(stem)_tile", bias: bias, sums: sums,
        value: form.activation.map { names.vector($0, [sum]) } ?? sum))
    return shared.name(
      DenseForwardTask(
        stem: stem + (partial ? "_moments" : ""), bias: bias, sums: sums, partial: partial,
        tile: tile))
  }
}

struct DenseInputGradientContext: TemplateContext {
  var template: String { "Dense/input_gradient.c.mustache" }
  let name, layer, source, pieceText, call: String
  let inputs, outputs: Int
  let epilogueText: String?

  init(
    _ form: DenseInputGradient, kernel: Kernel, names: Naming,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    inputs = form.inputs
    outputs = form.outputs
    let features = "\(form.tile.rows.sizeText) features"
    pieceText = form.tilesPerTask > 1 ? "\(form.tilesPerTask) tiles of \(features)" : features
    let sizes = shared.denseSizes(layer, inputs: form.inputs, outputs: form.outputs, names)
    epilogueText = form.epilogue.map { $0.text(names) }
    let saved = form.epilogue?.saved != nil
    let stem = "dense_input" + (form.epilogue.map { "_\($0.function.name)" } ?? "_gradient")
    let tile = shared.name(
      DenseInputGradientTile(
        stem: "\(stem)_tile", saved: saved,
        value: form.epilogue.map { names.value("v", $0, at: "b * d.IN + f") }))
    call = CText.call(
      shared.name(DenseInputGradientTask(stem: stem, saved: saved, tile: tile)),
      [
        "s", "task", sizes, form.tile.rows.pieces, "\(form.tilesPerTask)",
        "\(form.outputsPerPass)", "\(form.tile.columns.largest)", names.lanes(form.dy),
        names.parameter(form.weight),
      ] + [form.epilogue?.saved, form.dx].compactMap { $0 }.map(names.lanes))
  }
}

struct DenseRowsContext: TemplateContext {
  var template: String { "Dense/rows.c.mustache" }
  let name, layer, source, operand, call: String
  let inputs, stride: Int

  init(
    _ form: DenseRows, kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    operand = form.operand.rawValue
    inputs = form.inputs
    stride = form.stride
    call = CText.call(
      shared.name(DenseRowsTask(severalLanes: names.plan.lanes > 1)),
      [
        "block", "\(form.inputs)", "\(form.stride)", names.lanes(form.x), names.lanes(form.rows),
      ])
  }
}

struct DenseInputGradientProductContext: TemplateContext {
  var template: String { "Dense/input_gradient_product.c.mustache" }
  let name, layer, source, call: String
  let inputs, outputs, stride, panel: Int
  let epilogueText: String?

  init(
    _ form: DenseInputGradientProduct, kernel: Kernel, names: Naming,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    inputs = form.inputs
    outputs = form.outputs
    stride = form.stride
    panel = form.panel
    let sizes = shared.denseSizes(layer, inputs: form.inputs, outputs: form.outputs, names)
    epilogueText = form.epilogue.map { $0.text(names) }
    let function = DenseInputGradientProductTask(
      stem: "dense_input" + (form.epilogue.map { "_\($0.function.name)" } ?? "_gradient")
        + "_product",
      saved: form.epilogue?.saved != nil,
      value: form.epilogue.map { names.value("v", $0, at: "block * d.IN + first + f") })
    call = CText.call(
      shared.name(function),
      [
        "s", "task", sizes, "\(form.panel)", "\(form.stride)",
        "s->scratch + \(names.buffer(form.dyRows))", names.parameter(form.weight),
        "s->scratch + \(names.buffer(form.dxRows))",
      ] + [form.epilogue?.saved, form.dx].compactMap { $0 }.map(names.lanes))
  }
}

struct DenseWeightGradientContext: TemplateContext {
  var template: String { "Dense/weight_gradient.c.mustache" }
  let name, layer, source, pieceText, call: String
  let update: Bool
  let inputs, outputs, stride: Int

  init(
    _ form: DenseWeightGradient, kernel: Kernel, names: Naming,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    pieceText = form.tile.rows.sizeText
    update = form.destination == .update
    inputs = form.inputs
    outputs = form.outputs
    stride = form.stride
    let sizes = shared.denseSizes(layer, inputs: form.inputs, outputs: form.outputs, names)
    let target = form.destination.target
    let tile = shared.name(
      DenseWeightGradientTile(
        target: target,
        store: names.storeRow(
          "sum[c * vectors + v]", into: target, at: "at",
          count: "d.IN % LANES == 0 ? LANES : d.IN - first", form.destination)))
    let rows = shared.name(DenseWeightGradientInputs(tile: tile, target: target))
    call = CText.call(
      shared.name(DenseWeightGradientTask(inputs: rows, target: target)),
      [
        "s", "task", sizes, form.tile.rows.pieces, form.tile.columns.pieces,
        "\(form.tilesPerGroup)", "\(form.stride)", names.lanes(form.rows), names.lanes(form.dy),
        names.place(of: form.weight, form.destination),
      ])
  }
}

struct BiasGradientContext: TemplateContext {
  var template: String { "Dense/bias_gradient.c.mustache" }
  let name, layer, source, shape, call: String
  let update: Bool

  init(
    _ form: BiasGradient, kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    shape = names.outputShape(of: layer)
    update = form.destination == .update
    let target = update ? "bias" : "dbias"
    let function = shared.name(
      BiasGradientTask(
        target: target,
        store: names.store("lanes_sum(sum.total)", into: target, at: "c", form.destination)))
    call = CText.call(
      function,
      [
        "s", "task", "\(form.channels)", "\(form.plane)", names.lanes(form.dy),
        names.place(of: form.bias, form.destination),
      ])
  }
}
