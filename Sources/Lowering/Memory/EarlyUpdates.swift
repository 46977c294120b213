import IR

extension KernelPlan {
  /// Runs what begins no buffer of its own, such as the update of a parameter, as early as its
  /// operands allow: what it reads needs to be kept no longer.
  mutating func updateEarly() {
    var order: [Kernel] = []
    var begun: Set<BufferID> = []
    for kernel in kernels {
      let isBackward = kernel.phase == .backward || kernel.phase == .state
      let place =
        isBackward && begun.isSuperset(of: kernel.writes)
        ? (order.lastIndex { $0.phase.isForward || $0.phase.isLoss || conflict($0, kernel) }
          ?? -1) + 1
        : order.count
      order.insert(kernel, at: place)
      begun.formUnion(kernel.writes)
    }
    kernels = order
  }

  /// Whether one of the two writes what the other touches, so that their order matters; of a buffer that
  /// is a part of another it is the whole that counts.
  private func conflict(_ one: Kernel, _ other: Kernel) -> Bool {
    one.effects.contains { own in
      other.effects.contains {
        whole(of: $0.resource) == whole(of: own.resource) && ($0.writes || own.writes)
      }
    }
  }

  private func whole(of resource: Resource) -> Resource {
    resource.buffer.map { .buffer(whole(of: $0).buffer) } ?? resource
  }
}
