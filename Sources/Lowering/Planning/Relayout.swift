import IR

// Where one example is worked on, most operations have channels in the lanes, and those that have
// no kernels for that have examples. Between them values are brought from one layout to the other.

extension KernelPlanner {
  /// Whether a buffer has channels in its lanes.
  func hasChannels(_ buffer: BufferID) -> Bool {
    if case .channels = buffers[buffer.index].layout { true } else { false }
  }

  /// Brings the values that `node` reads into the lanes that its result has.
  mutating func bringOperands(of node: Graph.Node) {
    wantsChannels = nil
    guard options.purpose == .inference, let tail = node.layers.last else { return }
    let wants = if case .channels = layouts[.result(of: tail)] { true } else { false }
    for case .activation(let id) in node.operands { bring(id, toChannels: wants) }
    wantsChannels = wants
  }

  /// Brings what a caller reads of an inference into the lanes of channels.
  mutating func bringResults() {
    wantsChannels = nil
    guard options.purpose == .inference else { return }
    for id in model.outputs + graph.losses.map(\.operand) { bring(id, toChannels: true) }
    wantsChannels = true
  }

  /// Adds the kernel that brings a value into other lanes, unless it is there.
  private mutating func bring(_ id: ValueID, toChannels: Bool) {
    let value = GraphValue.activation(id)
    let buffer = place(value)
    guard hasChannels(buffer) != toChannels, otherPlaces[value] == nil else { return }
    let shape = model.shape(of: id)
    let layout: ChannelLayout
    if case .channels(let own) = buffers[buffer.index].layout {
      layout = own
    } else {
      layout = ChannelLayout(
        channels: shape.channels, height: shape.height, width: shape.width,
        numbers: vectors(shape.channels) * lanes)
    }
    let name = "\(model.name(of: id))_" + (toChannels ? "channels" : "lanes")
    let other = makeBuffer(name, toChannels ? .channels(layout) : .lanes(shape))
    otherPlaces[value] = other
    add(
      "\(model.name(of: id))_to_" + (toChannels ? "channels" : "lanes"),
      layers: id.layer.map { [$0] } ?? [], .forward, .serial,
      Relayout(
        name: model.name(of: id), shape: shape, layout: layout, toChannels: toChannels, x: buffer,
        y: other),
      [.read(buffer), .write(other)], operations: 0)
  }
}

extension KernelPlan {
  /// Whether the kernels of an inference ask the step for what those of examples in the lanes do: how many
  /// there are, and the parameters as they are.
  package var hasLanes: Bool {
    buffers.contains { if case .lanes = $0.layout { true } else { false } } || keepsParameters
  }

  /// Whether an inference keeps the parameters themselves with what is prepared of them: kernels
  /// read them that have nothing packed.
  package var keepsParameters: Bool { !parametersAsTheyAre.isEmpty }
}

/// One example brought from the lanes of examples into those of channels, or back.
struct Relayout: KernelSpec {
  /// The value's name.
  let name: String
  let shape: Shape
  /// How it lies with channels in the lanes.
  let layout: ChannelLayout
  let toChannels: Bool
  let x: BufferID
  let y: BufferID

  var values: [(buffer: BufferID, layout: ChannelLayout)] { [(toChannels ? y : x, layout)] }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let function = shared.name(toChannels ? SharedText.toChannels : .toLanes)
    let sizes = [
      layout.channels, layout.height, layout.width, layout.stride, shape.height, shape.width,
    ]
    let lanes = CText.shape(shape.dimensions)
    return RelayoutContext(
      name: names.function(kernel),
      value: kernel.layer.map(names.layer) ?? name,
      shapes: toChannels
        ? "x \(lanes)[LANES], y \(layout.text)" : "x \(layout.text), y \(lanes)[LANES]",
      toChannels: toChannels,
      call: CText.call(
        function,
        sizes.map(String.init) + [
          "s->scratch + \(names.buffer(x))", "s->scratch + \(names.buffer(y))",
        ]))
  }
}

extension SharedText {
  fileprivate static let toChannels = SharedText(
    "to_channels", template: "Shape/to_channels.c.mustache")
  fileprivate static let toLanes = SharedText("to_lanes", template: "Shape/to_lanes.c.mustache")
}

struct RelayoutContext: TemplateContext {
  var template: String { "Shape/relayout.c.mustache" }
  let name, value, shapes: String
  let toChannels: Bool
  let call: String
}
