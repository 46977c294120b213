import IR

/// The functions of the generated C in the order in which a step calls them, and the buffers
/// between them. What each buffer's place in memory is, `MemoryPlan` says.
package struct KernelPlan: Sendable {
  /// The step that the kernels carry out.
  package var graph: Graph
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

  /// What is packed for the kernels before an inference, in order.
  package var preparations: [Preparation] {
    kernels.compactMap { ($0.form as? any InferenceForm)?.preparation }
  }

  /// The buffer `id`.
  package subscript(id: BufferID) -> Buffer { buffers[id.index] }

  /// Numbers that a buffer holds for a full batch.
  package func elementCount(of buffer: Buffer) -> Int {
    switch buffer.layout {
    case .lanes(let shape): blocks * shape.elementCount * lanes
    case .numbers(let dimensions): dimensions.reduce(1, *)
    }
  }

  /// Numbers that a resource holds for a full batch.
  private func elementCount(of resource: Resource) -> Int {
    switch resource {
    case .buffer(let id): elementCount(of: self[id])
    case .parameter(let tensor), .gradient(let tensor), .state(let tensor):
      model.declaration(of: tensor).elementCount
    case .slots(let tensor):
      model.training.optimizer.slots.count * model.declaration(of: tensor).elementCount
    // What a caller's row holds, its host knows: bytes or numbers.
    case .input, .target: 0
    }
  }

  /// Bytes that a kernel reads and writes at least, for a full batch.
  package func bytes(of kernel: Kernel) -> Int {
    kernel.effects.reduce(0) { total, effect in
      let touches = effect.access == .update ? 2 : 1
      return total + touches * elementCount(of: effect.resource) * options.precision.bytes
    }
  }
}
