import Driver
import IR
import Lowering

@testable import CodeGeneration

/// The contexts of frozen networks of every kind, for the test that holds templates against them.
enum FrozenTemplates {
  static func contexts() throws -> [any TemplateContext] {
    let losses = Case.losses.filter {
      ["segments", "binary_logits", "binary_weighted"].contains($0.name)
    }
    let nothingLearned = """
      model nothing_learned {
        input x: [3]
        target t: [3]
        y = x | relu
        loss huber(y, t)
      }
      training {
        batch 3
      }
      """
    let networks =
      ([Case.network] + Case.withinExamples + Case.inChannels + losses + Case.several.prefix(2))
      .map(\.text)
      + [nothingLearned]
    return try networks.enumerated().flatMap { index, network in
      try [TargetMachine.portable, .x86_64_v3].flatMap { target in
        try contexts(of: network, target, index)
      }
    }
  }

  private static func contexts(
    of text: String, _ target: TargetMachine, _ index: Int
  ) throws -> [any TemplateContext] {
    let plan = PlanOptions(
      target: target, purpose: .inference, embedding: index % 2 == 0 ? .bytes : .float)
    let scaled = text.replacing("batch ", with: "data scale(1/255)\n  batch ")
    let compilation = try CompilerFixture.compile(index % 3 == 0 ? scaled : text, plan)
    let names = CodegenContext(
      plan: compilation.kernels, memory: compilation.memory, sources: ["test.bn"])
    var options = try FrozenOptions(name: FrozenName("net"), stem: "net")
    options.batch = 1 + index % 2
    options.output = .softmax
    options.weights = FrozenOptions.Weights.allCases[index % 3]
    options.facts = ["A fact."]
    options.classNames = index % 2 == 0 ? ["one", "two", "three"] : ["no", "yes"]
    if index % 5 == 4 { options.classNames = [] }
    let weights = try FrozenWeights(
      of: compilation.kernels
    ) { tensor in
      [Double](
        repeating: 1, count: compilation.model.declaration(of: tensor).elementCount)
    }
    let frozen = FrozenNetwork(
      names: names, weights: FrozenWeightsText(weights, names), options: options, version: "",
      memory: compilation.memory, library: .embedded)
    let code = FrozenCode(frozen)
    var shared = SharedFunctions()
    let kernels = compilation.kernels.kernels.map { $0.context(names, sharing: &shared) }
    let functions = CLibrary(names)
    var needed = Set(
      ["blend", "lanes_sum", "masked", "max_of", "vec_power", "vec_softplus", "vec_exp"]
        .map { $0[...] })
    let vectors = EmbeddedVectorsContext(
      names, needed: &needed, entries: functions.vectors, library: .embedded)
    return kernels + functions.vectors.compactMap { $0.context(needed) } + [
      vectors, code.body, FrozenTopContext(frozen, code), FrozenHeaderContext(frozen),
      FrozenCheckContext(frozen), FrozenMainContext(frozen),
    ]
  }
}
