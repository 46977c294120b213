import IR
import Lowering

/// What the three convolution templates share.
struct ConvolutionNames: Sendable {
  let geometry: ConvolutionGeometry
  let names: CodegenContext
  let layer: Int

  /// The sizes as C, defined where they are not yet.
  func sizes(sharing shared: inout SharedFunctions) -> String {
    let g = geometry
    let inner = g.innerColumns
    shared.define(.pieces)
    _ = shared.name(ConvolutionType(trains: !names.plan.options.purpose.foldsWeights))
    _ = shared.name(TileSize(names))
    return shared.name(
      SharedSizes(
        "convolution", of: layer, names: names,
        [
          ("G", g.groups), ("CI", g.inputChannels), ("H", g.height), ("W", g.width),
          ("CO", g.outputChannels), ("OH", g.outputHeight), ("OW", g.outputWidth),
        ] + g.window.sizes(height: g.height, outputHeight: g.outputHeight, inner: inner)))
  }

  var inputShape: String {
    CText.shape([geometry.groups * geometry.inputChannels, geometry.height, geometry.width])
  }

  var outputShape: String {
    CText.shape([
      geometry.groups * geometry.outputChannels, geometry.outputHeight, geometry.outputWidth,
    ])
  }

  var weightShape: String {
    CText.shape([
      geometry.groups * geometry.outputChannels, geometry.inputChannels,
      geometry.window.rows.kernel, geometry.window.columns.kernel,
    ])
  }

  /// Whether to unroll the loop over the kernel's rows, which pays where the weight streams; a loop
  /// in steps of a stride has no constant length.
  func unrollsRows(_ streams: Bool, inSteps: Bool) -> Bool {
    let rows = geometry.window.rows
    return streams && (!inSteps || rows.stride == 1) && (2...3).contains(rows.kernel)
  }
}

extension Window {
  /// The sizes of a convolution's window over an image of `height` rows, as its C names them.
  func sizes(height: Int, outputHeight: Int, inner: Range<Int>) -> [(String, Int)] {
    let last = rows.place(window: outputHeight - 1, tap: rows.kernel - 1)
    return [
      ("KH", rows.kernel), ("KW", columns.kernel), ("SH", rows.stride), ("SW", columns.stride),
      ("DH", rows.dilation), ("DW", columns.dilation), ("PT", rows.before),
      ("PB", max(0, last + 1 - height)), ("PL", columns.before), ("INNER", inner.lowerBound),
      ("INNER_END", inner.upperBound),
    ]
  }
}

struct ConvolutionForwardContext: TemplateContext {
  var template: String { "Convolution/forward.c.mustache" }
  let name, layer, source, pieceText, xShape, weightShape, yShape, call: String
  let partial, isTransposed: Bool
  let activationFormula: String?

  init(
    _ spec: ConvolutionForward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    let sizes = ConvolutionNames(geometry: spec.geometry, names: names, layer: layer)
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    xShape = sizes.inputShape
    weightShape = sizes.weightShape
    yShape = sizes.outputShape
    partial = spec.partial != nil
    isTransposed = spec.isTransposed
    activationFormula = spec.second.formula(then: spec.activation, names)
    let banded = spec.bands.count > 1
    pieceText =
      banded
      ? "\(spec.bands.sizeText) rows of a block"
      : "\(spec.tile.rows.sizeText) output channels of a block"
    let geometry = sizes.sizes(sharing: &shared)
    let function = Self.task(spec, sizes, sharing: &shared)
    var arguments = ["s", "task", geometry, spec.tile.rows.pieces, spec.tile.columns.pieces]
    if banded { arguments.append(spec.bands.pieces) }
    arguments.append(names.lanes(spec.x))
    arguments.append(names.weight(spec.weight, spec.weights))
    arguments += [names.bias(spec.bias, spec.weights)].compactMap { $0 }
    arguments += spec.activation.arguments(names)
    arguments += [spec.second?.buffer].compactMap { $0 }.map(names.lanes)
    arguments += [spec.sums, spec.y].compactMap { $0 }.map(names.lanes)
    if let partial = spec.partial {
      arguments.append("moments_at(s, \(names.buffer(partial)))")
    }
    call = shared.call(function, arguments)
  }

  /// The function of one task.
  private static func task(
    _ spec: ConvolutionForward, _ sizes: ConvolutionNames, sharing shared: inout SharedFunctions
  ) -> String {
    let (bias, sums) = (spec.bias != nil || spec.weights != nil, spec.sums != nil)
    let isDepthwise = spec.isDepthwise
    let stem =
      (isDepthwise ? "depthwise" : "convolution") + (bias ? "_bias" : "")
      + (spec.second.map { "_\($0.function.name)" } ?? "")
      + spec.activation.suffix + "_forward"
    let slope = spec.activation.pointer
    let (sum, second) = ("sum[c * columns + t]", spec.second != nil)
    let tile = shared.name(
      ConvolutionForwardTile(
        template: "Convolution/\(isDepthwise ? "depthwise" : "forward")_tile.c.mustache",
        stem: "\(stem)_tile", bias: bias, slope: slope.slope, second: second, sums: sums,
        unrollsRows: sizes.unrollsRows(spec.streams || isDepthwise, inSteps: false),
        value: sizes.names.value(of: sum, spec.second, at: "at", then: spec.activation, at: "c")))
    shared.define(.edges)
    let span = shared.name(
      ConvolutionForwardSpan(
        stem: "\(stem)_span", bias: bias, slope: slope.slope, second: second, sums: sums,
        tile: tile))
    let rows = shared.name(
      ConvolutionForwardRows(
        stem: "\(stem)_rows", bias: bias, slope: slope.slope, second: second, sums: sums,
        span: span))
    let (banded, partial) = (spec.bands.count > 1, spec.partial != nil)
    if banded || partial { shared.define(.pieceSize) }
    return shared.name(
      ConvolutionForwardTask(
        template: "Convolution/forward_\(banded ? "band" : "task").c.mustache",
        stem: stem + (partial ? "_moments" : "") + (banded ? "_band" : ""), bias: bias,
        slope: slope.slope, slopes: slope.slopes, second: second, sums: sums, partial: partial,
        rows: rows))
  }
}

