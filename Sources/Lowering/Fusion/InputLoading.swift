extension KernelPlan {
  /// The kernels, by their index, whose tasks bring in the blocks of the input that they need: those of
  /// the forward pass that read it, up to the first that runs in every forward pass.
  ///
  /// Empty where the load stays a kernel of its own: where kernels are not fused or every value is kept
  /// for inspection, and where only the loss reads the input.
  package var loadingKernels: [Int] {
    guard options.fusesKernels, options.purpose == .training else { return [] }
    var loading: [Int] = []
    for (index, kernel) in kernels.enumerated()
    where kernel.phase.isForward && kernel.reads.contains(where: isInput) {
      guard kernel.tasks.areOfBlocks else { return [] }
      loading.append(index)
      if kernel.phase == .forward { return loading }
    }
    return []
  }

  private func isInput(_ buffer: BufferID) -> Bool {
    kernels.contains { $0.form.loads(buffer) }
  }
}

extension Kernel.Phase {
  /// Whether kernels of this phase run before the loss.
  fileprivate var isForward: Bool {
    switch self {
    case .forward, .trainingForward, .evaluationForward: true
    case .loss, .backward, .state: false
    }
  }
}

extension Kernel.Tasks {
  /// Whether a task has to do with certain blocks alone.
  fileprivate var areOfBlocks: Bool {
    switch self {
    case .perBlock, .perGroup: true
    case .serial, .fixed, .inTurn: false
    }
  }
}

extension Kernel.Form {
  /// Whether this brings the network's input into `buffer`.
  func loads(_ buffer: BufferID) -> Bool {
    if case .inputLoad(let form) = self { form.y == buffer } else { false }
  }
}
