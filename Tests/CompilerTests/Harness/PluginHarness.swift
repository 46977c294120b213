// swift-format-ignore-file: NeverForceUnwrap
import PluginABI
import Testing
import Verification

@testable import Runner

/// A plugin with memory and threads, called as a host calls it, and opened as no host may.
final class PluginHarness {
  let plugin: LoadedPlugin
  let network: Network
  /// Whether the host provides threads and matrix products.
  var provides = true
  private let host: Host
  private var step: UInt64 = 0

  /// What a call came to.
  struct Outcome {
    var status: Int32
    var loss: Double
    /// Of each loss its part.
    var losses: [Double]
    /// The first layer whose result is not finite.
    var layer: String?
    /// Of each output [count][its shape], of an evaluation or an inspected step.
    var allOutputs: [[Double]]

    /// The first output.
    var outputs: [Double] { allOutputs[0] }
  }

  /// What inferring examples one by one came to.
  struct Inferred {
    var status: Int32
    /// Of each output that of each example.
    var allOutputs: [[Double]]

    /// The first output.
    var outputs: [Double] { allOutputs[0] }
  }

  init(
    _ plugin: LoadedPlugin, threads: Int = 1, clock: KernelClock? = nil,
    processes: (any ProcessGroup)? = nil
  ) throws {
    self.plugin = plugin
    host = Host(
      pool: try ThreadPool(threads: threads), clock: clock, providesWait: true,
      processes: processes)
    network = try Network(plugin, host: host, withGradients: plugin.description.hasGradient)
    poisonScratch()
  }

  /// A harness whose parameters and statistics are drawn from `seed`; every batch norm has seen a
  /// batch.
  convenience init(
    _ plugin: LoadedPlugin, seed: UInt64, threads: Int = 1, processes: (any ProcessGroup)? = nil
  ) throws {
    try self.init(plugin, threads: threads, processes: processes)
    var numbers = Numbers(seed)
    for tensor in plugin.description.savedTensors {
      let fan = Double(tensor.shape.dropFirst().reduce(1, *))
      self[tensor.name] =
        switch tensor.role {
        case .weight: numbers.normals(tensor.count, deviation: (2 / fan).squareRoot())
        case .gamma: numbers.normals(tensor.count, mean: 1, deviation: 0.3)
        case .runningVariance: numbers.uniforms(tensor.count, 0.5, 2)
        case .seen: [1]
        default: numbers.normals(tensor.count, deviation: 0.3)
        }
    }
  }

  /// Gives what the optimizer keeps its first values.
  func initializeSlots() {
    for tensor in plugin.description.tensors where tensor.region == .slots {
      guard case .constant(let value) = tensor.initializer else { continue }
      self[tensor.name] = Array(repeating: value, count: tensor.count)
    }
  }

  /// Makes the host provide no way to wait, as where threads have no core each.
  func provideNoWait() { host.table.pointee.wait = nil }
  /// Makes the host run a kernel's tasks from the last to the first, as it may.
  func reverseTasks() {
    host.table.pointee.parallel_for = { _, count, body, argument in
      for task in (0..<count).reversed() { body?(argument, task) }
    }
  }

  var isDouble: Bool { plugin.description.elementType == .float64 }
  /// A parameter or running statistic, or a tensor in scratch that there is one of.
  subscript(name: String) -> [Double] {
    get { network.regions.numbers(of: tensor(name)) }
    set { network.regions.write(newValue, to: tensor(name)) }
  }

  func tensor(_ name: String) -> PluginTensor {
    guard let tensor = plugin.description.tensors.first(where: { $0.name == name }) else {
      preconditionFailure("the plugin has no tensor \(name)")
    }
    return tensor
  }

  /// All parameters and running statistics by name.
  var learned: [String: [Double]] {
    get { Dictionary(uniqueKeysWithValues: savedNames.map { ($0, self[$0]) }) }
    set { for (name, values) in newValue { self[name] = values } }
  }

  var savedNames: [String] { plugin.description.savedTensors.map(\.name) }
  var parameterNames: [String] {
    plugin.description.tensors.filter { $0.region == .parameters }.map(\.name)
  }

