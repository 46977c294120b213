import Diagnostics
import Driver
import IR
import Language
import Lowering
import Operators
import Runner
import Testing
import Verification

/// The compiler is open: an activation, an operation of two values, one with a kernel of its own, a
/// loss, an optimizer and a schedule, none of which it knows, work in every stage.
@Suite struct OpenLibraryTests {
  // snippet: library
  private static let library: Library = {
    var library = Library.standard
    library.operations += [.softsign, .larger, ReverseChannels.definition]
    library.losses.append(.logCosh)
    library.optimizers.append(.rooted)
    library.schedules.append(.inverseRoot.withWarmup)
    return library
  }()

  private static let text = """
    model open {
      input x: [3, 5, 4]
      target t: [2]
      a = x | conv(3, kernel: 3, padding: 1) | softsign | reverse_channels
      b = a | conv(3, kernel: 1) | batchnorm | softsign
      c = larger(a, b) | softsign | flatten
      y = c | dense(2)
      loss log_cosh(y, t, reduction: mean)
    }
    training {
      batch 6
      optimizer rooted(lr: 0.05)
      schedule inverse_root(warmup: 2)
    }
    """
  // snippet end

  private func compile(_ plan: PlanOptions) throws -> Compilation {
    try Compiler.compile(
      SourceFile(name: "open.bn", text: Self.text), CompileOptions(plan: plan),
      library: Self.library)
  }

  private func plugin(_ plan: PlanOptions) throws -> LoadedPlugin {
    try CompilerFixture.plugin(Self.text, plan, library: Self.library)
  }

  /// Parsed, checked, described, explained.
  @Test func language() throws {
    let compilation = try compile(PlanOptions())
    #expect(compilation.modelText.contains("softsign1 = softsign of conv1 -> [3, 5, 4]"))
    #expect(compilation.modelText.contains("optimizer rooted(lr: 0.05)"))
    #expect(compilation.modelText.contains("schedule inverse_root(warmup: 2)"))
    #expect(compilation.modelText.contains("loss log_cosh(dense1, t, reduction: mean)"))
    #expect(compilation.plugin.network.contains("x / (1 + |x|)"))
    #expect(compilation.kernels.text.contains("reverse_channels1_backward"))
    let reference = ReferenceTables.markdown(of: Self.library)
    for word in ["softsign", "larger", "reverse_channels", "log_cosh", "rooted", "inverse_root"] {
      #expect(Topics.text(about: word, in: Self.library)?.contains(word) == true, "\(word)")
      #expect(reference.contains("### \(word)\n"), "\(word)")
      for editor in EditorSyntax.allCases {
        #expect(editor.text(of: Self.library).contains(word), "\(editor): \(word)")
      }
    }
  }

  /// Protects optimizers that move a parameter whose gradient is 0: with decay a bias before a
  /// batch norm and a fixed gamma shrink, and no note says that they do not learn.
  @Test func decay() throws {
    var library = Self.library
    library.optimizers.append(
      Definition<Optimizer>("decaying", "SGD with weight decay") { _ in
        Optimizer(
          "decaying", hyperparameters: [],
          updates: [
            .init("p", Optimizer.parameter - 0.125 * (Optimizer.gradient + Optimizer.parameter))
          ])
      })
    let text = """
      model decays {
        input x: [2, 6, 5]
        target t: [2]
        y = x | conv(3, kernel: 2) | batchnorm(fix_gamma: true) | relu | flatten | dense(2)
        loss linear_regression(y, t, reduction: mean)
      }
      training {
        batch 5
        optimizer decaying
      }
      """
    let plugin = try CompilerFixture.plugin(text, .training(.double), library: library)
    let harness = try PluginHarness(plugin, seed: 61)
    harness["conv1.bias"] = [1, 2, 3]
    harness["batchnorm1.gamma"] = [1, 1, 1]
    let model = try Compiler.compile(
      SourceFile(name: "decays.bn", text: text), CompileOptions(), library: library
    ).model
    #expect(harness.train(Sample(model, count: 5, seed: 62), rate: 1).status == 0)
    expectClose(harness["conv1.bias"], [0.875, 1.75, 2.625], within: 1e-12, "bias")
    expectClose(harness["batchnorm1.gamma"], [0.875, 0.875, 0.875], within: 1e-12, "gamma")
  }

  /// Each value of the forward pass and the loss against the formulas, each gradient against
  /// central differences.
  @Test func formulasAndDifferences() throws {
    let model = try compile(.inspection()).model
    let harness = try PluginHarness(plugin(.inspection()), seed: 41)
    let sample = Sample(model, count: 5, seed: 42)
    let naive = NaiveNetwork(model: model, tensors: harness.learned)
    let values = naive.values(sample, training: true)
    let found = harness.gradient(sample)
    #expect(found.status == 0)
    for (index, layer) in model.layers.enumerated() where layer.name != "flatten1" {
      expectClose(
        try harness.values("\(layer.name).output", count: 5), values[.result(of: index)],
        within: 1e-12,
        layer.name)
    }
    expectClose([found.loss], [naive.loss(sample, training: true)], within: 1e-12, "loss")
    let names = harness.parameterNames
    let gradients = try names.map { try harness.gradient(of: $0) }
    for (name, gradient) in zip(names, gradients) {
      let values = harness[name]
      let difference = CentralDifference(
        noise: 0x1p-50, tolerance: 1e-7 * max(largest([gradient]), 1e-3))
      for index in values.indices {
        let mistake = difference.mistake(gradient[index]) { step in
          harness[name][index] = values[index] + step
          defer { harness[name][index] = values[index] }
          return harness.gradient(sample).loss / 5
        }
        if let mistake { Issue.record("\(name)[\(index)] \(mistake)") }
      }
    }
  }

