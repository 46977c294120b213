import IR
import Lowering

/// What fills in the table that says which kernels run when, and what walks it.
struct KernelScheduleContext: TemplateContext {
  var template: String { "File/schedule.c.mustache" }
  /// Whether a batch lies across several processes, and how many layers the model has.
  let joins: Bool
  let layerCount: Int
  let infers, joinsLoad, hasParts, hasBackward: Bool
  /// Whether some kernels run in a training alone.
  let trains: Bool
  /// Whether the results that kernels leave are whole values with examples in the lanes.
  let isWhole: Bool
  let forwardCalls, lossCalls, backwardCalls: [ScheduledContext]
  /// How many kernels run before the loss, and with it.
  let forwardCount, lossCount: Int
  /// The slopes that results of several layers' kernels go through.
  let slopes: [SlopesContext]
  /// Whether there are any.
  let hasSlopes: Bool
  /// The most results that a kernel leaves.
  let resultCount: Int

  init(_ plan: KernelPlan, _ code: KernelCode) {
    joins = plan.joinsProcesses
    layerCount = plan.model.layers.count
    infers = plan.options.purpose == .inference
    joinsLoad = !plan.loadingKernels.isEmpty
    hasParts = plan.hasParts
    isWhole = !infers && !hasParts
    forwardCalls = code.forwardCalls
    lossCalls = code.lossCalls
    backwardCalls = code.backwardCalls
    hasBackward = code.hasBackward
    trains = !plan.options.purpose.foldsWeights
    slopes = code.slopes
    hasSlopes = !slopes.isEmpty
    forwardCount = forwardCalls.count
    lossCount = forwardCount + lossCalls.count
    resultCount = max(1, forwardCalls.map(\.resultCount).max() ?? 1)
  }
}