  /// The gradient of a parameter after an inspected step.
  func gradient(of name: String) throws -> [Double] {
    try network.regions.gradient(tensor(name))?.values ?? []
  }

  /// A value, or a value's gradient, of `count` examples after an inspected step.
  func values(_ name: String, count: Int) throws -> [Double] {
    try network.regions.examples(
      of: tensor(name), count: count, type: plugin.description.elementType
    ).values
  }

  /// The bytes of parameters and state.
  var bits: [[UInt8]] {
    let pointers = network.regions.pointers
    return [
      Array(
        UnsafeRawBufferPointer(
          start: pointers.parameters, count: plugin.description.parametersSize)),
      Array(UnsafeRawBufferPointer(start: pointers.state, count: plugin.description.stateSize)),
    ]
  }

  /// Fills scratch with NaN: nothing may depend on what it held.
  func poisonScratch() { fillScratch(0xff) }

  /// Fills scratch with one byte.
  func fillScratch(_ byte: UInt8) { network.regions.fillScratch(byte) }

  /// A step, or pass `pass` of one over `examples` examples in all; as the schedule has it where it is
  /// one of `steps`; of several processes the share of this one.
  func train(
    _ sample: Sample, rate: Double, count: Int? = nil,
    pass: (index: Int, count: Int, examples: Int)? = nil, of steps: Int? = nil,
    share: (rows: [UInt32], whole: Int, first: Int)? = nil
  ) -> Outcome {
    if (pass?.index ?? 0) == 0 { step += 1 }
    let given = plugin.description.hyperparameters(learningRate: rate)
    var settings = StepSettings(
      step: step, seed: 1,
      hyperparameters: steps.map {
        network.scheduled(given, step: step, of: UInt64($0))
      } ?? given)
    settings.examples = pass?.examples ?? share?.whole ?? sample.count
    (settings.whole, settings.first) = (share?.whole, share?.first ?? 0)
    settings.pass = pass?.index ?? 0
    settings.passes = pass?.count ?? 1
    return settings.withTable { step in
      call(sample, share?.rows.count ?? count, share?.rows) { host, regions, batch, _, result in
        plugin.table.pointee.train?(host, regions, batch, step, result)
      }
    }
  }

  func evaluate(_ sample: Sample, count: Int? = nil) -> Outcome {
    var pointers = network.regions.pointers
    if plugin.description.preparesEvaluation { _ = plugin.table.pointee.prepare?(&pointers) }
    return call(sample, count) { host, regions, batch, outputs, result in
      plugin.table.pointee.evaluate?(host, regions, batch, outputs, result)
    }
  }

  /// An inspected step of epoch `epoch`, of all examples or those of `rows`.
  func gradient(
    _ sample: Sample, training: Bool = true, count: Int? = nil, rows: [UInt32]? = nil,
    epoch: UInt64 = 0
  ) -> Outcome {
    var settings = StepSettings(step: 1, seed: 1, hyperparameters: [])
    settings.epoch = epoch
    return settings.withTable { step in
      call(sample, rows?.count ?? count, rows) { host, regions, batch, outputs, result in
        plugin.table.pointee.gradient?(
          host, regions, batch, step, training ? 1 : 0, outputs, result)
      }
    }
  }

  /// The status of `prepare`, and of each output that of each example by `infer` if that was well.
  func infer(_ sample: Sample) throws -> Inferred {
    var pointers = network.regions.pointers
    let table = plugin.table.pointee
    let prepare = try #require(table.prepare)
    let infer = try #require(table.infer)
    let status = prepare(&pointers)
    var outputs = plugin.description.outputs.map { _ in [Double]() }
    guard status == BNC_OK else { return Inferred(status: status, allOutputs: outputs) }
    let inputs = plugin.description.inputs.map { allocate($0.count) }
    let room = plugin.description.outputs.map { allocate($0.count) }
    defer { for memory in inputs + room { memory.deallocate() } }
    // Nothing but the prepared region may be looked at from here on.
    pointers.parameters = nil
    pointers.state = nil
    for example in 0..<sample.count {
      for (rows, memory) in zip(sample.allInputs, inputs) {
        let width = rows.count / sample.count
        write(Array(rows[example * width..<(example + 1) * width]), memory)
      }
      let found = infer(
        host.table, &pointers, inputs.map { UnsafeRawPointer($0.baseAddress) },
        inputs.map { _ in Int32(BNC_REAL) }, room.map(\.baseAddress))
      guard found == BNC_OK else { return Inferred(status: found, allOutputs: outputs) }
      for (index, memory) in room.enumerated() { outputs[index] += read(memory) }
    }
    return Inferred(status: status, allOutputs: outputs)
  }

