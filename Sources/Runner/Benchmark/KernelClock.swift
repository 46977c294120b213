/// The time that each kernel of a plugin takes, step by step.
///
/// A plugin says when a kernel has finished; the time since the one before is the kernel's. All
/// calls come from the thread that runs the step, so nothing is locked.
package final class KernelClock: @unchecked Sendable {
  private var samples: [[Double]]
  private var last = ContinuousClock.now

  /// A clock for a plugin of `kernels` kernels.
  package init(kernels: Int) { samples = Array(repeating: [], count: kernels) }

  /// Starts a step.
  func start() { last = .now }

  /// Kernel `index` has just finished.
  func lap(_ index: Int) {
    let time = ContinuousClock.now
    if samples.indices.contains(index) { samples[index].append((time - last).seconds) }
    last = .now
  }

  /// The median of a kernel's times, in seconds; nil for one that never ran.
  package func median(of kernel: Int) -> Double? { samples[kernel].median }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { self / .seconds(1) }
}

extension [Double] {
  /// The middle of the sorted numbers; nil of none.
  var median: Double? { isEmpty ? nil : sorted()[count / 2] }
}
