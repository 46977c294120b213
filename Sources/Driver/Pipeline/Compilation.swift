import CodeGeneration
import Diagnostics
import IR
import Language
import Lowering
import Operators

/// Everything between a model file and its C, stage by stage.
package struct Compilation: Sendable {
  /// The model file.
  package let source: SourceFile
  /// Warnings and notes about it.
  package let diagnostics: [Diagnostic]
  /// What the compiler found in it.
  package let model: Model
  /// One training step as a graph.
  package let graph: Graph
  /// The functions of the C and the buffers between them.
  package let kernels: KernelPlan
  /// Where the buffers lie.
  package let memory: MemoryPlan
  /// The passes that ran, in order.
  package let passes: [PassManager.Record]
  /// The C.
  package let plugin: PluginSource
  /// A hash of the model and of all that shapes the C.
  package let hash: String

  /// The model as text.
  package var modelText: String { ModelText.describe(model) }
}

/// What a model becomes, and for what.
package struct CompileOptions: Hashable, Sendable {
  /// What shapes the C.
  package var plan: PlanOptions
  /// Examples per step in the place of the model's own number.
  package var batch: Int?
  /// Parameters that do not learn beside those that the model says so of: `conv*.weight`.
  package var frozen: [String]
  /// Whether the plugin is to train. The C is the same, but what cannot be trained is an error.
  package var trains: Bool
  /// Whether a step goes straight along the gradients, whatever the training block says, so that they
  /// can be told from it.
  package var stepsPlainly = false
  /// The pass whose result is to be kept as text.
  package var printedPass: String?

  /// Options for a compilation.
  package init(
    plan: PlanOptions = PlanOptions(), batch: Int? = nil, frozen: [String] = [],
    trains: Bool = true, printedPass: String? = nil
  ) {
    self.plan = plan
    self.batch = batch
    self.frozen = frozen
    self.trains = trains
    self.printedPass = printedPass
  }
}

