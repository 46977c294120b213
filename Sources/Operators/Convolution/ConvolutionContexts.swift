import IR
import Lowering

/// What the three convolution templates share.
struct ConvolutionNames: Sendable {
  let geometry: ConvolutionGeometry
  let names: Naming
  let layer: Int

  /// The sizes as C, defined where they are not yet.
  func sizes(sharing shared: inout SharedFunctions) -> String {
    let g = geometry
    let inner = g.innerColumns
    shared.define(.pieces)
    _ = shared.name(ConvolutionType(trains: true))
    _ = shared.name(TileSize(names))
    return shared.name(
      SharedSizes(
        "convolution", of: layer, names: names,
        [
          ("CI", g.inputChannels), ("H", g.height), ("W", g.width), ("CO", g.outputChannels),
          ("OH", g.outputHeight), ("OW", g.outputWidth), ("K", g.window.kernel),
          ("S", g.window.stride), ("P", g.window.padding), ("INNER", inner.lowerBound),
          ("INNER_END", inner.upperBound),
        ]))
  }

  var inputShape: String {
    CText.shape([geometry.inputChannels, geometry.height, geometry.width])
  }

  var outputShape: String {
    CText.shape([geometry.outputChannels, geometry.outputHeight, geometry.outputWidth])
  }

  var weightShape: String {
    CText.shape([
      geometry.outputChannels, geometry.inputChannels, geometry.window.kernel,
      geometry.window.kernel,
    ])
  }

  /// Whether to unroll the loop over the kernel's rows, which pays where the weight streams; a loop in
  /// steps of a stride has no constant length.
  func unrollsRows(_ streams: Bool, inSteps: Bool) -> Bool {
    let window = geometry.window
    return streams && (!inSteps || window.stride == 1) && (2...3).contains(window.kernel)
  }
}

struct ConvolutionForwardContext: TemplateContext {
  var template: String { "Convolution/forward.c.mustache" }
  let name, layer, source, pieceText, xShape, weightShape, yShape, call: String
  let partial: Bool
  let activationFormula: String?

  init(
    _ form: ConvolutionForward, kernel: Kernel, names: Naming,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    let sizes = ConvolutionNames(geometry: form.geometry, names: names, layer: layer)
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    xShape = sizes.inputShape
    weightShape = sizes.weightShape
    yShape = sizes.outputShape
    partial = form.partial != nil
    activationFormula = form.activation.map { "then y = \($0.body.formula), x the sum" }
    let banded = form.bands.count > 1
    pieceText =
      banded
      ? "\(form.bands.sizeText) rows of a block"
      : "\(form.tile.rows.sizeText) output channels of a block"
    let geometry = sizes.sizes(sharing: &shared)
    let function = Self.task(form, sizes, sharing: &shared)
    var arguments = ["s", "task", geometry, form.tile.rows.pieces, form.tile.columns.pieces]
    if banded { arguments.append(form.bands.pieces) }
    arguments.append(names.lanes(form.x))
    arguments += [form.weight, form.bias].compactMap { $0 }.map(names.parameter)
    arguments += [form.sums, form.y].compactMap { $0 }.map(names.lanes)
    if let partial = form.partial {
      arguments.append("moments_at(s, \(names.buffer(partial)))")
    }
    call = CText.call(function, arguments)
  }

  /// The function of one task.
  private static func task(
    _ form: ConvolutionForward, _ sizes: ConvolutionNames, sharing shared: inout SharedFunctions
  ) -> String {
    let (bias, sums) = (form.bias != nil, form.sums != nil)
    let stem =
      "convolution" + (bias ? "_bias" : "") + (form.activation.map { "_\($0.name)" } ?? "")
      + "_forward"
    let sum = "sum[c * columns + t]"
    let tile = shared.name(
      ConvolutionForwardTile(
        stem: "\(stem)_tile", bias: bias, sums: sums,
        unrollsRows: sizes.unrollsRows(form.streams, inSteps: false),
        value: form.activation.map { sizes.names.vector($0, [sum]) } ?? sum))
    shared.define(.edges)
    let span = shared.name(
      ConvolutionForwardSpan(stem: "\(stem)_span", bias: bias, sums: sums, tile: tile))
    let rows = shared.name(
      ConvolutionForwardRows(stem: "\(stem)_rows", bias: bias, sums: sums, span: span))
    let (banded, partial) = (form.bands.count > 1, form.partial != nil)
    if banded || partial { shared.define(.pieceSize) }
    return shared.name(
      ConvolutionForwardTask(
        template: "Convolution/forward_\(banded ? "band" : "task").c.mustache",
        stem: stem + (partial ? "_moments" : "") + (banded ? "_band" : ""), bias: bias,
        sums: sums, partial: partial, rows: rows))
  }
}

