import IR
import Lowering

/// The kernels of a network that stands alone, and what they call.
struct FrozenCode: Sendable {
  let body: FrozenBodyContext
  let vectors: String
  /// Functions of math.h that anything calls, and whether it is needed at all.
  let calls: [String]
  let includesMath: Bool

  init(_ frozen: FrozenNetwork) {
    let (names, library) = (frozen.names, frozen.library)
    var shared = SharedFunctions.specializing(names.plan.kernels, names, library)
    var texts: [String] = []
    for kernel in names.plan.kernels {
      let known = shared.definitions.count
      let context = kernel.context(names, sharing: &shared)
      texts += shared.definitions[known...].map(library.render) + [library.render(context)]
    }
    let kernels = texts.joined(separator: "\n")
    var needed = CText.identifiers(of: kernels)
    let functions = CLibrary(names)
    let steps = CLibrary.texts(of: functions.steps, needed: &needed, library)
    body = FrozenBodyContext(frozen, kernels: kernels, functions: steps, needed: needed)
    vectors = library.render(
      EmbeddedVectorsContext(
        names, needed: &needed, entries: functions.vectors, library: library))
    let all = CText.identifiers(of: vectors + library.render(body))
    calls = Self.mathFunctions.filter { all.contains($0[...]) }
    includesMath = !calls.isEmpty || all.contains("INFINITY")
  }

  private static let mathFunctions = [
    "cosf", "erff", "expf", "fabsf", "floorf", "log1pf", "logf", "powf", "sinf", "sqrtf", "tanhf",
  ]
}

/// What fills in the vectors of a network that stands alone, and its functions of vectors and numbers.
struct EmbeddedVectorsContext: TemplateContext {
  var template: String { "Frozen/vectors.c.mustache" }
  let hasVectors: Bool
  let vectorBytes: Int
  let functions: [String]

  /// - Parameter needed: The identifiers of the rest of the file; those of the functions join them.
  init(
    _ names: CodegenContext, needed: inout Set<Substring>, entries: [CLibrary.Entry],
    library: TemplateLibrary
  ) {
    let own = names.orderedFunctions.map { names.definition(of: $0) }
    for text in own { needed.formUnion(CText.identifiers(of: text)) }
    functions = CLibrary.texts(of: entries, needed: &needed, library) + own
    hasVectors = names.plan.options.target.hasVectors
    vectorBytes = names.plan.lanes * names.plan.options.precision.bytes
  }
}

/// What fills in the first part of the network's file: up to its weights.
struct FrozenTopContext: TemplateContext {
  var template: String { "Frozen/top.c.mustache" }
  let prefix, stem, model, version, source, target, vectors: String
  let facts: [String]
  let calls: String?
  let stack, lanes: Int
  let hasVectors, includesMath: Bool
  let weights: [Member]

  /// A member of the struct of weights.
  struct Member: Sendable {
    let type, member, layout: String
    let count: Int
  }

  init(_ frozen: FrozenNetwork, _ code: FrozenCode) {
    let names = frozen.names
    prefix = frozen.options.name.text
    stem = frozen.options.stem
    model = names.plan.model.name
    version = frozen.version
    source = names.source
    target = frozen.target.name
    vectors = code.vectors
    facts = frozen.options.facts
    calls = code.calls.isEmpty ? nil : "\(code.calls.joined(separator: ", ")) of math.h"
    stack = FrozenStack.bytes(frozen.target)
    let lanes = names.plan.lanes
    self.lanes = lanes
    hasVectors = frozen.target.hasVectors
    includesMath = code.includesMath
    weights = zip(frozen.weights.members, frozen.weights.weights.arrays).map { member, array in
      Member(
        type: array.isPacked ? "vec" : "real", member: member, layout: array.layout,
        count: array.isPacked ? array.numbers.count / lanes : array.numbers.count)
    }
  }
}

/// What fills in the second part of the network's file: behind its weights.
struct FrozenBodyContext: TemplateContext {
  var template: String { "Frozen/body.c.mustache" }
  let prefix, macro, kernels, integer, laneNumbers, parameters, step: String
  let functions, classNames: [String]
  let buffers: [BufferContext]
  let scratch: Int
  let inputs: [FrozenInput]
  let outputs: [PlacedOutput]
  let calls: [Call]
  let hasLanes, usesActiveCount, usesActiveLanes, hasSoftmax, hasSigmoid, loads, several: Bool
  let hasClassNames: Bool
  let magic, shapes: String

  /// A kernel in its turn.
  struct Call: Sendable {
    let name: String
    /// How many tasks; nil where there is one.
    let tasks: Int?
  }

  /// An output, and where it goes.
  struct PlacedOutput: Sendable {
    let name, function, y, place: String
    let count, channels, plane, stride: Int
    let isVector: Bool
    let made, call: String?
  }

  init(
    _ frozen: FrozenNetwork, kernels: String, functions: [String], needed: Set<Substring>
  ) {
    let (names, interface) = (frozen.names, frozen.interface)
    prefix = frozen.options.name.text
    macro = frozen.options.name.macro
    self.kernels = kernels
    self.functions = functions
    integer = frozen.target.hasVectors ? "int32_t" : "int"
    laneNumbers = CText.list(Array(0..<names.plan.lanes))
    parameters = interface.parameters
    step = interface.step
    buffers = TensorTable(names: names, memory: frozen.memory).buffers
    scratch = frozen.memory.size / names.plan.options.precision.bytes
    inputs = interface.inputs
    outputs = zip(interface.outputs, interface.places).map { output, place in
      PlacedOutput(
        name: output.name, function: output.function, y: output.y, place: place,
        count: output.count, channels: output.channels, plane: output.plane,
        stride: output.stride, isVector: output.isVector, made: output.made, call: output.call)
    }
    calls = names.plan.kernels.map { kernel in
      let tasks =
        switch kernel.tasks {
        case .serial: 1
        case .fixed(let count), .inTurn(let count), .perBlock(let count), .perGroup(let count, _):
          count
        }
      return Call(name: names.function(kernel), tasks: tasks > 1 ? tasks : nil)
    }
    hasLanes = names.plan.hasLanes
    usesActiveLanes = needed.contains("active_lanes")
    usesActiveCount = usesActiveLanes || needed.contains("active_count")
    hasSoftmax = interface.probabilities.contains(.softmax)
    hasSigmoid = interface.probabilities.contains(.sigmoid)
    loads = frozen.loads
    several = frozen.options.batch > 1
    magic = "\(FrozenWeightsText.magic)"
    shapes = "\(frozen.weights.shapes)"
    classNames = frozen.options.classNames.map(CText.string)
    hasClassNames = !classNames.isEmpty
  }
}

/// How much stack a network that stands alone takes, without what functions of math.h take.
package enum FrozenStack {
  /// Bytes at most where a compiler optimizes: no function calls itself, none has an array of a length
  /// that it does not know, and what does not fit into registers are the sums of a tile and addresses. A
  /// test holds the frames that gcc lays out against this.
  package static func bytes(_ target: TargetMachine) -> Int {
    target.hasVectors ? 1024 + 64 * target.vectorBytes : 1024
  }
}

extension CText {
  /// A text of any bytes as C has it: what is not plain ASCII as octal numbers, and no trigraphs.
  static func string(_ text: String) -> String {
    let plain = text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "?"):
        "\\" + String(UnicodeScalar(byte))
      case 32..<127: String(UnicodeScalar(byte))
      default:
        "\\" + String(repeating: "0", count: 3 - String(byte, radix: 8).count)
          + String(byte, radix: 8)
      }
    }
    return "\"\(plain.joined())\""
  }
}
