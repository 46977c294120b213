import IR

/// Brings the examples of one input in.
package struct InputOperation: GraphOperation {
  package let label = "input"
  /// Which input.
  let index: Int

  package init(index: Int) { self.index = index }

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let input = planner.model.inputs[index]
    let value = ValueID.input(index)
    let shape = input.shape
    if case .channels(let layout) = planner.layouts[value] {
      let buffer = planner.makeBuffer("\(input.name)_channels", .channels(layout))
      planner.put(.activation(value), at: buffer)
      planner.add(
        "\(input.name)_load", layers: [], .forward, .serial,
        ChannelLoad(
          input: index, layout: layout, scale: planner.model.training.dataScale,
          scalesReals: planner.model.training.scalesReals, y: buffer),
        [.read(.input(index)), .write(buffer)], operations: Double(shape.elementCount))
      return
    }
    let buffer = planner.makeBuffer(
      "\(input.name)_lanes", .lanes(shape),
      probes: [
        planner.probe(planner.model.inspectedName(of: value), .value, layer: nil, shape.dimensions)
      ])
    planner.put(.activation(value), at: buffer)
    planner.add(
      "\(input.name)_load", layers: [], .forward, .perBlock(1),
      InputLoad(
        input: index, elements: shape.elementCount, scale: planner.model.training.dataScale,
        scalesReals: planner.model.training.scalesReals, y: buffer),
      [.read(.input(index)), .write(buffer)], operations: Double(shape.elementCount))
  }
}

/// The examples brought into the lanes: bytes scaled, numbers as they are or scaled too, inactive
/// lanes 0.
package struct InputLoad: KernelSpec {
  /// Which input.
  package var input: Int
  package var elements: Int
  package var scale: Double
  package var scalesReals = false
  package var y: BufferID
  /// The same as rows, one example each, where the gradient of a dense layer's weight reads them;
  /// only in training, for an evaluation has no use for them.
  package var rows: Rows?

  /// Rows of examples.
  package struct Rows: Hashable, Sendable {
    package var buffer: BufferID
    /// Numbers from one row to the next.
    package var stride: Int
  }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    InputLoadContext(self, kernel: kernel, names: names)
  }
}

extension KernelPlanner {
  /// The rows of the network's input, if that is what `value` is: the kernel that loads it has them
  /// in its registers anyway, and stores them besides. nil where kernels are not fused.
  package mutating func inputRows(_ value: BufferID, stride: Int) -> InputLoad.Rows? {
    guard options.fusesKernels, !isInspection,
      let kernel = kernels.firstIndex(where: { ($0.spec as? InputLoad)?.y == value }),
      var load = kernels[kernel].spec as? InputLoad
    else { return nil }
    if load.rows == nil {
      let buffer = makeBuffer(
        "\(model.inputs[load.input].name)_rows", .numbers([blocks * lanes, stride]))
      load.rows = .init(buffer: buffer, stride: stride)
      kernels[kernel].spec = load
      kernels[kernel].effects.append(.write(buffer))
    }
    return load.rows
  }
}