struct ConvolutionInputGradientContext: TemplateContext {
  var template: String { "Convolution/input_gradient.c.mustache" }
  let name, layer, source, pieceText, xShape, weightShape, yShape: String
  let call: String
  let epilogueText: String?

  init(
    _ form: ConvolutionInputGradient, kernel: Kernel, names: Naming,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    let sizes = ConvolutionNames(geometry: form.geometry, names: names, layer: layer)
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    xShape = sizes.inputShape
    weightShape = sizes.weightShape
    yShape = sizes.outputShape
    epilogueText = form.epilogue.map { $0.text(names) }
    let banded = form.bands.count > 1
    pieceText =
      banded
      ? "\(form.bands.sizeText) rows of a block"
      : "\(form.tile.rows.sizeText) input channels of a block"
    let geometry = sizes.sizes(sharing: &shared)
    let slope = Slope(form, names.plan)
    let function = Self.task(form, sizes, slope, sharing: &shared)
    // Where nothing is read of it, dx stands in for what the slope depends on.
    let saved = slope.epilogue?.saved == nil ? nil : form.epilogue?.saved ?? form.dx
    let arguments =
      ["s", "task", geometry, form.tile.rows.pieces, form.tile.columns.pieces]
      + (banded ? [form.bands.pieces] : [])
      + [names.lanes(form.dy), names.parameter(form.weight)]
      + [saved.map(names.lanes)]
      .compactMap { $0 } + (slope.isChoice ? [form.epilogue == nil ? "0" : "1"] : [])
      + [names.lanes(form.dx)]
    call = CText.call(function, arguments)
  }

  /// The slope that the function can take dx through. It is one function with a choice where some
  /// convolutions of the network have such a slope and others have none.
  private struct Slope {
    let epilogue: GradientEpilogue?
    let isChoice: Bool

    init(_ form: ConvolutionInputGradient, _ plan: KernelPlan) {
      let epilogues = plan.kernels.compactMap { ($0.form as? ConvolutionInputGradient)?.epilogue }
      let gradients = plan.kernels.filter { $0.form is ConvolutionInputGradient }
      epilogue = form.epilogue ?? epilogues.first
      isChoice = !epilogues.isEmpty && epilogues.count < gradients.count
    }
  }

  /// The function of one task.
  private static func task(
    _ form: ConvolutionInputGradient, _ sizes: ConvolutionNames, _ slope: Slope,
    sharing shared: inout SharedFunctions
  ) -> String {
    let (saved, choice) = (slope.epilogue?.saved != nil, slope.isChoice)
    let stem =
      "convolution_input" + (slope.epilogue.map { "_\($0.function.name)" } ?? "_gradient")
    let tile = shared.name(
      ConvolutionInputGradientTile(
        stem: "\(stem)_tile", unrollsRows: sizes.unrollsRows(form.streams, inSteps: true),
        saved: saved, choice: choice,
        value: sizes.names.value("sum[c * columns + t]", slope.epilogue, at: "at")))
    shared.define(.edges)
    let span = shared.name(
      ConvolutionInputGradientSpan(
        stem: "\(stem)_span", saved: saved, choice: choice, tile: tile))
    let rows = shared.name(
      ConvolutionInputGradientRows(
        stem: "\(stem)_rows", saved: saved, choice: choice, span: span))
    let banded = form.bands.count > 1
    if banded { shared.define(.pieceSize) }
    return shared.name(
      ConvolutionInputGradientTask(
        template: "Convolution/input_gradient_\(banded ? "band" : "task").c.mustache",
        stem: stem + (banded ? "_band" : ""), saved: saved, choice: choice, rows: rows))
  }
}
