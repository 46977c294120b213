import Diagnostics
import PluginABI

/// A plugin with memory and threads: a network that can be called.
package final class Network {
  /// The code.
  package let plugin: LoadedPlugin
  /// The memory.
  package let regions: Regions
  private let host: Host
  private let statistics: [PluginTensor]
  /// The threads that it runs on.
  var pool: ThreadPool { host.pool }
  /// The processes that train it together; nil where this is the only one.
  package var processes: (any ProcessGroup)? { host.processes }

  /// What a call found.
  package struct Pass: Sendable {
    /// The losses of the examples, added up.
    package var loss: Double
    /// Of each of the network's losses its part.
    package var parts: [Double]
    /// What the examples count together in each: their number, but where classes have weights or one
    /// is ignored.
    package var counts: [Double]
    /// Set when the loss is not finite: the name of the first layer whose result is not, or nil
    /// where that is not known.
    package var notFinite: NotFinite?
    /// Set when the loss is finite, but an output that was asked for is not: that layer.
    package var notFiniteOutput: NotFinite?
  }

  /// Where a number stopped being finite.
  package struct NotFinite: Hashable, Sendable {
    /// The first layer whose result is not finite, where the plugin could tell.
    package var layer: String?
    /// The running statistic that is not finite, where the loss is.
    package var statistic: String?
  }

  /// A network in memory of its own, all zero.
  package init(_ plugin: LoadedPlugin, host: Host, withGradients: Bool = false) throws {
    self.plugin = plugin
    self.host = host
    statistics = plugin.description.tensors.filter {
      $0.role == .runningMean || $0.role == .runningVariance
    }
    let description = plugin.description
    regions = try Regions(
      for: description, withGradients: withGradients || description.processes > 1)
  }

  /// The network `other` with room of its own to work in, so that both can evaluate at a time.
  init(sharing other: Network) throws {
    (plugin, host, statistics) = (other.plugin, other.host, other.statistics)
    regions = try Regions(sharing: other.regions)
  }

  /// The first running statistic with a number that is not finite, as an input leaves whose square is
  /// too large: the loss of its step may be finite all the same.
  var notFiniteStatistic: String? {
    statistics.first { tensor in
      let bytes = UnsafeRawBufferPointer(regions.bytes(of: tensor))
      return plugin.description.elementType == .float64
        ? bytes.bindMemory(to: Double.self).contains { !$0.isFinite }
        : bytes.bindMemory(to: Float.self).contains { !$0.isFinite }
    }?.name
  }

  /// The hyperparameters of step `step` of `steps`, `epochSteps` of them in an epoch, in a training
  /// that has `hyperparameters`: the model's schedule changes the learning rate.
  package func scheduled(
    _ hyperparameters: [Double], step: UInt64, of steps: UInt64, epochSteps: UInt64 = 1
  ) -> [Double] {
    guard let schedule = plugin.table.pointee.schedule else { return hyperparameters }
    var changed = hyperparameters
    changed.withUnsafeMutableBufferPointer { schedule(step, steps, epochSteps, $0.baseAddress) }
    return changed
  }

  /// One step. Where the loss is not finite, parameters and state stay as they were.
  package func train(_ batch: Batch, _ settings: StepSettings) throws -> Pass {
    var settings = settings
    let description = plugin.description
    guard description.processes == (host.processes?.count ?? 1) else {
      throw Failure(
        "was compiled for "
          + (description.processes == 1 ? "1 process" : "\(description.processes) processes")
          + ", and there \(host.processes.map { "are \($0.count)" } ?? "is 1")", path: plugin.path,
        help: "name the model (.bn), so that bnc compiles it for them")
    }
    settings.whole = settings.whole ?? batch.count
    settings.examples = settings.examples ?? settings.whole
    return try settings.withTable { step in
      try call(batch) { host, regions, batch, result in
        plugin.table.pointee.train?(host, regions, batch, step, result)
      }
    }
  }

  /// The outputs ([count][output] each) and the loss, where there are targets, with running
  /// statistics: their means over the views that the model asks for.
  func evaluate(_ batch: Batch, outputs: [UnsafeMutableRawPointer?]) throws -> Pass {
    plugin.description.views.isEmpty
      ? try evaluateOnce(batch, outputs: outputs)
      : try evaluateViews(of: batch, outputs: outputs)
  }

  /// The same of the examples as they are.
  package func evaluateOnce(_ batch: Batch, outputs: [UnsafeMutableRawPointer?]) throws -> Pass {
    try outputs.withUnsafeBufferPointer { outputs in
      try call(batch) { host, regions, batch, result in
        plugin.table.pointee.evaluate?(host, regions, batch, outputs.baseAddress, result)
      }
    }
  }

  /// Forward and backward without the update: the first step of a training of `seed`.
  package func gradient(
    _ batch: Batch, training: Bool, seed: UInt64, outputs: [UnsafeMutableRawPointer?]
  ) throws -> Pass {
    let settings = StepSettings(
      step: 1, seed: seed, hyperparameters: plugin.description.hyperparameters.map(\.value))
    return try settings.withTable { step in
      try outputs.withUnsafeBufferPointer { outputs in
        try call(batch) { host, regions, batch, result in
          plugin.table.pointee.gradient?(
            host, regions, batch, step, training ? 1 : 0, outputs.baseAddress, result)
        }
      }
    }
  }

  /// Makes what `infer`, or the `evaluate` of a plugin for evaluation, reads of parameters and running
  /// statistics: once after they have changed.
  package func prepare() throws {
    var pointers = regions.pointers
    try check(plugin.table.pointee.prepare?(&pointers))
  }

  /// The outputs of one example: each of `inputs` holds its numbers, or its bytes where `isBytes`;
  /// each of `outputs` has room for one output.
  package func infer(
    _ inputs: [UnsafeRawPointer?], isBytes: Bool, outputs: [UnsafeMutableRawPointer?]
  ) throws {
    var pointers = regions.pointers
    let types = inputs.map { _ in Int32(isBytes ? BNC_UINT8 : BNC_REAL) }
    try check(plugin.table.pointee.infer?(host.table, &pointers, inputs, types, outputs))
  }

  private typealias EntryPoint = (
    UnsafePointer<bnc_host>, UnsafePointer<bnc_regions>, UnsafePointer<bnc_batch>,
    UnsafeMutablePointer<bnc_result>
  ) -> Int32?

  private func call(_ batch: Batch, _ entryPoint: EntryPoint) throws -> Pass {
    var pointers = regions.pointers
    var parts = [Double](repeating: 0, count: plugin.description.losses.count)
    var counts = parts.map { _ in Double(batch.count) }
    let (code, result) = parts.withUnsafeMutableBufferPointer { parts in
      counts.withUnsafeMutableBufferPointer { counts in
        var result = bnc_result(
          loss: 0, not_finite_layer: -1, reserved: 0, losses: parts.baseAddress,
          counts: counts.baseAddress)
        let code = batch.withTable { entryPoint(host.table, &pointers, $0, &result) }
        return (code, result)
      }
    }
    if code != Int32(BNC_NOT_FINITE) { try check(code) }
    let layers = plugin.description.layers
    let layer = Int(result.not_finite_layer)
    let place = NotFinite(layer: layers.indices.contains(layer) ? layers[layer] : nil)
    var pass = Pass(loss: result.loss, parts: parts, counts: counts)
    if !result.loss.isFinite || code == Int32(BNC_NOT_FINITE) {
      pass.notFinite = place
    } else if layer >= 0 {
      pass.notFiniteOutput = place
    }
    return pass
  }

  /// What is said of a network whose batch norms have seen nothing.
  var neverTrained: Failure {
    Failure(
      "model '\(plugin.description.modelName)' was never trained: its batch norms have no running "
        + "statistics",
      help: "load weights that were saved after training, or train on 2 examples or more")
  }

  /// Fails where an entry point found something wrong, or was missing.
  private func check(_ code: Int32?) throws {
    switch code.map(Int.init) {
    case BNC_OK: return
    case BNC_NOT_TRAINED: throw neverTrained
    case BNC_BAD_ARGUMENT:
      throw Failure("refuses the examples that it was given", path: plugin.path)
    case nil:
      throw Failure(
        "lacks the function that this needs", path: plugin.path,
        help: "name the model (.bn), so that bnc compiles it for what is asked")
    case let code?:
      throw Failure("returned the unknown code \(code)", path: plugin.path)
    }
  }
}
