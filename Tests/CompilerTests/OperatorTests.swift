import IR
import Operators
import Testing
import Verification

@Suite struct OperatorTests {
  static let cases =
    Case.operators + Case.withinExamples + Case.activations + [.ofLocalStatistics, .network]

  /// Protects what each operator computes, in training and in evaluation: every value of the
  /// forward pass and the loss against the formulas, for a full batch and for a short one.
  @Test(arguments: cases)
  func forward(_ example: Case) throws {
    let model = try CompilerFixture.compile(example.text).model
    try Self.expectValues(example, model, counts: [model.training.batch, 2])
  }

  /// Protects every gradient: of each parameter and of the input, in double, through the batch's
  /// statistics, against central differences of the loss.
  @Test(arguments: cases)
  func gradients(_ example: Case) throws {
    let model = try CompilerFixture.compile(example.text).model
    let harness = try PluginHarness(CompilerFixture.plugin(example.text, .inspection()), seed: 3)
    let sample = Sample(model, count: max(2, model.training.batch - 1), seed: 4)
    try InspectedSlopes(harness, model, sample).expect(most: 60)
  }

  /// Protects each operator at each of these batches, of which the lanes hold none, one, or several
  /// with and without a rest: full ones and, where a batch has more than one example, those that are
  /// short by one. The cases hold every operator in every mode.
  @Test(arguments: cases, [1, 2, 17, 64])
  func batches(_ example: Case, _ batch: Int) throws {
    let model = try CompilerFixture.compile(example.text, batch: batch).model
    let counts = batch == 1 ? [1] : [batch, batch - 1]
    try Self.expectValues(example, model, batch: batch, counts: counts)
    let harness = try PluginHarness(
      CompilerFixture.plugin(example.text, .inspection(), batch: batch), seed: 5)
    let sample = Sample(model, count: max(1, batch - 1), seed: 6)
    try InspectedSlopes(harness, model, sample).expect(most: 2)
  }

  /// Protects from an operator, or a word or flag of one, that none of the cases has.
  @Test func everyModeHasACase() throws {
    let texts = Self.cases.map(\.text).joined(separator: "\n")
    for signature in Library.standard.operations.map(\.signature) {
      let keyword = signature.keyword
      let isThere =
        try texts.contains(Regex("\\b\(keyword)\\b"))
        || signature.symbol.map { texts.contains(" \($0) ") } == true
      #expect(isThere, "\(keyword)")
      for parameter in signature.positional + signature.keyed {
        let isKeyed = signature.keyed.contains { $0.name == parameter.name }
        let key = isKeyed ? "\(parameter.name): " : "(\(parameter.name): )?"
        for word in parameter.accepts.words where word != parameter.fallback {
          let said = try texts.contains(
            Regex("\\b\(keyword)\\([^|\\n]*\\b\(key)\(word)\\b"))
          #expect(said, "\(keyword), \(parameter.name): \(word)")
        }
      }
    }
  }

  /// Holds every value, the outputs and the losses of passes over so many examples against the formulas.
  private static func expectValues(
    _ example: Case, _ model: Model, batch: Int? = nil, counts: [Int]
  ) throws {
    let plugin = try CompilerFixture.plugin(example.text, .inspection(), batch: batch)
    let harness = try PluginHarness(plugin, seed: 1)
    for count in counts {
      let sample = Sample(model, count: count, seed: 2)
      for training in [true, false] {
        let naive = NaiveNetwork(model: model, tensors: harness.learned)
        harness.poisonScratch()
        let found = harness.gradient(sample, training: training)
        #expect(found.status == 0)
        let values = naive.values(sample, training: training)
        for (index, layer) in model.layers.enumerated() {
          if layer.op.base is any ViewOperation { continue }
          expectClose(
            try harness.values("\(layer.name).output", count: count), values[.result(of: index)],
            within: 1e-12, "\(layer.name) of \(count)")
        }
        for (index, output) in model.outputs.enumerated() {
          expectClose(
            found.allOutputs[index], values[output], within: 1e-12, "output \(index)")
        }
        if model.losses.count > 1 {
          expectClose(
            found.losses, naive.losses(sample, values, training: training), within: 1e-12, "losses")
        }
        expectClose(
          [found.loss], [naive.loss(sample, training: training)], within: 1e-12, "loss")
      }
    }
  }
}

extension Parameter.Accepted {
  /// The words that it takes, flags among them.
  fileprivate var words: [String] {
    switch self {
    case .choice(let words), .wholeOr(_, let words): words
    case .flag: ["true", "false"]
    case .anyOf(let all): all.flatMap(\.words)
    case .list(let each, _): each.words
    case .whole, .real, .anything: []
    }
  }
}
