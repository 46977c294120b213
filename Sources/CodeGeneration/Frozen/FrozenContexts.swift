import IR
import Lowering

/// What fills in the interface of a network that stands alone.
struct FrozenHeaderContext: TemplateContext {
  var template: String { "Frozen/network.h.mustache" }
  let prefix, stem, macro, model, version, parameters: String
  let batch, scratch, alignment, weightsSize: Int
  let classCount: Int?
  let inputs: [FrozenInput]
  let outputs: [FrozenOutput]
  let hasVectors, loads: Bool

  init(_ frozen: FrozenNetwork) {
    prefix = frozen.options.name.text
    stem = frozen.options.stem
    macro = frozen.options.name.macro
    model = frozen.names.plan.model.name
    version = frozen.version
    parameters = frozen.interface.parameters
    batch = frozen.options.batch
    scratch = frozen.memory.size / frozen.names.plan.options.precision.bytes
    alignment = frozen.alignment
    weightsSize = FrozenWeightsText.headerSize + frozen.weights.weights.count * 4
    let names = frozen.options.classNames.count
    classCount = names > 0 ? names : nil
    inputs = frozen.interface.inputs
    outputs = frozen.interface.outputs
    hasVectors = frozen.target.hasVectors
    loads = frozen.loads
  }
}

/// What fills in the function by which bnc calls a network that stands alone.
struct FrozenCheckContext: TemplateContext {
  var template: String { "Frozen/check.c.mustache" }
  let prefix, stem, arguments: String
  let loads: Bool

  init(_ frozen: FrozenNetwork) {
    prefix = frozen.options.name.text
    stem = frozen.options.stem
    loads = frozen.loads
    let interface = frozen.interface
    arguments =
      (interface.inputs.enumerated().map { "(const \($1.type) *)inputs[\($0)]" }
      + interface.outputs.indices.map { "outputs[\($0)]" } + ["scratch"]
      + (loads ? ["loaded"] : [])).joined(separator: ", ")
  }
}

/// What fills in a program around a network that stands alone.
struct FrozenMainContext: TemplateContext {
  var template: String { "Frozen/main.c.mustache" }
  let prefix, stem, macro, callArguments: String
  let flags: String?
  let argumentCount: Int
  let isOne, loads: Bool
  let inputs: [MainInput]
  let outputs: [MainOutput]

  /// An input, and which argument names its file.
  struct MainInput: Sendable {
    let name, type, size, numbers, meaning, file: String
    let argument: Int
  }

  /// An output, and what is said of it: the class of the most, or of one number above a threshold; else
  /// all numbers.
  struct MainOutput: Sendable {
    let name, row, best, size, label: String
    let classes: Int?
    let threshold: String?
    let isNumbers, hasNames: Bool
  }

  init(_ frozen: FrozenNetwork) {
    let (interface, options) = (frozen.interface, frozen.options)
    let model = frozen.names.plan.model
    let loads = options.weights == .file
    prefix = options.name.text
    stem = options.stem
    macro = options.name.macro
    self.loads = loads
    isOne = interface.inputs.count == 1 && !loads
    let flags = frozen.target.compilerFlags.filter { $0 != "-march=native" }
    self.flags = flags.isEmpty ? nil : flags.joined(separator: " ")
    argumentCount = 1 + interface.inputs.count + (loads ? 1 : 0)
    inputs = interface.inputs.enumerated().map { index, input in
      MainInput(
        name: "input_\(index + 1)", type: input.type, size: input.size, numbers: input.numbers,
        meaning: input.meaning, file: input.file, argument: index + (loads ? 2 : 1))
    }
    outputs = interface.outputs.enumerated().map { index, output in
      MainOutput(output, index, model, interface.probabilities[index], options)
    }
    callArguments =
      (inputs.map(\.name) + outputs.map(\.name) + ["scratch"] + (loads ? ["weights"] : []))
      .joined(separator: ", ")
  }
}

extension FrozenMainContext.MainOutput {
  fileprivate init(
    _ output: FrozenOutput, _ index: Int, _ model: Model, _ probabilities: Probabilities?,
    _ options: FrozenOptions
  ) {
    name = "output_\(index + 1)"
    row = "row_\(index + 1)"
    best = "best_\(index + 1)"
    size = output.size
    label = output.name
    let loss = model.losses.first { $0.operand == model.outputs[index] }
    let kind = loss.map { model.targets[$0.target].kind }
    var count = 0
    if case .classes(let classes, let positions)? = kind, positions.isEmpty { count = classes }
    let isSingle = count == 2 && output.count == 1
    classes = count > 0 && output.count == count ? count : nil
    let isLogit = loss?.function.base.isOfLogit == true && probabilities == nil
    threshold = isSingle ? (isLogit ? "0" : "0.5f") : nil
    isNumbers = classes == nil && threshold == nil
    hasNames = !isNumbers && options.classNames.count == count
  }
}
