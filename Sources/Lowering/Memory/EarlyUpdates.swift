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
        ? (order.lastIndex { $0.phase.isForward || $0.phase.isLoss || $0.conflicts(with: kernel) }
          ?? -1) + 1
        : order.count
      order.insert(kernel, at: place)
      begun.formUnion(kernel.writes)
    }
    kernels = order
  }
}

extension Kernel {
  /// Whether one of the two writes what the other touches, so that their order matters.
  fileprivate func conflicts(with other: Kernel) -> Bool {
    effects.contains { own in
      other.effects.contains { $0.resource == own.resource && ($0.writes || own.writes) }
    }
  }
}
