import Diagnostics
import IR

extension KernelPlan {
  /// Lets kernels of the forward pass run once more in the backward pass, so that their results need
  /// not be kept in between, until the arena fits into `budget`. Every number comes out as it would:
  /// the same function makes it of the same operands, in the same place.
  ///
  /// Parameters move as soon as they can, so that their gradients need not be kept either.
  ///
  /// The idea is Chen et al.'s (2016, "Training deep nets with sublinear memory cost"); which
  /// results are made again is not theirs, but a search: step by step the run that takes most from
  /// what is over the aim, for the work that it costs (`RecomputationSearch`).
  ///
  /// - Throws: `Failure` where nothing that was found fits.
  package mutating func recompute(within budget: MemoryBudget) throws(Failure) {
    var limit: Int?
    if case .bytes(let bytes) = budget { limit = bytes - keptBytes }
    if let limit, MemoryPlan(placing: self).size <= limit { return }
    updateEarly()
    var search = RecomputationSearch(self)
    var least = (plan: self, size: MemoryPlan(placing: self).size)
    while search.improve() {
      let plan = running(search.touches.runs)
      let size = MemoryPlan(placing: plan).size
      if size < least.size { least = (plan, size) }
      if let limit, size <= limit { break }
    }
    if let limit, least.size > limit {
      throw Failure(
        "the network trains in \(keptBytes + least.size) bytes at least, which is more than the "
          + "\(keptBytes + limit) that there may be",
        help: "a smaller batch, an optimizer that keeps less, or a smaller network")
    }
    self = least.plan
  }

  /// The plan with its kernels in this order.
  private func running(_ runs: [BufferTouches.Run]) -> KernelPlan {
    var plan = self
    var times: [Int: Int] = [:]
    plan.kernels = runs.map { run in
      var kernel = kernels[run.kernel]
      guard run.isAgain else { return kernel }
      times[run.kernel, default: 0] += 1
      let time = times[run.kernel, default: 1]
      kernel.original = kernel.name
      kernel.name += "_again" + (time > 1 ? "\(time)" : "")
      kernel.phase = .backward
      return kernel
    }
    return plan
  }
}
