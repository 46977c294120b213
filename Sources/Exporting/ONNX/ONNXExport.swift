import Diagnostics
import IR

extension ONNXGraph {
  /// The evaluation of a trained model: no gradients, no losses, batch norms by their running
  /// statistics, nothing random.
  ///
  /// - Parameter values: The numbers of a parameter or a statistic by its name, `conv1.weight`, in
  ///   C order.
  /// - Throws: `Failure` where a layer has no words in ONNX, or a number is no float.
  package init(
    of model: Model, _ options: ExportOptions, values: @escaping (String) throws -> [Double]
  ) throws {
    self.init(name: model.name)
    var exported = ValueTable(of: model) { _ in "" }
    for (index, input) in model.inputs.enumerated() {
      exported[.input(index)] = try add(input, model, options)
    }
    for index in model.reachableLayers {
      let name = try add(layer: index, of: model, reading: exported, options, values)
      exported[.result(of: index)] = name
    }
    for id in model.outputs { try add(output: id, of: model, exported[id], options) }
    metadata = try model.exportedMetadata(options)
  }

  /// Adds an input, and what is done to its numbers first; returns the name of what the layers
  /// read.
  private mutating func add(
    _ input: Input, _ model: Model, _ options: ExportOptions
  ) throws -> String {
    inputs.append(ONNXValue(name: input.name, isBytes: options.takesBytes, shape: input.shape))
    var layer = ONNXLayer(
      name: input.name, operands: [input.name], shapes: [input.shape], result: input.shape)
    var value = input.name
    // 1 is ONNX's number for floats.
    if options.takesBytes { value = layer.node("Cast", [value], ["to": .integer(1)]) }
    let scale = options.takesBytes ? model.training.dataScale : model.training.scaleOfReals
    if scale != 1 { value = layer.node("Mul", [value, try layer.number(scale)]) }
    take(layer)
    return value
  }

  private mutating func add(
    layer index: Int, of model: Model, reading exported: ValueTable<String>,
    _ options: ExportOptions, _ values: @escaping (String) throws -> [Double]
  ) throws -> String {
    let layer = model.layers[index]
    var nodes = ONNXLayer(
      name: layer.name, operands: layer.operands.map { exported[$0] },
      shapes: model.operandShapes(of: layer), result: layer.shape,
      declarations: model.parameters(of: index) + model.state(of: index)
    ) { try values("\(layer.name).\($0.name)") }
    let result: String
    do {
      result = try layer.op.base.addEvaluation(to: &nodes)
    } catch let error as ExportError {
      throw options.failure(error, at: layer)
    }
    let id = ValueID.result(of: index)
    let isOutput = model.outputs.contains(id)
    let makesMore = options.probabilities(of: id, in: model) != nil
    let name =
      makesMore ? "\(layer.name)/result" : isOutput ? model.outputName(id) : layer.name
    let isOwn = nodes.rename(result, to: name)
    take(nodes)
    if isOwn, !isOutput || makesMore {
      self.values.append(ONNXValue(name: name, shape: layer.shape))
    }
    return isOwn ? name : result
  }

  /// Adds an output that is called as in the model.
  private mutating func add(
    output id: ValueID, of model: Model, _ value: String, _ options: ExportOptions
  ) throws {
    // An output of the input's name would be two values of one.
    let name = id.layer == nil ? "\(model.name(of: id))/result" : model.outputName(id)
    let shape = model.shape(of: id)
    outputs.append(ONNXValue(name: name, shape: shape))
    var layer = ONNXLayer(name: name, operands: [value], shapes: [shape], result: shape)
    let result: String
    switch options.probabilities(of: id, in: model) {
    case .softmax: result = layer.node("Softmax", [value], ["axis": .integer(1)])
    case .sigmoid: result = layer.node("Sigmoid", [value])
    case nil:
      if value == name { return }
      result = layer.node("Identity", [value])
    }
    _ = layer.rename(result, to: name)
    take(layer)
  }

  private mutating func take(_ layer: ONNXLayer) {
    nodes += layer.nodes
    tensors += layer.tensors
  }
}

extension Operation {
  /// Adds the nodes of what it computes in evaluation.
  fileprivate func addEvaluation(to layer: inout ONNXLayer) throws -> String {
    if let operation = self as? any ONNXOperation { return try operation.addONNX(to: &layer) }
    if self is any RandomOperation { return layer.operands[0] }
    if self is any ViewOperation {
      if layer.result.dimensions.count == 1 {
        return layer.node("Flatten", [layer.operands[0]])
      }
      // 0 stands for the batch as it is.
      let shape = layer.integers("shape", [0] + layer.result.dimensions)
      return layer.node("Reshape", [layer.operands[0], shape])
    }
    throw ExportError("ONNX has no operator for '\(keyword)'")
  }
}

extension Model {
  /// The layers that an output depends on, in order.
  var reachableLayers: [Int] {
    var isNeeded = ValueTable(of: self) { _ in false }
    for output in outputs { isNeeded[output] = true }
    for index in layers.indices.reversed() where isNeeded[.result(of: index)] {
      for operand in layers[index].operands { isNeeded[operand] = true }
    }
    return layers.indices.filter { isNeeded[.result(of: $0)] }
  }

  /// What a user of the network needs besides, by key.
  func exportedMetadata(_ options: ExportOptions) throws -> [(key: String, text: String)] {
    var metadata: [(key: String, text: String)] = []
    for (index, file) in options.files.enumerated() {
      metadata.append((index == 0 ? "bnc.model" : "bnc.included.\(file.name)", file.text))
    }
    if !options.classNames.isEmpty {
      metadata.append(("bnc.classes", try JSONText.of(options.classNames)))
    }
    for input in inputs {
      metadata.append(
        ("bnc.input.\(input.name)", training.meaning(ofBytes: options.takesBytes)))
    }
    for output in outputs {
      let made = options.probabilities(of: output, in: self).map { "\($0.rawValue)" }
      metadata.append(("bnc.output.\(outputName(output))", made ?? "as the losses read it"))
    }
    return metadata
  }
}
