import IR

/// How much memory a training may take. What does not fit into it is made once more when the
/// gradients need it, instead of being kept.
package enum MemoryBudget: Hashable, Sendable {
  /// Bytes of the arena: parameters, running statistics, what the optimizer keeps, and scratch.
  case bytes(Int)
  /// As little as is found.
  case least
}

extension KernelPlan {
  /// Vectors that each thread has for itself: as many as the kernel that needs most.
  package var threadVectors: Int { kernels.map(\.spec.threadVectors).max() ?? 0 }

  /// Bytes of them.
  package var threadBytes: Int { threadVectors * lanes * options.precision.bytes }

  /// Bytes of the regions whose numbers stay from step to step: parameters, running statistics and
  /// what the optimizer keeps.
  package var keptBytes: Int {
    let bytes = options.precision.bytes
    func count(_ declared: [TensorDeclaration]) -> Int {
      declared.reduce(0) { $0 + $1.elementCount }
    }
    let parameters = model.layers.indices.reduce(0) { $0 + count(model.parameters(of: $1)) }
    let state = model.layers.indices.reduce(0) { $0 + count(model.state(of: $1)) }
    return MemoryPlan.aligned(parameters * bytes) + MemoryPlan.aligned(state * bytes)
      + MemoryPlan.aligned(slotCount * parameters * bytes)
  }
}
