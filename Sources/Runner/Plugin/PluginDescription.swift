import Diagnostics
import PluginABI

/// What a plugin says about itself, read once and checked: everything that training needs to know.
package struct PluginDescription: Sendable {
  /// The model's name in its file.
  package let modelName: String
  /// Of the model's text and the flags that shape the code, hexadecimal.
  package let modelHash: String
  /// The compiler's name for the processor: "x86-64-v3".
  package let target: String
  /// What the processor must have.
  package let instructionSet: InstructionSet
  /// Examples a call, at most.
  package let batch: Int
  /// Examples a vector.
  package let lanes: Int
  /// float32 or float64.
  package let elementType: NumberType
  /// The model's own number of epochs.
  package let epochs: Int
  /// The model's own learning rate.
  package let learningRate: Double
  /// The name of the input in the model.
  package let inputName: String
  /// The name of the target in the model.
  package let targetName: String
  /// The name of the value that the loss is taken of.
  package let outputName: String
  /// How parameters are updated: "sgd".
  package let optimizerName: String
  /// What bytes are multiplied by on their way in.
  package let inputScale: Double
  /// The number of classes, or nil where the target is real values.
  package let classes: Int?
  /// One example's, as the three below: [channels, height, width] or [features].
  package let inputShape: [Int]
  /// One example's.
  package let outputShape: [Int]
  /// Empty for a class.
  package let targetShape: [Int]
  /// Bytes of what is learned.
  package let parametersSize: Int
  /// Bytes of running statistics.
  package let stateSize: Int
  /// Bytes of room to work in.
  package let scratchSize: Int
  /// Bytes of what is made of the learned numbers before an inference; 0 where the plugin does not
  /// infer.
  package let preparedSize: Int
  /// Everything that has a name, in the plugin's order.
  package let tensors: [PluginTensor]
  /// The layers' names, in order.
  package let layers: [String]
  /// The kernels of a step, in the plugin's order.
  package let kernels: [PluginKernel]
  /// Whether the plugin has the step of training.
  package let canTrain: Bool
  /// Whether the plugin can lay one step open.
  package let hasGradient: Bool
  /// Whether the plugin infers single examples.
  package var infers: Bool { preparedSize > 0 }

  /// Numbers of one example's input.
  package var inputCount: Int { inputShape.reduce(1, *) }
  /// Numbers of one example's output.
  package var outputCount: Int { outputShape.reduce(1, *) }
  /// The tensors that are saved: parameters and running statistics.
  package var savedTensors: [PluginTensor] { tensors.filter { $0.region != .scratch } }
  /// How many numbers are learned.
  package var parameterCount: Int {
    tensors.filter { $0.region == .parameters }.reduce(0) { $0 + $1.count }
  }

  /// Reads and checks a table whose size and version have been checked.
  ///
  /// - Throws: a failure without a path, for the loader to add.
  init(_ table: bnc_plugin) throws {
    modelName = try text(table.model_name, "model's name")
    modelHash = try text(table.model_hash, "model's hash")
    target = try text(table.target, "target")
    inputName = try text(table.input_name, "input's name")
    targetName = try text(table.target_name, "target's name")
    outputName = try text(table.output_name, "output's name")
    optimizerName = try text(table.optimizer_name, "optimizer's name")
    instructionSet = InstructionSet(rawValue: table.instruction_set)
    guard let type = [4: NumberType.float32, 8: .float64][table.element_size] else {
      throw Failure("has elements of \(table.element_size) bytes, known are 4 and 8")
    }
    elementType = type
    guard (1...1 << 20).contains(table.batch), (1...64).contains(table.lanes) else {
      throw Failure("has a batch of \(table.batch) and \(table.lanes) lanes, which cannot be")
    }
    batch = Int(table.batch)
    lanes = Int(table.lanes)
    epochs = Int(table.epochs)
    learningRate = table.learning_rate
    inputScale = table.input_scale
    classes = table.classes == 0 ? nil : Int(table.classes)
    inputShape = try shape(table.input_shape, rank: table.input_rank, of: "input")
    outputShape = try shape(table.output_shape, rank: table.output_rank, of: "output")
    targetShape = try shape(table.target_shape, rank: table.target_rank, of: "target")
    let sizes = [
      table.parameters_size, table.state_size, table.scratch_size, table.prepared_size,
    ]
    guard sizes.allSatisfy({ $0 <= 1 << 46 }) else {
      throw Failure("asks for \(sizes) bytes of memory, which cannot be")
    }
    parametersSize = Int(table.parameters_size)
    stateSize = Int(table.state_size)
    scratchSize = Int(table.scratch_size)
    preparedSize = Int(table.prepared_size)
    tensors = try rows(table.tensors, table.tensor_count, "tensors").map { try PluginTensor($0) }
    layers = try rows(table.layers, table.layer_count, "layers").map { try text($0, "layer") }
    kernels = try rows(table.kernels, table.kernel_count, "kernels").map {
      PluginKernel(
        name: try text($0.name, "kernel"), operations: $0.operations, bytes: $0.bytes)
    }
    canTrain = table.train != nil
    hasGradient = table.gradient != nil
    guard (table.prepare != nil) == (preparedSize > 0), (table.infer != nil) == (preparedSize > 0)
    else {
      throw Failure("has \(preparedSize) bytes of prepared weights, but not what goes with them")
    }
    try checkTargets(elements: Int(table.target_elements))
    try checkPlaces()
  }

  private func checkTargets(elements: Int) throws {
    if let classes {
      // Of two classes a network may give the probability of the second alone.
      guard outputCount == classes || (classes == 2 && outputCount == 1),
        classes <= Int(Int32.max)
      else {
        throw Failure("has \(classes) classes but outputs \(describe(shape: outputShape))")
      }
    } else if targetShape.reduce(1, *) != elements {
      throw Failure("has targets of \(elements) and of \(describe(shape: targetShape)) numbers")
    }
  }

  /// Every tensor within its region, and those that are saved apart from each other.
  private func checkPlaces() throws {
    let sizes: [PluginTensor.Region: Int] = [
      .parameters: parametersSize, .state: stateSize, .scratch: scratchSize,
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

private func text(_ pointer: UnsafePointer<CChar>?, _ what: String) throws -> String {
  guard let pointer else { throw Failure("does not say its \(what)") }
  return String(cString: pointer)
}

private func rows<Row>(_ base: UnsafePointer<Row>?, _ count: UInt32, _ what: String) throws
  -> UnsafeBufferPointer<Row>
{
  guard count <= 1 << 20, base != nil || count == 0 else {
    throw Failure("has no table of \(what)")
  }
  return UnsafeBufferPointer(start: base, count: Int(count))
}

private func shape(_ lengths: (Int64, Int64, Int64), rank: Int32, of what: String) throws -> [Int] {
  guard (0...3).contains(rank) else { throw Failure("has \(what)s of rank \(rank)") }
  let shape = [lengths.0, lengths.1, lengths.2].prefix(Int(rank)).map(Int.init)
  guard shape.allSatisfy({ $0 > 0 }), let count = checkedCount(shape), count <= 1 << 40 else {
    throw Failure("has \(what)s of shape \(describe(shape: shape))")
  }
  return shape
}
