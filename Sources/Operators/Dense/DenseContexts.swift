import IR
import Lowering

struct DenseForwardContext: TemplateContext {
  var template: String { "Dense/forward.c.mustache" }
  let name, layer, source, pieceText, call: String
  let inputs, outputs, group: Int
  let partial: Bool
  let activationFormula: String?

  init(
    _ spec: DenseForward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    pieceText = spec.tile.rows.sizeText
    inputs = spec.inputs
    outputs = spec.outputs
    group = spec.tile.columns.largest
    partial = spec.partial != nil
    activationFormula = spec.activation.map { "then y = \($0.formula(names)), x the sum" }
    let sizes = shared.denseSizes(layer, inputs: spec.inputs, outputs: spec.outputs, names)
    let function = Self.task(spec, names, sharing: &shared)
    var arguments = ["s", "task", sizes, spec.tile.rows.pieces, "\(group)"]
    arguments += names.pitched(spec.x)
    arguments.append(names.weight(spec.weight, spec.weights))
    arguments += [names.bias(spec.bias, spec.weights)].compactMap { $0 }
    arguments += spec.activation.arguments(names)
    arguments += [spec.sums, spec.y].compactMap { $0 }.map(names.lanes)
    if let partial = spec.partial {
      arguments.append("moments_at(s, \(names.buffer(partial)))")
    }
    call = shared.call(function, arguments)
  }

  /// The function of one task.
  private static func task(
    _ spec: DenseForward, _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> String {
    let (bias, sums, partial) = (
      spec.bias != nil || spec.weights != nil, spec.sums != nil, spec.partial != nil
    )
    let slope = spec.activation.pointer
    let stem = "dense" + (bias ? "_bias" : "") + spec.activation.suffix + "_forward"
    if partial { shared.define(.pieceSize) }
    let sum = "sum[o * blocks + b]"
    let tile = shared.name(
      DenseForwardTile(
        stem: "\(stem)_tile", isPart: names.isPart(spec.x), bias: bias, slope: slope.slope,
        sums: sums,
        value: names.activated(sum, by: spec.activation, at: "o")))
    return shared.name(
      DenseForwardTask(
        stem: stem + (partial ? "_moments" : ""), isPart: names.isPart(spec.x), bias: bias,
        slope: slope.slope,
        slopes: slope.slopes, sums: sums, partial: partial, tile: tile))
  }
}

struct DenseInputGradientContext: TemplateContext {
  var template: String { "Dense/input_gradient.c.mustache" }
  let name, layer, source, pieceText, call: String
  let inputs, outputs: Int
  let epilogueText: String?

  init(
    _ spec: DenseInputGradient, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    inputs = spec.inputs
    outputs = spec.outputs
    let features = "\(spec.tile.rows.sizeText) features"
    pieceText = spec.tilesPerTask > 1 ? "\(spec.tilesPerTask) tiles of \(features)" : features
    let sizes = shared.denseSizes(layer, inputs: spec.inputs, outputs: spec.outputs, names)
    epilogueText = spec.epilogue.map { $0.text(names) }
    let saved = spec.epilogue?.savedNames ?? []
    let stem = "dense_input" + (spec.epilogue.map { "_\($0.function.name)" } ?? "_gradient")
    let tile = shared.name(
      DenseInputGradientTile(
        stem: "\(stem)_tile", saved: saved,
        value: spec.epilogue.map { names.value("v", $0, at: "b * d.IN + f") }))
    call = shared.call(
      shared.name(DenseInputGradientTask(stem: stem, saved: saved, tile: tile)),
      [
        "s", "task", sizes, spec.tile.rows.pieces, "\(spec.tilesPerTask)",
        "\(spec.outputsPerPass)", "\(spec.tile.columns.largest)", names.lanes(spec.dy),
        names.parameter(spec.weight),
      ] + ((spec.epilogue?.saved ?? []) + [spec.dx]).map(names.lanes))
  }
}

struct DenseRowsContext: TemplateContext {
  var template: String { "Dense/rows.c.mustache" }
  let name, layer, source, operand, call: String
  let inputs, stride: Int

