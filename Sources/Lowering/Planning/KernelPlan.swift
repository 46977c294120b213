import IR

/// The functions of the generated C in the order in which a step calls them, and the buffers
/// between them. What each buffer's place in memory is, `MemoryPlan` says.
package struct KernelPlan: Hashable, Sendable {
  /// The step that the kernels carry out.
  package var graph: TrainingGraph
  /// What shaped the plan.
  package var options: PlanOptions
  /// Examples a vector; channels a vector where the plan is for inference.
  package var lanes: Int
  /// Blocks of `lanes` examples in a full batch; 1 where the plan is for inference.
  package var blocks: Int
  /// The buffers, in the order in which they are first written.
  package var buffers: [Buffer]
  /// The kernels, in the order in which they run.
  package var kernels: [Kernel]
  /// The buffer that holds the loss's operand.
  package var output: BufferID
  /// The loss of each block; nil where the plan is for inference.
  package var blockLosses: BufferID?
  /// Stored results of the forward pass, with the layer that each belongs to, in order.
  package var stored: [StoredValue]

  /// A result of the forward pass that is stored.
  package struct StoredValue: Hashable, Sendable {
    /// The first layer whose work the value shows.
    package var layer: Int
    /// Where it is.
    package var buffer: BufferID
  }

  /// The model.
  package var model: Model { graph.model }

  /// The buffer `id`.
  package subscript(id: BufferID) -> Buffer { buffers[id.index] }

  /// Numbers that a buffer holds for a full batch.
  package func elementCount(of buffer: Buffer) -> Int {
    switch buffer.layout {
    case .lanes(let shape): blocks * shape.elementCount * lanes
    case .numbers(let dimensions): dimensions.reduce(1, *)
    }
  }

  /// The shape of a parameter or running statistic.
  package func declaration(of tensor: TensorID) -> TensorDeclaration {
    let layer = model.layers[tensor.layer]
    let shapes = model.operandShapes(of: layer)
    let all = layer.op.definition.parameters(of: shapes) + layer.op.definition.state(of: shapes)
    return all.first { $0.role == tensor.role } ?? TensorDeclaration(tensor.role, shape: [])
  }
}
