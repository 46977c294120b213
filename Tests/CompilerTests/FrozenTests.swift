import Driver
import IR
import Lowering
import Operators
import Testing
import Verification

/// Parameters that do not learn.
@Suite struct FrozenTests {
  private static func text(_ optimizer: String = "sgd") -> String {
    Case.frozen(by: optimizer).text
  }

  /// The same network, of which everything learns.
  private static func free(_ optimizer: String = "sgd") -> String {
    text(optimizer).replacing(#/ frozen(\([a-z]*\))?/#, with: "")
  }

  private static let frozen: Set<String> = [
    "conv1.weight", "conv1.bias", "batchnorm1.gamma", "batchnorm1.beta", "conv2.weight",
    "batchnorm2.gamma", "scale_shift1.beta", "scale_shift2.gamma", "batchnorm3.gamma",
    "batchnorm3.beta", "scale_shift3.gamma", "scale_shift3.beta", "dense1.bias", "dense2.weight",
    "dense3.weight", "dense3.bias", "batchnorm4.beta",
  ]

  /// Protects what moves: after a step frozen parameters have the bits they had, and all else,
  /// running statistics too, is what it is after the same step of the network that learns as a
  /// whole.
  @Test(arguments: [true, false])
  func step(_ fuses: Bool) throws {
    for target in Targets.runnable {
      let plan = PlanOptions.training(.double, target: target, fuses: fuses)
      let partly = try PluginHarness(CompilerFixture.plugin(Self.text(), plan), seed: 5)
      let wholly = try PluginHarness(CompilerFixture.plugin(Self.free(), plan), seed: 5)
      let start = partly.learned
      let sample = Sample(try CompilerFixture.compile(Self.text()).model, count: 6, seed: 6)
      #expect(partly.train(sample, rate: 0.1).loss == wholly.train(sample, rate: 0.1).loss)
      for name in partly.savedNames {
        if Self.frozen.contains(name) {
          #expect(partly[name] == start[name], "\(target.name): \(name) moved")
        } else {
          expectClose(partly[name], wholly[name], within: 1e-12, "\(target.name): \(name)")
        }
      }
      #expect(partly["batchnorm1.running_mean"] != start["batchnorm1.running_mean"])
    }
  }

  /// Protects the optimizer's slots: there is none for what does not learn.
  @Test func slots() throws {
    let plugin = try CompilerFixture.plugin(Self.text("momentum"), .training(.float))
    let names = plugin.description.tensors.map(\.name).filter { $0.hasPrefix("velocity.") }
    #expect(names.contains("velocity.dense1.weight"))
    #expect(!names.contains { Self.frozen.contains(String($0.dropFirst("velocity.".count))) })
  }

  /// Protects the work that is saved: nothing goes back through layers before which nothing learns,
  /// and no gradient of a frozen parameter is taken.
  @Test func graph() throws {
    let compilation = try CompilerFixture.compile(Self.text())
    let graph = compilation.graph.text
    #expect(!graph.contains("d(conv1)") && !graph.contains("d(relu1)"))
    let words = compilation.plugin.network.split { $0 == " " || $0 == "\n" || $0 == "/" }
    let banner = words.prefix { $0 != "#include" }.joined(separator: " ")
    #expect(banner.contains("Note: frozen, so that they do not learn: conv1.weight, conv1.bias,"))
    for name in Self.frozen {
      #expect(!graph.contains("d(\(name))") && !graph.contains("\(name)'"))
      #expect(graph.contains("  \(name) is frozen\n"))
      #expect(banner.contains("\(name),") || banner.contains("\(name)."))
    }
    let kernels = compilation.kernels.kernels.map(\.name)
    #expect(!kernels.contains("conv2_input_gradient"))
    #expect(!kernels.contains("batchnorm1_sums"))
    #expect(kernels.contains("batchnorm1_running_move"))
    #expect(kernels.contains("dense2_input_gradient"))
  }

  /// Protects inspection: the gradients of what learns and of all values are those of the network
  /// that learns as a whole.
  @Test func inspection() throws {
    let partly = try PluginHarness(CompilerFixture.plugin(Self.text(), .inspection()), seed: 7)
    let wholly = try PluginHarness(CompilerFixture.plugin(Self.free(), .inspection()), seed: 7)
    let sample = Sample(try CompilerFixture.compile(Self.text()).model, count: 6, seed: 8)
    #expect(partly.gradient(sample).loss == wholly.gradient(sample).loss)
    for name in partly.parameterNames {
      let gradient = try partly.gradient(of: name)
      if Self.frozen.contains(name) {
        #expect(gradient.allSatisfy { $0 == 0 }, "\(name)")
      } else {
        expectClose(gradient, try wholly.gradient(of: name), within: 1e-12, name)
      }
    }
  }

  /// Protects frozen parameters from an optimizer that moves what has no gradient.
  @Test func decay() throws {
    var library = Library.standard
    library.optimizers = [
      Definition<Optimizer>("sgd", "SGD with weight decay") { _ in
        let p = Optimizer.parameter
        return Optimizer(
          "sgd", hyperparameters: [],
          updates: [.init("p", p - 0.05 * (Optimizer.gradient + p))])
      }
    ]
    let harness = try PluginHarness(
      CompilerFixture.plugin(Self.text(), .training(.double), library: library), seed: 9)
    let start = harness.learned
    let sample = Sample(try CompilerFixture.compile(Self.text()).model, count: 6, seed: 10)
    #expect(harness.train(sample, rate: 0.1).status == 0)
    for name in harness.parameterNames {
      #expect((harness[name] == start[name]) == Self.frozen.contains(name), "\(name)")
    }
  }

  /// Protects inference: what is frozen takes part as what is not, folded and packed.
  @Test func inference() throws {
    let partly = try PluginHarness(
      CompilerFixture.plugin(Self.text(), .inference(.double)), seed: 11)
    let wholly = try PluginHarness(
      CompilerFixture.plugin(Self.free(), .inference(.double)), seed: 11)
    let sample = Sample(try CompilerFixture.compile(Self.text()).model, count: 1, seed: 12)
    #expect(try partly.infer(sample).outputs == wholly.infer(sample).outputs)
  }

  /// Protects what `bnc describe` counts: learned and frozen numbers apart.
  @Test func summary() throws {
    let model = try CompilerFixture.compile(Self.text()).model
    let summary = ModelSummary(
      model, elementBytes: 4, scratchBytes: 0,
      scratch: ValueTable(of: model) { _ in 0 })
    func row(_ name: String) -> ModelSummary.Row? { summary.rows.first { $0.name == name } }
    #expect(row("conv1")?.parameters == 0)
    #expect(row("conv1")?.frozenParameters == 3 * 2 * 9 + 3)
    #expect(row("conv2")?.parameters == 4)
    #expect(row("conv2")?.frozenParameters == 4 * 3 * 4)
    #expect(row("dense1")?.parameterBytes == 4 * (row("dense1")?.parameters ?? 0) + 4 * 5)
  }
}
