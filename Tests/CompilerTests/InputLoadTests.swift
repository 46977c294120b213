import IR
import Lowering
import Testing
import Verification

@testable import Runner

/// The input's conversion as a part of the first layer's tasks.
@Suite struct InputLoadTests {
  private static let first = [
    "conv(6, kernel: 3) | batchnorm | relu | flatten",
    "flatten | dense(20) | batchnorm | relu",
    "batchnorm | flatten",
    "avgpool(2) | flatten",
    "relu | flatten",
  ]

  /// A network whose first layers are `layers`.
  private static func text(_ layers: String, batch: Int = 50) -> String {
    """
    model first {
      input image: [2, 13, 11]
      target label: class(3)
      logits = image | \(layers) | dense(3)
      loss softmax_cross_entropy(logits, label)
    }
    training { batch \(batch) data scale(1/255) }
    """
  }

  private static func loading(
    _ text: String, _ plan: PlanOptions = PlanOptions()
  ) throws -> [String] {
    let plan = try CompilerFixture.compile(text, plan).kernels
    return plan.loadingKernels.map { plan.kernels[$0].name }
  }

  /// Protects who loads: the kernels that read the input up to the first that always runs, whatever
  /// the first layer is; nobody where each kernel stands for itself or only the loss reads the
  /// input.
  @Test func whoLoads() throws {
    let names = try Self.first.map { try Self.loading(Self.text($0)) }
    #expect(
      names == [
        ["conv1_forward"], ["dense1_forward"], ["batchnorm1_statistics", "batchnorm1_forward"],
        ["avgpool1_forward"], ["relu1_forward"],
      ])
    #expect(try Self.loading(Self.text(Self.first[0]), PlanOptions(fuses: false)).isEmpty)
    #expect(try Self.loading(Self.text(Self.first[0]), .inspection()).isEmpty)
    let bare = """
      model bare {
        input x: [4]
        target y: [4]
        loss linear_regression(x, y)
      }
      """
    #expect(try Self.loading(bare).isEmpty)
  }

  /// Protects that each block is loaded once, whole, before anything reads it: the same bits with
  /// as many threads as find themselves waiting, with tasks in the opposite order, and where the
  /// load is a kernel of its own, because the host measures or provides no wait.
  @Test(arguments: first)
  func everyOrder(_ layers: String) throws {
    let text = Self.text(layers)
    let plugin = try CompilerFixture.plugin(text)
    let sample = Sample(try CompilerFixture.compile(text).model, count: 43, seed: 21)
    func bits(_ harness: PluginHarness) -> [[UInt8]] {
      harness.learned = start
      harness.poisonScratch()
      #expect(harness.train(sample, rate: 0.1).status == 0)
      return harness.bits
    }
    let plain = try PluginHarness(plugin, seed: 22)
    let start = plain.learned
    let expected = bits(plain)
    let reversed = try PluginHarness(plugin)
    reversed.reverseTasks()
    #expect(bits(reversed) == expected)
    let clock = KernelClock(kernels: plugin.description.kernels.count)
    let measured = try PluginHarness(plugin, threads: 2, clock: clock)
    #expect(bits(measured) == expected)
    let crowd = try PluginHarness(plugin, threads: 8)
    for _ in 0..<20 { #expect(bits(crowd) == expected) }
    crowd.provideNoWait()
    for _ in 0..<5 { #expect(bits(crowd) == expected) }
  }

  /// Protects names that are C's own: the load of an input `atomic` would be a macro of
  /// stdatomic.h.
  @Test func namesOfC() throws {
    let text = Self.text(Self.first[1]).replacing("image", with: "atomic")
    let sample = Sample(try CompilerFixture.compile(text).model, count: 3, seed: 25)
    #expect(
      try PluginHarness(CompilerFixture.plugin(text), seed: 26).train(sample, rate: 0.1).status == 0
    )
  }

  /// Protects the rows that the load stores for dense layers: two layers that read the input share
  /// them, and what each moves is the gradient that `bnc step` shows.
  @Test(arguments: [Precision.double, .float])
  func sharedRows(_ precision: Precision) throws {
    let text = """
      model rows {
        input x: [37]
        target y: class(5)
        a = x | dense(9) | relu
        b = x | dense(9) | relu
        logits = a + b | dense(5)
        loss softmax_cross_entropy(logits, y)
      }
      training { batch 19 }
      """
    let plan = PlanOptions.training(precision, fuses: true)
    let kernels = try CompilerFixture.compile(text, plan).kernels
    let rows = kernels.buffers.map(\.name).filter { $0.hasSuffix("_rows") }
    #expect(Set(rows) == ["x_rows", "dense3_rows"])
    let open = try PluginHarness(CompilerFixture.plugin(text, .inspection()), seed: 23)
    let sample = Sample(try CompilerFixture.compile(text).model, count: 18, seed: 24)
    #expect(open.gradient(sample).status == 0)
    let harness = try PluginHarness(CompilerFixture.plugin(text, plan), threads: 2)
    harness.learned = open.learned
    harness.poisonScratch()
    #expect(harness.train(sample, rate: 64).status == 0)
    for name in open.parameterNames {
      let moved = zip(open[name], harness[name]).map { ($0 - $1) / 64 }
      expectClose(
        moved, try open.gradient(of: name), within: precision == .double ? 1e-10 : 1e-4, name)
    }
  }
}