  private func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * plugin.description.elementType.size, alignment: 64)
  }

  private typealias EntryPoint = (
    UnsafePointer<bnc_host>?, UnsafePointer<bnc_regions>, UnsafePointer<bnc_batch>,
    UnsafePointer<UnsafeMutableRawPointer?>, UnsafeMutablePointer<bnc_result>
  ) -> Int32?

  private func call(
    _ sample: Sample, _ count: Int?, _ rows: [UInt32]? = nil, _ entryPoint: EntryPoint
  ) -> Outcome {
    let description = plugin.description
    var pointers = network.regions.pointers
    var losses = [Double](repeating: .nan, count: description.losses.count)
    // Room for a full batch whatever the count, for calls that lie about it.
    let outputs = description.outputs.map { allocate(description.batch * $0.count) }
    let inputs = sample.allInputs.map { allocate($0.count) }
    let targets = sample.allTargets.map { target in
      if case .labels(let labels) = target {
        return UnsafeMutableRawBufferPointer.allocate(byteCount: labels.count * 4, alignment: 64)
      }
      return allocate(target.numbers.count)
    }
    defer { for memory in outputs + inputs + targets { memory.deallocate() } }
    for memory in outputs { memory.initializeMemory(as: UInt8.self, repeating: 0) }
    for (rows, memory) in zip(sample.allInputs, inputs) { write(rows, memory) }
    for (target, memory) in zip(sample.allTargets, targets) {
      switch target {
      case .labels(let labels): memory.copyBytes(from: labels.withUnsafeBytes(Array.init))
      case .values(let values): write(values, memory)
      }
    }
    let chosen = rows?.withUnsafeBufferPointer { rows in
      let copy = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: rows.count)
      _ = copy.initialize(from: rows)
      return copy
    }
    defer { chosen?.deallocate() }
    let batch = Batch(
      inputs: inputs.map { UnsafeRawPointer($0.baseAddress) },
      targets: targets.isEmpty
        ? description.targets.map { _ in nil } : targets.map { UnsafeRawPointer($0.baseAddress) },
      inputTypes: inputs.map { _ in Int32(BNC_REAL) }, rows: UnsafePointer(chosen?.baseAddress),
      count: count ?? sample.count)
    let (status, result) = losses.withUnsafeMutableBufferPointer { losses in
      var result = bnc_result(
        loss: .nan, not_finite_layer: -1, reserved: 0, losses: losses.baseAddress, counts: nil)
      let status = batch.withTable { batch in
        entryPoint(
          provides ? UnsafePointer(host.table) : nil, &pointers, batch,
          outputs.map(\.baseAddress), &result)
      }
      return (status, result)
    }
    let layer = Int(result.not_finite_layer)
    return Outcome(
      status: status ?? -1, loss: result.loss, losses: losses,
      layer: description.layers.indices.contains(layer) ? description.layers[layer] : nil,
      allOutputs: zip(outputs, description.outputs).map { memory, output in
        Array(read(memory).prefix((rows?.count ?? sample.count) * output.count))
      })
  }

  private func read(_ bytes: UnsafeMutableRawBufferPointer) -> [Double] {
    isDouble
      ? Array(bytes.bindMemory(to: Double.self)) : bytes.bindMemory(to: Float.self).map(Double.init)
  }

  private func write(_ values: [Double], _ bytes: UnsafeMutableRawBufferPointer) {
    precondition(values.count * plugin.description.elementType.size == bytes.count)
    if isDouble {
      _ = bytes.bindMemory(to: Double.self).update(fromContentsOf: values)
    } else {
      _ = bytes.bindMemory(to: Float.self).update(fromContentsOf: values.map(Float.init))
    }
  }
}