struct ConvolutionInputGradientContext: TemplateContext {
  var template: String { "Convolution/input_gradient.c.mustache" }
  let name, layer, source, pieceText, xShape, weightShape, yShape: String
  let call: String
  let isTransposed: Bool
  let epilogueText: String?

  init(
    _ spec: ConvolutionInputGradient, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let layer = kernel.head
    let sizes = ConvolutionNames(geometry: spec.geometry, names: names, layer: layer)
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    xShape = sizes.inputShape
    weightShape = sizes.weightShape
    yShape = sizes.outputShape
    isTransposed = spec.isTransposed
    epilogueText =
      spec.epilogue.map { $0.text(names) }
      ?? spec.activation.map { "then y = \($0.formula(names)), x the sum" }
    let banded = spec.bands.count > 1
    pieceText =
      banded
      ? "\(spec.bands.sizeText) rows of a block"
      : "\(spec.tile.rows.sizeText) \(spec.isTransposed ? "output" : "input") channels of a block"
    let geometry = sizes.sizes(sharing: &shared)
    let slope = Slope(spec, names.plan)
    let function = Self.task(spec, sizes, slope, sharing: &shared)
    let saved =
      spec.epilogue?.saved.map(names.lanes) ?? slope.epilogue?.saved.map { _ in "0" } ?? []
    let arguments =
      ["s", "task", geometry, spec.tile.rows.pieces, spec.tile.columns.pieces]
      + (banded ? [spec.bands.pieces] : [])
      + [names.lanes(spec.dy), names.parameter(spec.weight)]
      + [spec.bias].compactMap { $0.map(names.parameter) } + spec.activation.arguments(names)
      + saved
      + (slope.isChoice ? [spec.epilogue == nil ? "0" : "1"] : [])
      + [spec.sums, spec.dx].compactMap { $0 }.map(names.lanes)
    call = shared.call(function, arguments)
  }

  /// The slope that the function can take dx through. It is one function with a choice where some
  /// convolutions of the network have such a slope and others have none.
  private struct Slope {
    let epilogue: GradientEpilogue?
    let isChoice: Bool

    init(_ spec: ConvolutionInputGradient, _ plan: KernelPlan) {
      guard !spec.isTransposed else {
        (epilogue, isChoice) = (nil, false)
        return
      }
      let gradients = plan.kernels.compactMap { $0.spec as? ConvolutionInputGradient }
        .filter { !$0.isTransposed && $0.isDepthwise == spec.isDepthwise }
      let epilogues = gradients.compactMap(\.epilogue)
      epilogue = spec.epilogue ?? epilogues.first
      isChoice = !epilogues.isEmpty && epilogues.count < gradients.count
    }
  }

  /// The function of one task.
  private static func task(
    _ spec: ConvolutionInputGradient, _ sizes: ConvolutionNames, _ slope: Slope,
    sharing shared: inout SharedFunctions
  ) -> String {
    let (saved, choice) = (slope.epilogue?.savedNames ?? [], slope.isChoice)
    let (bias, sums) = (spec.bias != nil, spec.sums != nil)
    let isDepthwise = spec.isDepthwise
    let stem =
      (isDepthwise ? "depthwise_" : "convolution_")
      + (spec.isTransposed
        ? "transposed" + (bias ? "_bias" : "") + spec.activation.suffix
        : "input_" + (choice ? "gradient" : slope.epilogue?.function.name ?? "gradient"))
    let sum = "sum[c * columns + t]"
    let pointer = spec.activation.pointer
    let tile = shared.name(
      ConvolutionInputGradientTile(
        template: "Convolution/"
          + (isDepthwise ? "depthwise_" : "") + "input_gradient_tile.c.mustache",
        stem: "\(stem)_tile",
        unrollsRows: sizes.unrollsRows(spec.streams || isDepthwise, inSteps: true),
        bias: bias, slope: pointer.slope, choice: choice, saved: saved, sums: sums,
        value: spec.isTransposed
          ? sizes.names.activated(sum, by: spec.activation, at: "c")
          : sizes.names.value(sum, slope.epilogue, at: "at")))
    shared.define(.edges)
    let span = shared.name(
      ConvolutionInputGradientSpan(
        stem: "\(stem)_span", bias: bias, slope: pointer.slope, saved: saved, choice: choice,
        sums: sums, tile: tile))
    let rows = shared.name(
      ConvolutionInputGradientRows(
        stem: "\(stem)_rows", bias: bias, slope: pointer.slope, saved: saved, choice: choice,
        sums: sums, span: span))
    let banded = spec.bands.count > 1
    if banded { shared.define(.pieceSize) }
    return shared.name(
      ConvolutionInputGradientTask(
        template: "Convolution/input_gradient_\(banded ? "band" : "task").c.mustache",
        stem: stem + (banded ? "_band" : ""), bias: bias, slope: pointer.slope,
        slopes: pointer.slopes, saved: saved, choice: choice, sums: sums, rows: rows))
  }
}
