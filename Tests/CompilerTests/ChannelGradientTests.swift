import IR
import Lowering
import Operators
import Testing
import Verification

extension Case {
  /// Windows of all kinds over images that they do not fill evenly; output channels that fill vectors or
  /// leave some lanes idle.
  static let channelGradients = [
    Case(
      "channel_gradient_strides", input: "[6, 9, 13]", batch: 11,
      """
      y = x | conv(16, kernel: 3, stride: 2, padding: 1) | batchnorm | relu
        | conv(31, kernel: 1) | gelu | slice(channels, start: 5) | conv(14, kernel: [2, 3], stride: [1, 2], bias: false)
        | batchnorm | tanh | flatten
      """),
    Case(
      "channel_gradient_windows", input: "[5, 8, 7]", batch: 10,
      """
      y = x | conv(15, kernel: 5, padding: [4, 1, 0, 3]) | leaky_relu
        | conv(8, kernel: [3, 2], dilation: [2, 3], padding: 2) | silu
        | conv(30, kernel: [1, 7], padding: [0, 0, 3, 3]) | maxpool(2) | flatten
      """),
    Case(
      "channel_gradient_small", input: "[40, 2, 1]", batch: 5,
      "y = x | conv(16, kernel: 3, padding: 1) | relu | conv(32, kernel: [2, 1]) | flatten"),
  ]
}

extension PlanOptions {
  /// A step that trains with weight gradients that have channels in the lanes wherever they can.
  static func channelGradients(_ precision: Precision, _ target: TargetMachine) -> PlanOptions {
    var plan = PlanOptions.training(precision, target: target)
    plan.products = .channelGradients
    return plan
  }
}

/// Weight gradients of convolutions with output channels in the lanes.
@Suite struct ChannelGradientTests {
  /// Protects every window at every edge, on every machine, in bands of one row and of several, with
  /// lanes without an example and without a channel: a step moves what the formula's own sums say.
  @Test(arguments: Case.channelGradients)
  func movesAlongTheGradients(_ example: Case) throws {
    for precision in [Precision.double, .float] {
      let step = try InspectedStep(example.text, without: 1, seed: 5)
      let targets = precision == .float ? Targets.runnable.suffix(1) : Targets.runnable[...]
      for target in targets {
        let plan = PlanOptions.channelGradients(precision, target)
        let kernels = try CompilerFixture.kernels(example.text, plan).kernels
        #expect(!kernels.contains { $0.spec is ConvolutionWeightGradient })
        try step.expectMoves(
          PluginHarness(CompilerFixture.plugin(example.text, plan)), rate: 1024, precision,
          target.name)
      }
    }
  }

  /// Protects repeatability: the bits do not depend on the threads, nor on what memory held.
  @Test func sameBits() throws {
    try expectSameBits(Case.channelGradients[0].text, .channelGradients(.float, .native))
  }

  /// Protects the choice: where output channels fill vectors and sums are many, and more of it where
  /// x and dy are far from the cache; never where memory is given or a step is looked at.
  @Test func isChosenWhereItPays() throws {
    func isChosen(
      _ layer: String, channels: Int = 32, size: Int = 16, _ plan: PlanOptions
    ) throws -> Bool {
      let text = Case(
        "choice", input: "[\(channels), \(size), \(size)]", batch: 64,
        "y = x | \(layer) | global_avgpool | flatten"
      ).text
      return try CompilerFixture.kernels(text, plan).kernels.contains {
        $0.spec is ChannelGradientSums
      }
    }
    let plan = PlanOptions(target: .x86_64_v4)
    #expect(try isChosen("conv(32, kernel: 3, stride: 2)", plan))
    #expect(try !isChosen("conv(18, kernel: 3, stride: 2)", plan), "14 of 32 lanes would be idle")
    #expect(try isChosen("conv(64, kernel: 1)", size: 32, plan))
    #expect(try !isChosen("conv(64, kernel: 1)", size: 2, plan), "four sums for each of the ends")
    #expect(try !isChosen("conv(32, kernel: 3, stride: 2, groups: 2)", plan))
    #expect(
      try !isChosen("conv(32, kernel: [1, 25], stride: 2)", size: 32, plan), "taps fill no tile")
    var small = plan
    small.target.cacheBytes = 8192
    #expect(try !isChosen("conv(32, kernel: 3, stride: 2)", small), "no room to transpose dy")
    small = plan
    small.memory = .least
    #expect(try !isChosen("conv(32, kernel: 3, stride: 2)", small))
    #expect(
      try !isChosen("conv(32, kernel: 3, stride: 2)", channels: 4096, plan),
      "shares of 9 MB of sums")
    #expect(try isChosen("conv(32, kernel: 1)", size: 64, plan))
    #expect(try !isChosen("conv(32, kernel: 1)", size: 65, plan), "a row of more than 1024 numbers")
    let inspected = PlanOptions(target: .x86_64_v4, purpose: .inspection)
    #expect(try !isChosen("conv(32, kernel: 3, stride: 2)", inspected))
  }
}
