import Driver
import IR
import Lowering
import Testing

@testable import CodeGeneration

/// Templates against the structs that fill them in: Mustache renders a name that it does not know
/// as nothing, and the C might even compile.
@Suite struct TemplateTests {
  /// Protects the generated C from holes: every name in a template, in its sections too, is a
  /// stored property of its context or of the list's element around it; every section is reached by
  /// one of the models, so that this was checked; and no property waits for a template that forgot
  /// it.
  @Test func everyNameIsKnown() throws {
    var checks: [String: TemplateCheck] = [:]
    var types: [String: Set<String>] = [:]
    let library = TemplateLibrary.embedded
    for context in try Self.contexts() {
      let name = context.template
      var check = try checks[name] ?? TemplateCheck(library.text(name), name: name)
      check.hold(against: context)
      checks[name] = check
      types["\(type(of: context))", default: []].insert(name)
    }
    #expect(Set(library.names) == Set(checks.keys), "a template that no model uses")
    for (name, check) in checks {
      #expect(check.unknown.isEmpty, "\(name) has names that its context lacks")
      #expect(
        check.unreached.isEmpty, "\(name) has sections that no model reaches: \(check.unreached)")
    }
    for (type, templates) in types {
      // The three losses share a context, which says by a property which of them it is for.
      let checks = templates.compactMap { checks[$0] }
      // What a shared function is called, those who call it have in their templates.
      let used = checks.reduce(into: Set(["template", "stem", "name"])) { $0.formUnion($1.used) }
      let unused = checks.reduce(into: Set()) { $0.formUnion($1.properties) }.subtracting(used)
      #expect(unused.isEmpty, "\(type) has properties that no template names")
    }
  }

  /// Protects this suite: it finds what is wrong.
  @Test func findsWhatIsWrong() throws {
    struct Item { let size: Int }
    struct Wrong: TemplateContext {
      var template: String { "" }
      let name = "", spare = ""
      let items = [Item(size: 1)]
      let none: [Item] = []
    }
    var check = try TemplateCheck(
      """
      {{name}} {{nmae}} {{#items}}{{size}} {{name}} {{sise}}{{/items}} {{#none}}{{x}}{{/none}}
      {{^items}}{{y}}{{/items}} {{^none}}{{z}}{{/none}}
      """, name: "wrong")
    check.hold(against: Wrong())
    #expect(check.unknown == ["nmae", "sise", "z"])
    #expect(check.unreached == ["none", "^items"])
    #expect(check.properties.subtracting(check.used) == ["spare"])
  }

  /// The contexts of all kernels and files of the cases, in each way of planning them.
  private static func contexts() throws -> [any TemplateContext] {
    var contexts: [any TemplateContext] = [
      HeaderContext(model: "", version: "", interface: ""),
      HostContext(
        model: "", headerName: "", compileLines: [""], inputCount: 1, targetCount: 1,
        outputCount: 1),
    ]
    let plans = [
      PlanOptions(), PlanOptions(precision: .double), PlanOptions(fuses: false),
      PlanOptions(purpose: .inspection), .smallCache(.float), .cache(65536, .float),
      PlanOptions(purpose: .inference), PlanOptions(purpose: .evaluation),
      PlanOptions(target: .x86_64_v4, fuses: false, purpose: .inference),
    ]
    let networks: [Case] = [
      .network, .everything, .wideDense, .large, .largeOfShortBatch, .shapes, .wide,
      .largeImages, .longSums,
    ]
    let trained =
      [.frozen(by: "sgd"), .ofData, Case.several[0].seenTwice] + Case.optimized + Case.scheduled
    let kinds =
      Case.operators + Case.withinExamples + Case.activationsBetween + Case.inChannels
    // What a cache changes, the larger networks show; how they are trained is no part of an inference.
    let some = [PlanOptions(), PlanOptions(fuses: false)]
    // Two processes: a fact of a network with every kind of optimizer, loss and draw.
    var joined = PlanOptions()
    joined.processes = 2
    let acrossProcesses = trained + Case.losses + Case.mixed + [Case.ofLocalStatistics]
    let more =
      some + [joined] + [.inspection, .inference, .evaluation].map { PlanOptions(purpose: $0) }
    for (example, plans) in kinds.map({ ($0, more) }) + networks.map({ ($0, plans) })
      + trained.map({ ($0, some) }) + acrossProcesses.map({ ($0, [joined]) })
      + Case.channelGradients.map({ ($0, [.channelGradients(.float, .x86_64_v3)]) })
      + Case.winograd.map({
        (
          $0,
          [
            .winograd(.float, .x86_64_v3, side: 4), .winograd(.double, .generic, side: 2),
            .winograd(.double, .generic, side: 4), PlanOptions(purpose: .evaluation),
          ]
        )
      })
    {
      for plan in plans {
        let compilation = try CompilerFixture.compile(example.text, plan)
        let names = CodegenContext(
          plan: compilation.kernels, memory: compilation.memory, sources: ["test.bn"])
        var shared = SharedFunctions.specializing(
          compilation.kernels.kernels, names, .embedded)
        contexts += compilation.kernels.kernels.map {
          $0.context(names, sharing: &shared)
        }
        contexts += shared.definitions.map { $0 }
        contexts += compilation.kernels.loadingKernels.map {
          LoadingContext(compilation.kernels.kernels[$0], names: names)
        }
        contexts += files(names, compilation)
      }
    }
    return try contexts + FrozenTemplates.contexts()
  }

  /// The names of the library's functions, which no single network calls all.
  private static let everyFunction = Set(
    TemplateLibrary.embedded.names.filter { $0.hasPrefix("Library/") }.map {
      $0.dropFirst("Library/".count).prefix { $0 != "." }
    } + ["vec_exp", "SQRT"])

  /// The contexts of what stands around the kernels.
  private static func files(_ names: CodegenContext, _ compilation: Compilation)
    -> [any TemplateContext]
  {
    let memory = compilation.memory
    let tensors = TensorTable(names: names, memory: memory)
    let code = KernelCode(names: names, library: .embedded)
    let table = PluginTableContext(
      names: names, table: tensors, kernels: code.table, hash: "", trainingHash: "", version: "")
    let functions = CLibrary(names)
    var needed = code.identifiers.union(everyFunction)
    let vectors = VectorsContext(
      names, needed: &needed, entries: functions.vectors, library: .embedded)
    let used = (functions.vectors + functions.steps).compactMap { $0.context(needed) }
    let contexts: [any TemplateContext] =
      used + [
        table, vectors, KernelScheduleContext(names.plan, code),
        NetworkContext(
          names: names, memory: memory, hash: "", trainingHash: "", version: "",
          library: .embedded), ProcessesContext(),
      ] + [PenaltyContext(names)].compactMap { $0 }
    var shared = SharedFunctions()
    let packed = names.plan.kernels.compactMap { kernel in
      kernel.spec.packedWeights.map {
        PackedWeightsContext($0, of: kernel, names: names, sharing: &shared)
      }
    }
    let prepared: [any TemplateContext] =
      names.plan.options.purpose.foldsWeights
      ? packed + shared.definitions.map { $0 } + [
        PreparationContext(
          code, state: tensors.state, keepsParameters: names.plan.keepsParameters)
      ] : []
    guard names.plan.options.purpose == .inference else {
      let trainer = TrainerContext(names: names, memory: memory, hash: "", version: "")
      return contexts + prepared + TrainerSourceContext.parts(trainer) + [
        TrainerHeaderContext(trainer),
        StepsContext(
          names: names, state: tensors.state,
          optimizer: OptimizerStep(
            names, used: Array(names.plan.model.training.optimizers.indices)),
          library: .embedded),
      ]
        + names.plan.model.training.optimizers.indices.map {
          OptimizerContext(names, $0, usesRow: true)
        }
        + names.plan.model.training.optimizers.indices.compactMap {
          OrthogonalizationContext(names, $0)
        } + [ScheduleContext(names)].compactMap { $0 }
    }
    return contexts + prepared + [
      LossEvaluationContext(names, index: 0), InferenceStepsContext(names),
    ]
  }
}