  /// The learning rate of a step, during the warm-up and after it.
  @Test func schedules() throws {
    let network = try PluginHarness(plugin(.training(.double))).network
    let rates = (1...6).map { network.scheduled([0.5], step: $0, of: 6)[0] }
    expectClose(
      rates, [0.25, 0.5] + [1, 2, 3, 4].map { 0.5 / Double($0).squareRoot() }, within: 1e-15,
      "rates")
  }

  /// A fused step moves each parameter as the optimizer's formula has it, and both of its slots.
  @Test func trains() throws {
    let plan = PlanOptions.training(.double, fuses: true)
    let model = try compile(plan).model
    let harness = try PluginHarness(plugin(plan), seed: 43)
    harness.initializeSlots()
    let open = try PluginHarness(plugin(.inspection()))
    open.learned = harness.learned
    let sample = Sample(model, count: 6, seed: 44)
    #expect(open.gradient(sample).status == 0)
    let before = harness.learned
    #expect(harness.train(sample, rate: 0.05).status == 0)
    for name in open.parameterNames where name != "conv2.bias" {
      let gradient = try open.gradient(of: name)
      let expected = zip(before[name] ?? [], gradient).map { p, g in
        p - 0.05 * (0.5 * g) / (0.5 + g * g).squareRoot()
      }
      expectClose(harness[name], expected, within: 1e-10, name)
      expectClose(harness["total.\(name)"], gradient.map { 0.5 + $0 * $0 }, within: 1e-10, name)
    }
    var losses: [Double] = []
    for _ in 0..<40 { losses.append(harness.train(sample, rate: 0.05).loss) }
    #expect((losses.last ?? .nan) < losses[0] / 2)
  }

  /// Evaluates, saves and loads, and infers one example at a time with the same outputs.
  @Test func evaluatesSavesLoadsInfers() throws {
    let plan = PlanOptions.training(.double, fuses: true)
    let model = try compile(plan).model
    let harness = try PluginHarness(plugin(plan), seed: 45)
    let sample = Sample(model, count: 6, seed: 46)
    harness.initializeSlots()
    #expect(harness.train(sample, rate: 0.05).status == 0)
    let expected = harness.evaluate(sample)
    #expect(expected.status == 0)
    let inference = try PluginHarness(plugin(.inference(.double)))
    try Tools.inFolder { folder in
      try harness.network.saveWeights(to: folder + "/open.safetensors")
      try inference.network.loadWeights(from: folder + "/open.safetensors")
    }
    let inferred = try inference.infer(sample)
    #expect(inferred.status == 0)
    expectClose(inferred.outputs, expected.outputs, within: 1e-12, "outputs")
    expectClose([inference.evaluate(sample).loss], [expected.loss], within: 1e-12, "loss")
  }

  /// Protects short batches of functions whose slope is infinite at 0, which is what lanes without
  /// an example hold: whatever makes the gradient before such a function, a step of 3 examples in a
  /// batch of 5 is that in a batch of 3. And protects powers over vectors.
  @Test func steepAtZero() throws {
    var library = Self.library
    library.operations += [
      .elementwise("root", "the square root of the size") { .sqrt(.abs($0)) },
      .elementwise("cube", "the third power") { .power($0, 3) },
    ]
    let text = """
      model steep {
        input x: [2, 9, 8]
        target t: [2]
        a = x | conv(3, kernel: 2) | root | avgpool(2, stride: 1) | conv(3, kernel: 1) | root | maxpool(2)
        b = a | conv(3, kernel: 1) | root | scale_shift | conv(2, kernel: 1) | root | batchnorm
        c = b | conv(2, kernel: 1) | root | flatten | dense(4) | root | dense(3) | cube
        y = c | dense(2)
        loss linear_regression(y, t, reduction: mean)
      }
      training {
        batch 5
      }
      """
    func plugin(batch: Int) throws -> LoadedPlugin {
      try CompilerFixture.plugin(
        text, .training(.double, target: .x86_64_v3), batch: batch, library: library)
    }
    let harnesses = try [5, 3].map { try PluginHarness(plugin(batch: $0), seed: 51) }
    let model = try Compiler.compile(
      SourceFile(name: "steep.bn", text: text), CompileOptions(), library: library
    ).model
    let sample = Sample(model, count: 3, seed: 52)
    for harness in harnesses {
      harness.poisonScratch()
      #expect(harness.train(sample, rate: 0.01).status == 0)
    }
    for name in harnesses[0].savedNames {
      #expect(harnesses[0][name].allSatisfy { $0.isFinite }, "\(name)")
      expectClose(harnesses[0][name], harnesses[1][name], within: 1e-12, name)
    }
  }
}