package enum Compiler {
  /// The line of data: every stage is a pure function of the one before it, and is verified.
  ///
  ///     SourceFile -> [Token] -> ModelSyntax -> Model -> Graph -> KernelPlan -> PlacedPlan
  ///       -> PluginSource
  ///
  /// - Parameters:
  ///   - source: The model file.
  ///   - options: What shapes the C beside the model.
  ///   - library: The words of the language and what they mean.
  /// - Throws: `ModelErrors` where the model has errors; `Failure` where the network is too large.
  package static func compile(
    _ source: SourceFile, _ options: CompileOptions, library: Library = .standard
  ) throws -> Compilation {
    var planned = try plan(source, options, library: library)
    let hash = modelHash(source, options)
    var alone = options
    alone.plan.processes = 1
    let trainingHash = options.plan.joinsProcesses ? modelHash(source, alone) : nil
    let placed = planned.placed
    let plugin = try planned.passes.run("write-c") { () throws(Failure) in
      try PluginSource(
        rendering: placed, sources: source.files.map(\.baseName), hash: hash,
        trainingHash: trainingHash, version: bncVersion)
    }
    return Compilation(
      source: source, diagnostics: planned.diagnostics, model: planned.model,
      graph: planned.graph, kernels: planned.placed.kernels, memory: planned.placed.memory,
      passes: planned.passes.records, plugin: plugin, hash: hash)
  }

  /// What the compiler finds in a model file.
  ///
  /// - Throws: `ModelErrors` where it has errors.
  package static func model(
    _ source: SourceFile, _ options: CompileOptions, library: Library = .standard
  ) throws -> Model {
    try check(source, options, library).model
  }

  private static func check(
    _ source: SourceFile, _ options: CompileOptions, _ library: Library
  ) throws -> (model: Model, diagnostics: [Diagnostic]) {
    let (checked, diagnostics) = Frontend.check(
      source, library: library, batch: options.batch,
      trains: options.trains && !options.plan.purpose.foldsWeights)
    guard let checked else { throw ModelErrors(source: source, diagnostics: diagnostics) }
    let frozen = try checked.freezing(options.frozen)
      .sharing(among: options.plan.joinsProcesses ? options.plan.processes : 1)
    return (options.stepsPlainly ? frozen.steppingPlainly : frozen, diagnostics)
  }

  /// What `compile` has before it writes C.
  struct Planned {
    var diagnostics: [Diagnostic]
    var model: Model
    var graph: Graph
    var placed: PlacedPlan
    var passes: PassManager
  }

  /// All stages of `compile` but the last.
  static func plan(
    _ source: SourceFile, _ options: CompileOptions, library: Library = .standard
  ) throws -> Planned {
    guard options.plan.purpose == .evaluation, options.batch == nil else {
      return try planWhole(source, options, library: library)
    }
    return try planEvaluation(source, options, library: library)
  }

  /// The same for as many examples as the options say, or the model.
  static func planWhole(
    _ source: SourceFile, _ options: CompileOptions, library: Library
  ) throws -> Planned {
    let (checked, diagnostics) = try check(source, options, library)
    var passes = PassManager(printing: options.printedPass)
    let model = try passes.run("check") { () throws(Failure) in checked }
    var graph = try passes.run("forward") { () throws(Failure) in
      try Graph(forwardOf: model, for: options.plan.purpose)
    }
    for pass in GraphPass.pipeline(for: options.plan) {
      graph = try passes.run(pass.name) { () throws(Failure) in
        var changed = graph
        try pass.run(&changed, options.plan)
        return changed
      }
    }
    let kernels = try passes.run("plan-kernels") { () throws(Failure) in
      KernelPlan(planning: graph, options: options.plan)
    }
    let shared = try passes.run("place-parts") { () throws(Failure) in
      var changed = kernels
      changed.placeParts()
      return changed
    }
    let fitting = try passes.run("recompute") { () throws(Failure) in
      var changed = shared
      if let memory = options.plan.memory { try changed.recompute(within: memory) }
      return changed
    }
    let placed = try passes.run("place-buffers") { () throws(Failure) in
      PlacedPlan(kernels: fitting, memory: MemoryPlan(placing: fitting))
    }
    return Planned(
      diagnostics: diagnostics, model: model, graph: graph, placed: placed,
      passes: passes)
  }

  /// A hash of the model's text and of what it includes, of the options, and of bnc's version and templates: what a plugin
  /// was compiled from. The cache goes by the C itself, for two builds of one version may write it
  /// differently.
  static func modelHash(
    _ source: SourceFile, _ options: CompileOptions, version: String = bncVersion,
    templates: String = templatesHash
  ) -> String {
    let target = options.plan.target
    let key =
      [
        version, templates, target.name, "\(target.vectorBytes)", "\(target.registers)",
        "\(target.cacheBytes)", target.compilerFlags.joined(separator: " "),
        options.plan.precision.rawValue, "\(options.plan.fuses)", options.plan.purpose.rawValue,
        options.plan.products.rawValue + (options.plan.memory.map { ", \($0)" } ?? ""),
        "\(options.batch ?? 0)" + Set(options.frozen).sorted().map { ", frozen \($0)" }.joined()
          + (options.stepsPlainly ? ", plain steps" : "")
          + (options.plan.joinsProcesses ? ", \(options.plan.processes) processes" : ""),
      ].joined(separator: "\n") + source.files.map { "\n\($0.baseName)\n\($0.text)" }.joined()
    return SHA256.hexadecimal(of: Array(key.utf8))
  }

  /// A hash of the kernels' templates. The version alone does not tell two builds between releases
  /// apart.
  private static let templatesHash = SHA256.hexadecimal(of: Array(PluginSource.templates.utf8))
}

/// The errors of a model file, with all that is to be said about it.
package struct ModelErrors: Error, Sendable {
  package let source: SourceFile
  /// Errors, warnings and notes in the order of the file.
  package let diagnostics: [Diagnostic]

  /// What is to be said about `source`, errors among it.
  package init(source: SourceFile, diagnostics: [Diagnostic]) {
    self.source = source
    self.diagnostics = diagnostics
  }
}

extension SourceFile {
  /// This file and those that it includes.
  var files: [SourceFile] { [self] + included }

  /// The file's name without folders, as comments in the C show it; never more than a name.
  var baseName: String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    let plain = last.unicodeScalars.filter {
      $0.isASCII && $0.value > 32 && $0.value < 127 && $0 != "\\" && $0 != "*" && $0 != "?"
    }
    let text = String(String.UnicodeScalarView(plain).prefix(80))
    return text.isEmpty ? "model.bn" : text
  }
}