  init(
    _ spec: DenseRows, kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    operand = spec.operand.rawValue
    inputs = spec.inputs
    stride = spec.stride
    call = CText.call(
      shared.name(DenseRowsTask(severalLanes: names.plan.lanes > 1)),
      [
        "task", "\(spec.inputs)", "\(spec.stride)", names.lanes(spec.x), names.lanes(spec.rows),
      ])
  }
}

struct DenseInputGradientProductContext: TemplateContext {
  var template: String { "Dense/input_gradient_product.c.mustache" }
  let name, layer, source, call: String
  let inputs, outputs, stride, panel: Int
  let epilogueText: String?

  init(
    _ spec: DenseInputGradientProduct, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    inputs = spec.inputs
    outputs = spec.outputs
    stride = spec.stride
    panel = spec.panel
    let sizes = shared.denseSizes(layer, inputs: spec.inputs, outputs: spec.outputs, names)
    epilogueText = spec.epilogue.map { $0.text(names) }
    let function = DenseInputGradientProductTask(
      stem: "dense_input" + (spec.epilogue.map { "_\($0.function.name)" } ?? "_gradient")
        + "_product",
      saved: spec.epilogue?.savedNames ?? [],
      value: spec.epilogue.map { names.value("v", $0, at: "block * d.IN + first + f") })
    call = shared.call(
      shared.name(function),
      [
        "s", "task", sizes, "\(spec.panel)", "\(spec.stride)",
        "s->scratch + \(names.buffer(spec.dyRows))", names.parameter(spec.weight),
        "s->scratch + \(names.buffer(spec.dxRows))",
      ] + ((spec.epilogue?.saved ?? []) + [spec.dx]).map(names.lanes))
  }
}

struct DenseWeightGradientContext: TemplateContext {
  var template: String { "Dense/weight_gradient.c.mustache" }
  let name, layer, source, pieceText, call: String
  let update: Bool
  let inputs, outputs, stride: Int

  init(
    _ spec: DenseWeightGradient, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    pieceText = spec.tile.rows.sizeText
    update = spec.destination.moves
    inputs = spec.inputs
    outputs = spec.outputs
    stride = spec.stride
    let sizes = shared.denseSizes(layer, inputs: spec.inputs, outputs: spec.outputs, names)
    let target = spec.destination.target
    let tile = shared.name(
      DenseWeightGradientTile(
        target: target,
        store: names.storeRow(
          "sum[c * vectors + v]", into: target, at: "at",
          count: "d.IN % LANES == 0 ? LANES : d.IN - first", spec.destination)))
    let rows = shared.name(DenseWeightGradientInputs(tile: tile, target: target))
    call = shared.call(
      shared.name(DenseWeightGradientTask(inputs: rows, target: target)),
      [
        "s", "task", sizes, spec.tile.rows.pieces, spec.tile.columns.pieces,
        "\(spec.tilesPerGroup)", "\(spec.stride)", names.lanes(spec.rows), names.lanes(spec.dy),
        names.place(of: spec.weight, spec.destination),
      ])
  }
}

struct BiasGradientContext: TemplateContext {
  var template: String { "Dense/bias_gradient.c.mustache" }
  let name, layer, source, shape, call: String
  let update: Bool

  init(
    _ spec: BiasGradient, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    shape = names.outputShape(of: layer)
    update = spec.destination.moves
    let target = update ? "bias" : "dbias"
    let function = shared.name(
      BiasGradientTask(
        target: target,
        store: names.store("lanes_sum(sum.total)", into: target, at: "c", spec.destination)))
    call = CText.call(
      function,
      [
        "s", "task", "\(spec.channels)", "\(spec.plane)", names.lanes(spec.dy),
        names.place(of: spec.bias, spec.destination),
      ])
  }
}
