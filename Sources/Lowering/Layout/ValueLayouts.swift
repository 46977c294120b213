import IR

/// How the values of a forward pass lie in memory: which axis is in the lanes of a vector, and how
/// much of each value is there. Kernels ask the layout of what they read and write.
package struct ValueLayouts: Hashable, Sendable {
  /// Numbers a vector.
  package let lanes: Int
  /// Blocks of `lanes` examples in a full batch; 1 where channels are in the lanes.
  package let blocks: Int
  /// Examples that the values hold.
  package let examples: Int
  private let values: ValueTable<Buffer.Layout>
  private let parts: [ValueID: ValuePart]

  package subscript(id: ValueID) -> Buffer.Layout { values[id] }

  /// Where in another a value lies, its channels in the lanes; nil where it has a place of its own, or
  /// examples in the lanes.
  package func part(of id: ValueID) -> ValuePart? { parts[id] }

  /// Numbers of one example that a buffer of this layout holds.
  package func numbersOfExample(_ layout: Buffer.Layout) -> Int {
    switch layout {
    case .lanes(let shape): shape.elementCount
    case .channels(let channels): channels.count
    case .numbers(let dimensions): dimensions.reduce(1, *)
    }
  }

  /// Examples in the lanes: for whole batches, whatever the shapes.
  init(examplesInLanesOf model: Model, _ options: PlanOptions) {
    let batch = model.training.batch
    lanes = options.exampleLanes(batch: batch)
    blocks = (batch + lanes - 1) / lanes
    examples = batch
    values = ValueTable(of: model) { .lanes(model.shape(of: $0)) }
    parts = [:]
  }

  /// Channels in the lanes: for one example. Of a value only what something reads is there. What has
  /// no kernels for that has its results in the lanes of examples, of which one is at work.
  init(channelsInLanesOf graph: Graph, _ options: PlanOptions) {
    let model = graph.model
    let lanes = options.channelLanes(for: model)
    self.lanes = lanes
    blocks = 1
    examples = 1
    let regions = DemandedRegions(of: model)
    let withoutChannels = graph.layersWithoutChannelKernels
    let order = ReadingOrder(model, users: graph.readers, withoutChannels: withoutChannels)
    var values = ValueTable(of: model) { Buffer.Layout.lanes(model.shape(of: $0)) }
    for id in model.values {
      let layer = id.layer.map { model.layers[$0] }
      if id.layer.map(withoutChannels.contains) == true { continue }
      // A flattened image may lie as it lay where one pixel is all there is, or where only weights'
      // order depends on it.
      if let layer, layer.op.base is any ViewOperation,
        case .channels(let operand) = values[layer.operands[0]],
        operand.positions == 1 || order.isFree(id)
      {
        values[id] = .channels(operand)
        continue
      }
      // An evaluation draws nothing.
      if let layer, layer.op.base is any RandomOperation {
        values[id] = values[layer.operands[0]]
        continue
      }
      let channels = model.shape(of: id).channels
      let isNarrow = layer == nil && order.isFree(id)
      values[id] = .channels(
        ChannelLayout(
          channels: channels, height: regions[id].height, width: regions[id].width,
          numbers: isNarrow ? channels : (channels + lanes - 1) / lanes * lanes))
    }
    guard options.fusesKernels else {
      (self.values, parts) = (values, [:])
      return
    }
    var placed = ChannelParts(graph, lanes: lanes, layouts: values)
    placed.place()
    (self.values, parts) = (placed.layouts, placed.parts)
  }
}

extension Graph {
  /// The layers whose results have examples in the lanes, also where one example is all there is:
  /// their operations have no kernels for channels, or only move what is in those lanes.
  fileprivate var layersWithoutChannelKernels: Set<Int> {
    nodes.reduce(into: []) { layers, node in
      guard let operation = node.operation as? any ForwardOperation, let head = node.head else {
        return
      }
      let follows =
        operation.followsOperands
        && node.activations.allSatisfy { $0.layer.map(layers.contains) == true }
      guard
        follows || !operation.hasChannelKernels(for: model.operandShapes(of: model.layers[head]))
      else { return }
      layers.formUnion(node.layers)
    }
  }
}

/// Who reads a value's numbers one by one.
private struct ReadingOrder {
  private let model: Model
  private let users: ValueTable<[Int]>
  private let withoutChannels: Set<Int>

  init(_ model: Model, users: ValueTable<[Int]>, withoutChannels: Set<Int>) {
    self.model = model
    self.users = users
    self.withoutChannels = withoutChannels
  }

  /// Whether only products of weights read a value, which need no whole vectors of it, and no order
  /// of their own.
  func isFree(_ value: ValueID) -> Bool {
    guard !model.outputs.contains(value) else { return false }
    return users[value].allSatisfy { user in
      let op = model.layers[user].op.base
      return (op as? any ProductOperation)?.readsSingleNumbers ?? false
        || (op is any RandomOperation || op is any ViewOperation && isFlat(user))
          && isFree(.result(of: user))
    }
  }

  /// Whether a view is a vector that may lie as its operand does.
  private func isFlat(_ layer: Int) -> Bool {
    model.layers[layer].shape.dimensions.count == 1 && !withoutChannels.contains(layer)
  }
}
