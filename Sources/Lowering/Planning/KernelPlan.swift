import IR

/// The functions of the generated C in the order in which a step calls them, and the buffers
/// between them. What each buffer's place in memory is, `MemoryPlan` says.
package struct KernelPlan: Sendable {
  /// The step that the kernels carry out.
  package var graph: Graph
  /// What shaped the plan.
  package var options: PlanOptions
  /// How the values of the forward pass lie.
  package var layouts: ValueLayouts
  /// The buffers, in the order in which they are first written.
  package var buffers: [Buffer]
  /// The kernels, in the order in which they run.
  package var kernels: [Kernel]
  /// The buffers that hold the network's outputs.
  package var outputs: [BufferID]
  /// The buffers that hold what each loss is computed from: an output, or what the function that
  /// makes the output is applied to.
  package var lossOperands: [BufferID]
  /// Of each loss that of each block; empty where the plan is for inference.
  package var blockLosses: [BufferID]
  /// Where the targets lie that training moves, by their indices.
  package var movedTargets: [Int: TargetAccess.Moved]
  /// Stored results of the forward pass, with the layer that each belongs to, in order.
  package var savedActivations: [SavedActivation]

  /// A result of the forward pass that is stored.
  package struct SavedActivation: Hashable, Sendable {
    /// The first layer whose work the value shows.
    package var layer: Int
    /// Where it is.
    package var buffer: BufferID
  }

  /// The model.
  package var model: Model { graph.model }

  /// Numbers a vector: examples or channels.
  package var lanes: Int { layouts.lanes }

  /// Blocks of `lanes` examples in a full batch; 1 where channels are in the lanes.
  package var blocks: Int { layouts.blocks }

  /// What is packed for the kernels before an evaluation, in order.
  package var packedWeights: [PackedWeights] { kernels.compactMap(\.spec.packedWeights) }

  /// The buffer `id`.
  package subscript(id: BufferID) -> Buffer { buffers[id.index] }

  /// Numbers that a buffer holds for a full batch.
  package func elementCount(of buffer: Buffer) -> Int {
    switch buffer.layout {
    case .lanes(let shape): blocks * shape.elementCount * lanes
    case .channels(let layout): layout.count
    case .numbers(let dimensions): dimensions.reduce(1, *)
    }
  }

  /// Whether it is a training of a batch that lies across several processes.
  package var joinsProcesses: Bool { options.joinsProcesses }

  /// Whether gradients go to the caller's region.
  package var keepsGradientsInRegion: Bool { options.keepsGradientsInRegion(of: model) }

  /// Bytes of a buffer for a full batch.
  package func bytes(of buffer: Buffer) -> Int { elementCount(of: buffer) * buffer.element.bytes }

  /// Bytes of a resource for a full batch.
  private func bytes(of resource: Resource) -> Int {
    switch resource {
    case .buffer(let id): bytes(of: self[id])
    case .parameter(let tensor), .gradient(let tensor), .state(let tensor):
      model.declaration(of: tensor).elementCount * options.precision.bytes
    case .slots(let tensor):
      model.optimizer(of: tensor.role, in: tensor.layer).slots.count
        * model.declaration(of: tensor).elementCount
        * options.precision.bytes
    // What a caller's row holds, its host knows: bytes or numbers.
    case .input, .target: 0
    }
  }

  /// The most slots that an optimizer of the model keeps: the region has room for as many numbers for
  /// each one of the parameters.
  package var slotCount: Int { model.training.optimizers.map(\.slots.count).max() ?? 0 }

  /// Bytes that a kernel reads and writes at least, for a full batch.
  package func bytes(of kernel: Kernel) -> Int {
    if let copies = kernel.spec.copies {
      // Of a concat some operands may lie in the result already.
      return copies.reduce(0) {
        $0 + 2 * $1.count * blocks * lanes * self[$1.target].element.bytes
      }
    }
    return kernel.effects.reduce(0) { total, effect in
      let touches = effect.access == .update ? 2 : 1
      return total + touches * bytes(of: effect.resource)
    }
  }
}

extension Loss {
  /// Whether the mean of the examples' losses is divided by what their classes count.
  package var weighsMean: Bool { classWeights != nil && reduction == .mean }
}
