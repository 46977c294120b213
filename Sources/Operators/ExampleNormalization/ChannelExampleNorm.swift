import IR
import Lowering

/// The groups of a normalization whose channels are in the lanes.
enum ChannelNormGroups: Hashable, Sendable {
  /// The channels of each position.
  case positions
  /// So many channels of all positions, with a factor and an offset for each channel.
  case channels(Int)
  /// All numbers, each with a factor and an offset of its own.
  case all

  /// nil where the groups of a value of `shape` are others, which have examples in the lanes.
  init?(_ groups: NormalizationGroups, of shape: Shape) {
    guard shape.dimensions.count <= 3 else { return nil }
    if groups.outer == 1, groups.inner == shape.planeCount, groups.count == shape.channels {
      self = .positions
    } else if groups.inner == 1, groups.run == shape.planeCount, groups.step > 0 {
      self = .channels(groups.step)
    } else if groups.groups == 1 {
      self = .all
    } else {
      return nil
    }
  }
}

extension KernelPlanner {
  /// The kernel of a normalization within one example, `x`, whose channels are in the lanes.
  mutating func planExampleNorm(
    _ norm: some ExampleNormalization, then activation: Activation?, _ node: Graph.Node,
    of x: ChannelValue
  ) {
    guard let index = node.head,
      let groups = ChannelNormGroups(
        norm.checkedGroups(of: model.layers[index].shape), of: model.layers[index].shape)
    else { return }
    let layer = model.layers[index]
    let y = makeChannelResult(of: node)
    let affine = ChannelAffine(
      normalization: nil, hasGamma: norm.hasGamma, hasBeta: norm.hasBeta)
    let isPacked = groups != .all && (norm.hasGamma || norm.hasBeta)
    let weights =
      isPacked
      ? packedWeights(
        of: node, folding: [ChannelAffineStep(affine, layer: index)], then: activation)
      : slopes(of: node, activation)
    var moments: ChannelValue?
    if groups != .positions {
      let layout = ChannelLayout(
        channels: x.layout.channels, height: 1, width: norm.isCentered ? 3 : 1,
        numbers: x.layout.numbers)
      moments = ChannelValue(
        buffer: makeBuffer("\(layer.name)_moments", .channels(layout)), layout: layout)
    }
    addForward(
      node, .serial,
      ChannelExampleNorm(
        site: ExampleNormSite(norm, layer: index, shape: layer.shape), groups: groups,
        activation: activation, weights: weights, isPacked: isPacked, x: x, moments: moments, y: y),
      also: [moments].compactMap { $0.map { .write($0.buffer) } },
      operations: Double((norm.isCentered ? 8 : 4) * layer.shape.elementCount))
  }
}

/// A normalization within one example and the activation after it, channels in the lanes.
struct ChannelExampleNorm: KernelSpec {
  let site: ExampleNormSite
  let groups: ChannelNormGroups
  let activation: Activation?
  /// What brings factors and offsets of channels, and slopes, into vectors of channels.
  let weights: PackedWeights?
  /// Whether there are such factors and offsets.
  let isPacked: Bool
  let x: ChannelValue
  /// `[1 / sqrt(variance + eps), mean, what rounding left of it]` of each channel's group.
  let moments: ChannelValue?
  let y: ChannelValue

  var values: [(buffer: BufferID, layout: ChannelLayout)] {
    ([x] + [moments].compactMap { $0 } + [y]).map { ($0.buffer, $0.layout) }
  }

  var packedWeights: PackedWeights? { weights }

