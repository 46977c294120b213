import Diagnostics
import IR
import Lowering

/// The C of a trained network that stands alone: what `bnc freeze` writes.
package struct FrozenSource: Sendable {
  /// `NAME.c`: the network.
  package let network: String
  /// `NAME.h`: its interface.
  package let header: String
  /// `NAME_main.c`: a program around it.
  package let main: String
  /// A file around `NAME.c` whose one function bnc can call, whatever the network's parameters are.
  package let check: String
  /// `NAME.weights`, where they are no part of the C.
  package let weights: [UInt8]?
  /// Of each output what makes probabilities of it.
  package let probabilities: [Probabilities?]
  /// Numbers of scratch.
  package let scratch: Int
  /// Bytes of the constants.
  package let constantBytes: Int

  /// The C of an inference's plan whose buffers have their places.
  ///
  /// - Parameters:
  ///   - weights: What its kernels read.
  ///   - sources: The names, without folders, of the model's files.
  ///   - version: bnc's version.
  /// - Throws: `Failure` where the network needs more scratch than the C can count.
  package init(
    rendering placed: PlacedPlan, _ weights: FrozenWeights, _ options: FrozenOptions,
    sources: [String], version: String
  ) throws(Failure) {
    let numbers = placed.memory.size / placed.kernels.options.precision.bytes
    guard numbers < Int(Int32.max) else {
      throw Failure(
        "the network needs \(numbers) numbers of scratch memory, and the C counts to \(Int32.max)")
    }
    let library = TemplateLibrary.embedded
    let names = CodegenContext(plan: placed.kernels, memory: placed.memory, sources: sources)
    let frozen = FrozenNetwork(
      names: names, weights: FrozenWeightsText(weights, names), options: options, version: version,
      memory: placed.memory, library: library)
    func text(_ context: any TemplateContext) -> String {
      LineBreaks.applied(to: frozen.written(library.render(context)))
    }
    let code = FrozenCode(frozen)
    // Lines of weights are as long as they are to be, and there are very many.
    network = text(FrozenTopContext(frozen, code)) + frozen.constants + "\n" + text(code.body)
    header = text(FrozenHeaderContext(frozen))
    main = text(FrozenMainContext(frozen))
    check = text(FrozenCheckContext(frozen))
    self.weights = options.weights == .file ? frozen.weights.file : nil
    probabilities = frozen.interface.probabilities
    scratch = numbers
    constantBytes = weights.count * 4
  }
}

/// All that the files of a network that stands alone are made of.
struct FrozenNetwork: Sendable {
  let names: CodegenContext
  let weights: FrozenWeightsText
  let options: FrozenOptions
  let version: String
  let memory: MemoryPlan
  let library: TemplateLibrary
  let interface: FrozenInterface

  init(
    names: CodegenContext, weights: FrozenWeightsText, options: FrozenOptions, version: String,
    memory: MemoryPlan, library: TemplateLibrary
  ) {
    self.names = names
    self.weights = weights
    self.options = options
    self.version = version
    self.memory = memory
    self.library = library
    interface = FrozenInterface(names, options)
  }

  var loads: Bool { options.weights == .file }
  var target: TargetMachine { names.plan.options.target }
  /// Bytes that scratch and weights are aligned to.
  var alignment: Int { target.hasVectors ? names.plan.lanes * 4 : 4 }

  /// The weights as constants; empty where a file has them.
  var constants: String {
    if loads { return "" }
    let prefix = options.name.text
    var text = "\n"
    if options.weights == .section {
      let section = "\(options.name.macro)_SECTION"
      text += """
        // The section that a linker script may place: -D\(section)='".flash"' names another.
        #if !defined(\(section))
        #define \(section) ".rodata.\(prefix)_weights"
        #endif
        #if defined(__GNUC__)
        __attribute__((section(\(section))))
        #endif

        """
    }
    return text + "static const struct \(prefix)_weights constants = \(weights.initializer);\n"
  }

  /// C in the words that C++ has too: of a value that is written in place, `(struct pieces){1, 2, 3}`,
  /// its type stands in a macro; of a sum's parts each has its zero.
  func written(_ text: String) -> String {
    let zeros = target.hasVectors ? "{ {0}, {0} }" : "{0, 0}"
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.contains("struct long_sum ") ? line.replacing("= {0}", with: "= \(zeros)") : line
    }
    var parts = lines.joined(separator: "\n").replacing("(vec){", with: "VALUE(vec){").split(
      separator: "(struct ", omittingEmptySubsequences: false)
    for index in parts.indices.dropFirst() {
      let rest = parts[index]
      let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      let isValue = rest.dropFirst(name.count).hasPrefix("){")
      parts[index] = Substring(
        isValue ? "STRUCT(\(name))\(rest.dropFirst(name.count + 1))" : "(struct \(rest)")
    }
    return parts.joined()
  }
}
