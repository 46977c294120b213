import Diagnostics
import PluginABI

/// What a plugin says about itself, read once and checked: everything that training needs to know.
package struct PluginDescription: Sendable {
  /// The model's name in its file.
  package let modelName: String
  /// Of the model's text and the flags that shape the code, hexadecimal.
  package let modelHash: String
  /// The hash of the same training on one process: what checkpoints go by.
  package let trainingHash: String
  /// The version of the bnc that wrote it.
  package let version: String
  /// The compiler's name for the processor: "x86-64-v3".
  package let target: String
  /// What the processor must have.
  package let instructionSet: InstructionSet
  /// Examples a call, at most.
  package let batch: Int
  /// How many processes a batch lies across.
  package let processes: Int
  /// Examples a call over all processes, at most.
  package let wholeBatch: Int
  /// Whether a process's share of a batch has to be symmetric.
  package let sharesMirror: Bool
  /// Examples per vector.
  package let lanes: Int
  /// float32 or float64.
  package let elementType: NumberType
  /// The model's own number of epochs.
  package let epochs: Int
  /// Passes of a batch whose gradients make one step, at most.
  package let passes: Int
  /// The names and the model's own values of what a step is given.
  package let hyperparameters: [PluginHyperparameter]
  /// How parameters are updated: "sgd".
  package let optimizerName: String
  /// What the network reads, in the plugin's order.
  package let inputs: [PluginValue]
  /// What it is trained towards.
  package let targets: [PluginValue]
  /// What it makes.
  package let outputs: [PluginValue]
  /// What is made small, in the plugin's order.
  package let losses: [PluginLoss]
  /// Bytes of what is learned.
  package let parametersSize: Int
  /// Bytes of running statistics.
  package let stateSize: Int
  /// Bytes of room to work in.
  package let scratchSize: Int
  /// Bytes of what is made of the learned numbers before an inference; 0 where the plugin does not
  /// infer.
  package let preparedSize: Int
  /// Bytes of what the optimizer keeps.
  package let slotsSize: Int
  /// Everything that has a name, in the plugin's order.
  package let tensors: [PluginTensor]
  /// The layers' names, in order.
  package let layers: [String]
  /// The kernels of a step, in the plugin's order.
  package let kernels: [PluginKernel]
  /// Whether the plugin has the step of training.
  package let canTrain: Bool
  /// Whether the learning rate changes over a training.
  package let hasSchedule: Bool
  /// When it falls because the test stopped getting better, where it does.
  package let plateau: PluginPlateau?
  /// The weights that are made of the training data.
  package let whitenings: [PluginWhitening]
  /// How an evaluation and a prediction see each example; none where they see it as it is.
  package let views: [PluginView]
  /// Whether the plugin can inspect a step.
  package let hasGradient: Bool
  /// Whether the plugin infers single examples.
  package let infers: Bool
  /// Whether it evaluates with weights that are prepared before all batches, each batch by itself.
  package var preparesEvaluation: Bool { preparedSize > 0 && !infers }

  /// The tensors that are saved: parameters and running statistics.
  package var savedTensors: [PluginTensor] {
    tensors.filter { $0.region == .parameters || $0.region == .state }
  }
  /// The parameters in whose place an average is evaluated and saved, with that: `conv1.weight` and
  /// `average.conv1.weight`.
  package var averages: [(parameter: PluginTensor, average: PluginTensor)] {
    let parameters = Dictionary(
      tensors.filter { $0.region == .parameters }.map { ($0.name, $0) }
    ) { first, _ in first }
    return tensors.filter { $0.role == .average }.compactMap { average in
      let name = average.name.drop { $0 != "." }.dropFirst()
      return parameters[String(name)].flatMap {
        $0.shape == average.shape ? (parameter: $0, average: average) : nil
      }
    }
  }
  /// How many numbers are learned.
  package var parameterCount: Int {
    tensors.filter { $0.region == .parameters }.reduce(0) { $0 + $1.count }
  }

  /// Reads and checks a table whose size and version have been checked; what it points to has to be in
  /// `memory`.
  ///
  /// - Throws: a failure without a path, for the loader to add.
  init(_ table: bnc_plugin, in memory: PluginMemory) throws {
    modelName = try memory.text(table.model_name, "model's name")
    modelHash = try memory.text(table.model_hash, "model's hash")
    trainingHash =
      table.training_hash == nil
      ? modelHash : try memory.text(table.training_hash, "training's hash")
    version = try memory.text(table.bnc_version, "version of bnc")
    target = try memory.text(table.target, "target")
    optimizerName = try memory.text(table.optimizer_name, "optimizer's name")
    instructionSet = InstructionSet(rawValue: table.instruction_set)
    guard let type = [4: NumberType.float32, 8: .float64][table.element_size] else {
      throw Failure("has elements of \(table.element_size) bytes, known are 4 and 8")
    }
    elementType = type
    guard (1...1 << 20).contains(table.batch), (1...64).contains(table.lanes) else {
      throw Failure("has a batch of \(table.batch) and \(table.lanes) lanes, which cannot be")
    }
    batch = Int(table.batch)
    (processes, wholeBatch, sharesMirror) = try BatchShare.all(of: table)
    lanes = Int(table.lanes)
    epochs = Int(table.epochs)
    guard table.passes <= 1 << 20 else {
      throw Failure("has steps of \(table.passes) passes, which cannot be")
    }
    passes = max(1, Int(table.passes))
    inputs = try memory.rows(table.inputs, table.input_count, "inputs").map {
      try PluginValue($0, in: memory, "input")
    }
    targets = try memory.rows(table.targets, table.target_count, "targets").map {
      try PluginValue($0, in: memory, "target")
    }
    outputs = try memory.rows(table.outputs, table.output_count, "outputs").map {
      try PluginValue($0, in: memory, "output")
    }
    losses = try memory.rows(table.losses, table.loss_count, "losses").map { row in
      try PluginLoss(row, in: memory)
    }
    hyperparameters = try memory.rows(
      table.hyperparameters, table.hyperparameter_count, "hyperparameters"
    ).map {
      PluginHyperparameter(name: try memory.text($0.name, "hyperparameter"), value: $0.value)
    }
    let sizes = [
      table.parameters_size, table.state_size, table.scratch_size, table.prepared_size,
      table.slots_size,
    ]
    guard sizes.allSatisfy({ $0 <= 1 << 46 }) else {
      throw Failure("asks for \(sizes) bytes of memory, which cannot be")
    }
    parametersSize = Int(table.parameters_size)
    stateSize = Int(table.state_size)
    scratchSize = Int(table.scratch_size)
    preparedSize = Int(table.prepared_size)
    slotsSize = Int(table.slots_size)
    tensors = try memory.rows(table.tensors, table.tensor_count, "tensors").map {
      try PluginTensor($0, in: memory)
    }
    layers = try memory.rows(table.layers, table.layer_count, "layers").map {
      try memory.text($0, "layer")
    }
    kernels = try memory.rows(table.kernels, table.kernel_count, "kernels").map {
      PluginKernel(
        name: try memory.text($0.name, "kernel"), operations: $0.operations, bytes: $0.bytes)
    }
    guard memory.holdsFunction(table.train), memory.holdsFunction(table.schedule),
      memory.holdsFunction(table.evaluate), memory.holdsFunction(table.gradient),
      memory.holdsFunction(table.prepare), memory.holdsFunction(table.infer)
    else { throw Failure("has an entry point outside of its memory") }
    canTrain = table.train != nil
    infers = table.infer != nil
    plateau = try memory.row(table.plateau, "plateaus").map { try PluginPlateau($0, in: memory) }
    hasSchedule = table.schedule != nil || plateau != nil
    hasGradient = table.gradient != nil
    whitenings = try memory.rows(table.whitenings, table.whitening_count, "whitenings").map {
      [tensors, inputs] in try PluginWhitening($0, tensors, inputs)
    }
    let viewRows = try memory.rows(
      table.views, table.view_count.multipliedReportingOverflow(by: table.input_count).partialValue,
      "views")
    views = try PluginView.all(viewRows, count: Int(table.view_count), inputs)
    guard (table.prepare != nil) == (preparedSize > 0), table.infer == nil || preparedSize > 0
    else {
      throw Failure("has \(preparedSize) bytes of prepared weights, but not what goes with them")
    }
    try checkValues()
    try checkPlaces()
  }

  /// What training and evaluation rely on: something of each kind, under names of their own, and
  /// losses whose outputs and targets fit each other.
  private func checkValues() throws {
    for (values, what) in [(inputs, "input"), (targets, "target"), (outputs, "output")] {
      guard !values.isEmpty else { throw Failure("has no \(what)") }
      var names: Set<String> = []
      for value in values where !names.insert(value.name).inserted {
        throw Failure("has two \(what)s called '\(value.name)'")
      }
    }
    for input in inputs where input.normalization != nil {
      let channels = [input.shape.first ?? 1]
      guard let (gamma, beta) = normalization(of: input),
        [gamma, beta].allSatisfy({ $0.region == .parameters && $0.shape == channels })
      else { throw Failure("normalizes input '\(input.name)' by what is not there") }
    }
    guard !losses.isEmpty else { throw Failure("has no loss") }
    for loss in losses {
      guard outputs.indices.contains(loss.output), targets.indices.contains(loss.target) else {
        throw Failure("has a loss '\(loss.name)' of an output or a target that is not there")
      }
      let (output, target) = (outputs[loss.output], targets[loss.target])
      guard let classes = target.classes else { continue }
      // Of two classes a network may give the probability of the second alone.
      guard
        output.count == classes * target.count
          || (classes == 2 && output.count == 1 && target.shape.isEmpty)
      else {
        throw Failure("has \(classes) classes but outputs \(describe(shape: output.shape))")
      }
    }
  }

  /// Every tensor within its region, and those that are saved apart from each other.
  private func checkPlaces() throws {
    let sizes: [PluginTensor.Region: Int] = [
      .parameters: parametersSize, .state: stateSize, .scratch: scratchSize,
      .slots: slotsSize,
    ]
    var ends: [PluginTensor.Region: (end: Int, name: String)] = [:]
    for tensor in tensors.sorted(by: { $0.offset < $1.offset }) {
      guard let size = tensor.byteCount(batch: batch, elementSize: elementType.size),
        let room = sizes[tensor.region], tensor.offset % elementType.size == 0,
        tensor.offset <= room, size <= room - tensor.offset
      else {
        throw Failure("places tensor '\(tensor.name)' outside its memory")
      }
      if tensor.region == .scratch { continue }
      if let previous = ends[tensor.region], previous.end > tensor.offset {
        throw Failure("places tensors '\(previous.name)' and '\(tensor.name)' over each other")
      }
      ends[tensor.region] = (tensor.offset + size, tensor.name)
    }
    var names: Set<String> = []
    for tensor in tensors where !names.insert(tensor.name).inserted {
      throw Failure("names two tensors '\(tensor.name)'")
    }
  }
}

/// A number that each step is given.
package struct PluginHyperparameter: Hashable, Sendable {
  /// "learning_rate"
  package let name: String
  /// The model's own.
  package let value: Double
}

extension PluginDescription {
  /// The model's own learning rate.
  package var learningRate: Double { learningRate(of: hyperparameters.map(\.value)) }

  private static let learningRateName = "learning_rate"

  /// The learning rate among `values`, the hyperparameters of a step; 0 where there is none.
  package func learningRate(of values: [Double]) -> Double {
    zip(hyperparameters, values).first { $0.0.name == Self.learningRateName }?.1 ?? 0
  }

  /// The model's own hyperparameters, with another learning rate.
  package func hyperparameters(learningRate: Double) -> [Double] {
    hyperparameters.map { $0.name == Self.learningRateName ? learningRate : $0.value }
  }
}
