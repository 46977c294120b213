import IR
import Lowering

/// What a caller hands over, in C.
struct FrozenInput: Sendable {
  let name, shape, numbers, meaning, size, type, member, file: String
  let count: Int
}

/// What a caller is given, in C.
struct FrozenOutput: Sendable {
  let name, shape, meaning, size, function, y: String
  let count, channels, plane, stride: Int
  let isVector: Bool
  /// What is made of it, in words, and the call that does.
  let made, call: String?
}

/// The values that a network that stands alone takes and makes.
struct FrozenInterface: Sendable {
  let inputs: [FrozenInput]
  let outputs: [FrozenOutput]
  /// What makes probabilities of which output.
  let probabilities: [Probabilities?]
  /// The parameters of the function that runs it, and the names that a program gives to what it hands
  /// over.
  let parameters: String
  /// C for the members of `struct step`, where the network is called for example `n`.
  let step: String
  /// C for where an example's outputs go.
  let places: [String]

  init(_ names: CodegenContext, _ options: FrozenOptions) {
    let model = names.plan.model
    let macro = options.name.macro
    let bytes = names.plan.options.embedding == .bytes
    func suffix(_ index: Int) -> String { index == 0 ? "" : "_\(index + 1)" }
    inputs = model.inputs.enumerated().map { index, input in
      FrozenInput(
        name: input.name, shape: input.shape.description, numbers: bytes ? "bytes" : "floats",
        meaning: model.training.meaning(ofBytes: bytes),
        size: "\(macro)_INPUT_SIZE\(suffix(index))",
        type: bytes ? "uint8_t" : "float", member: names.input(index),
        file: "INPUT\(model.inputs.count > 1 ? "_\(index + 1)" : "")",
        count: input.shape.elementCount)
    }
    let probabilities = model.outputs.map { output in
      options.output == .softmax
        ? model.losses.first { $0.operand == output }?.function.base.probabilities : nil
    }
    self.probabilities = probabilities
    outputs = model.outputs.indices.map { index in
      FrozenOutput(
        names, index, probabilities[index], size: "\(macro)_OUTPUT_SIZE\(suffix(index))",
        function: "write_output\(suffix(index))")
    }
    let (several, loads) = (options.batch > 1, options.weights == .file)
    let isOne = inputs.count == 1, isOneOutput = outputs.count == 1
    let inputNames = inputs.map { isOne ? "input" : $0.member }
    let outputNames = model.outputs.map { isOneOutput ? "output" : "out_\(model.name(of: $0))" }
    parameters =
      (zip(inputs, inputNames).map { "const \($0.type) *\($1)" }
      + outputNames.map { "float *\($0)" }
      + ["float *scratch"] + (loads ? ["const struct \(options.name.text)_weights *weights"] : []))
      .joined(separator: ", ")
    func place(_ name: String, _ size: String) -> String {
      several ? "\(name) + n * \(size)" : name
    }
    step =
      ([loads ? "weights" : "&constants", "scratch"]
      + zip(inputNames, inputs).map { place($0, $1.size) }
      + (names.plan.hasLanes ? ["1", "1", "0"] : []))
      .joined(separator: ", ")
    places = zip(outputNames, outputs).map { place($0, $1.size) }
  }
}

extension FrozenOutput {
  fileprivate init(
    _ names: CodegenContext, _ index: Int, _ probabilities: Probabilities?, size: String,
    function: String
  ) {
    let plan = names.plan
    let model = plan.model
    let (value, buffer) = (model.outputs[index], plan.outputs[index])
    let shape = model.shape(of: value)
    name = model.outputName(value)
    self.shape = shape.description
    self.size = size
    self.function = function
    y = names.buffer(buffer)
    count = shape.elementCount
    channels = shape.channels
    plane = shape.planeCount
    stride = plan.elementCount(of: plan[buffer]) / shape.planeCount
    isVector = shape.planeCount == 1
    switch probabilities {
    case .softmax:
      meaning = "the probabilities of its classes, in C order"
      made = "then its softmax"
      call = "softmax(out, \(channels), \(plane));"
    case .sigmoid:
      meaning = "probabilities, in C order"
      made = "then its sigmoid"
      call = "sigmoid(out, \(count));"
    case nil:
      meaning = "in C order"
      (made, call) = (nil, nil)
    }
  }
}