  var functions: [ScalarFunction] { activation.functions }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let lanes = names.plan.lanes
    let vectors = y.layout.vectors(of: lanes)
    let prepared = names.prepared(site.layer)
    let tensors =
      (isPacked ? ["\(prepared)_scale", "\(prepared)_shift"] : [])
      + (groups == .all ? [site.gamma, site.beta].compactMap { $0.map(names.parameter) } : [])
      + (weights?.slopeArguments(names) ?? [])
    let function: String
    let sizes: [Int]
    let from: String
    if case .positions = groups {
      shared.define(.pitch)
      shared.define(site.isCentered ? .positionMoments : .positionRootMeanSquare)
      function = shared.name(ChannelPositionsTask(self, names))
      from = x.layout.pitch(of: lanes)
      sizes = [y.layout.height, y.layout.width, y.layout.channels, vectors]
    } else {
      shared.define(.shareInGroups)
      function = shared.name(ChannelGroupsTask(self, names))
      from = x.layout.apart(of: lanes)
      let size = if case .channels(let size) = groups { size } else { y.layout.channels }
      sizes = [
        x.layout.height, x.layout.width, y.layout.height, y.layout.width, y.layout.channels, size,
        vectors,
      ]
    }
    return ChannelKernelContext(
      kernel, names, shapes: "x \(x.layout.text), y \(y.layout.text)",
      call: CText.call(
        function,
        sizes.map(String.init) + [from, y.layout.apart(of: lanes), CText.real(site.eps)] + tensors
          + values.map { names.lanes($0.buffer) }))
  }

  /// A number of x normalized, as C: `v` counts the vectors of its position.
  fileprivate func value(_ number: String, of group: String) -> String {
    let distance = site.isCentered ? "(\(number) - mean\(group))" : number
    if isPacked { return "\(distance) * inverse\(group) * scale[v] + shift[v]" }
    guard groups == .all else { return "\(distance) * inverse\(group)" }
    return "\(distance) * inverse\(group)" + (site.gamma == nil ? "" : " * factor")
      + (site.beta == nil ? "" : " + offset")
  }

  /// How the functions of its kernels begin.
  fileprivate func stem(_ what: String) -> String {
    (site.isCentered ? "norm_" : "rms_norm_") + what + activation.suffix
  }
}

extension SharedText {
  fileprivate static let positionMoments = SharedText(
    "position_moments", template: "ExampleNormalization/channels_moments.c.mustache")
  fileprivate static let positionRootMeanSquare = SharedText(
    "position_root_mean_square",
    template: "ExampleNormalization/channels_root_mean_square.c.mustache")
  fileprivate static let shareInGroups = SharedText(
    "share_in_groups", template: "ExampleNormalization/share_in_groups.c.mustache")
}

/// The function of a kernel whose groups are the channels of a position.
struct ChannelPositionsTask: SharedFunction {
  var template: String { "ExampleNormalization/channels_positions_task.c.mustache" }
  let stem: String
  var name = ""
  let isCentered, affine, slope: Bool
  /// The number before the activation, and what is stored of it.
  let value, result: String

  init(_ spec: ChannelExampleNorm, _ names: CodegenContext) {
    stem = spec.stem("positions")
    isCentered = spec.site.isCentered
    affine = spec.isPacked
    slope = spec.activation.pointer.slope
    value = spec.value("at[v]", of: "")
    result = names.activated("value", by: spec.activation)
  }
}

/// The function of a kernel whose groups are channels of all positions.
struct ChannelGroupsTask: SharedFunction {
  var template: String { "ExampleNormalization/channels_groups_task.c.mustache" }
  let stem: String
  var name = ""
  /// Whether factors and offsets of channels are passed, and those of numbers.
  let isCentered, affine, gamma, beta, slope: Bool
  let value, result: String

  init(_ spec: ChannelExampleNorm, _ names: CodegenContext) {
    stem = spec.stem("groups")
    isCentered = spec.site.isCentered
    affine = spec.isPacked
    gamma = spec.groups == .all && spec.site.gamma != nil
    beta = spec.groups == .all && spec.site.beta != nil
    slope = spec.activation.pointer.slope
    value = spec.value("number", of: "[v]")
    result = names.activated("value", by: spec.activation)
  }
}
