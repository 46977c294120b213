import Diagnostics
import IR
import Language
import Lowering
import Operators
import Testing

/// What `RandomModelTests` relies on.
@Suite struct RandomModelGeneratorTests {
  private static func text(_ seed: UInt64) throws -> String {
    try RandomModelText.text(of: RandomModelGenerator.model(of: seed), RandomShapes())
  }

  /// Protects from a generator that leaves anything out: the models of the first seeds use every
  /// operation and loss, every rank, and every form of the language that repeats or freezes.
  @Test func saysEverything() throws {
    let texts = try (1...600).map(Self.text).joined(separator: "\n")
    let words = Set(texts.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
    let library = Library.standard
    for signature in library.operations.map(\.signature) + library.losses.map(\.signature) {
      let symbol = signature.symbol.map { texts.contains(" \($0) ") } ?? false
      #expect(words.contains(signature.keyword) || symbol, "\(signature.keyword)")
      for parameter in signature.keyed where parameter.fallback != nil {
        #expect(words.contains(parameter.name), "\(signature.keyword), \(parameter.name)")
      }
    }
    #expect(words.isSuperset(of: ["block", "repeat", "frozen", "class", "l1", "l2", "augment"]))
    for rank in 1...4 {
      let sizes = Array(repeating: "\\d+", count: rank).joined(separator: ", ")
      #expect(try texts.contains(Regex("input x: \\[\(sizes)\\]")), "\(rank)")
    }
  }

  /// Protects failures from being lost: a seed is one model.
  @Test func repeats() throws {
    #expect(try (1...20).map(Self.text) == (1...20).map(Self.text))
    #expect(try Set((1...20).map(Self.text)).count == 20)
  }

  /// Protects from models that the language refuses, of which nothing would be compared.
  @Test func isAccepted() throws {
    for seed in UInt64(1)...100 {
      let text = try Self.text(seed)
      let (model, diagnostics) = Frontend.check(
        SourceFile(name: "random.bn", text: text), library: .standard, trains: false)
      #expect(model != nil, "\(seed): \(diagnostics.first?.message ?? "")\n\(text)")
    }
  }

  /// Protects the shrinker: of a large model it leaves what fails, here a pool of a batch of at
  /// least 2, with nothing around it.
  @Test func shrinks() throws {
    let shapes = RandomShapes()
    func fails(_ model: RandomModel) -> Bool {
      let text = try? RandomModelText.text(of: model, shapes)
      return model.batch > 1 && text?.contains("maxpool(") == true
    }
    let large = (UInt64(1)...600).map { RandomModelGenerator.model(of: $0) }.filter(fails)
    #expect(large.count > 20)
    for model in large.prefix(20) {
      let smallest = RandomModelShrinker(shapes: shapes, patience: 5000, fails: fails)
        .smallest(model)
      #expect(smallest.batch == 2)
      #expect(smallest.input.elementCount == 1, "\(smallest.input)")
      let text = try RandomModelText.text(of: smallest, shapes)
      #expect(text.contains("  v1 = x | maxpool(1)\n"), "\(text)")
      #expect(text.contains("  loss linear_regression(v1, t, reduction: sum)\n"), "\(text)")
    }
  }

  /// Protects from a comparison that finds nothing: an operation that does something else than its
  /// formula says is found in every plan.
  @Test func findsMistakes() {
    var library = Library.standard
    library.operations.append(MistakenReversal.definition)
    let text = """
      model mistaken {
        input x: [3, 2, 2]
        target t: [3, 2, 2]
        y = x | scale_shift | mistaken
        loss linear_regression(y, t)
      }
      training {
        batch 3
      }
      """
    let mistakes = ModelComparison(text: text, seed: 15, library: library).mistakes()
    for plan in ["inspection:", "inspection in evaluation:", "training for", "inference for"] {
      #expect(mistakes.contains { $0.hasPrefix(plan) && $0.contains("output 0 off") }, "\(plan)")
    }
    #expect(mistakes.contains { $0.contains("gradient of scale_shift1.gamma") })
    let right = text.replacing(" | mistaken", with: "")
    #expect(ModelComparison(text: right, seed: 15).mistakes().isEmpty)
  }
}

/// An operation that reverses channels and says that it does not.
private struct MistakenReversal: Operation, LoweredOperation, ForwardOperation {
  static let definition = Definition<any Operation>("mistaken", "not what it says") { _ in
    MistakenReversal()
  }

  let keyword = "mistaken"

  func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  var formula: String { "y = x" }

  func reference(_ inputs: ReferenceInputs) -> [Double] { inputs.operands[0] }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    ReverseChannels().plan(node, in: &planner)
  }

  func addGradient(to gradient: inout GradientBuilder) {
    ReverseChannels().addGradient(to: &gradient)
  }
}
