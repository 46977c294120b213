extension KernelPlan {
  /// The kernels, by their index, whose tasks bring in the blocks of the input that they need:
  /// those of the forward pass that read it, up to the first that runs in every forward pass.
  ///
  /// Empty where the load stays a kernel of its own: where kernels are not fused or every value is
  /// kept for inspection, where only the loss reads the input, and where there are several.
  package var loadingKernels: [Int] {
    guard options.fusesKernels, options.purpose == .training, model.inputs.count == 1,
      let input = kernels.lazy.compactMap({ ($0.spec as? InputLoad)?.y }).first
    else { return [] }
    var loading: [Int] = []
    for (index, kernel) in kernels.enumerated()
    where kernel.phase.isForward && kernel.reads.contains(where: { whole(of: $0).buffer == input })
    {
      guard kernel.tasks.areOfBlocks else { return [] }
      loading.append(index)
      if kernel.phase == .forward { return loading }
    }
    return []
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
