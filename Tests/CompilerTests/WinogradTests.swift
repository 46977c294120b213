import IR
import Lowering
import Operators
import Testing
import Verification

extension Case {
  /// Images whose rows and columns do not fill tiles, paddings of all sides, what follows a
  /// convolution forward (statistics, activations whose sums are kept or not) and backward (slopes);
  /// what reads the result of a convolution while it is a part of another value.
  static let winograd = [
    Case(
      "winograd_edges", input: "[3, 9, 12]", batch: 11,
      """
      a = x | conv(5, kernel: 3, padding: 1) | batchnorm | relu | conv(7, kernel: 3) | gelu
        | slice(channels, start: 2) | conv(6, kernel: 3, padding: 2, bias: false) | batchnorm | tanh
      y = a | conv(4, kernel: 3, padding: [0, 2, 1, 0]) | leaky_relu | maxpool(2) | flatten
      """),
    Case(
      "winograd_small", input: "[2, 3, 4]", batch: 5,
      """
      a = x | conv(3, kernel: 3, padding: 2) | batchnorm | conv(17, kernel: 3, padding: 1) | relu
      b = a | conv(2, kernel: 3, padding: 1) | silu
      y = concat(b, a) | conv(1, kernel: 3, padding: 1) | sigmoid | flatten
      """),
    Case(
      "winograd_bands", input: "[4, 32, 16]", batch: 9,
      """
      y = x | conv(9, kernel: 3, padding: 1) | batchnorm | relu
        | conv(4, kernel: 3, padding: [1, 2, 1, 1]) | batchnorm | avgpool(8) | flatten
      """),
  ]
}

extension PlanOptions {
  /// A step that trains by Winograd's products wherever there are such, of tiles of 2 x 2 or 4 x 4.
  static func winograd(
    _ precision: Precision, _ target: TargetMachine, side: Int, cache: Int = 512 * 1024
  ) -> PlanOptions {
    var plan = PlanOptions.cache(cache, precision, target: target)
    plan.products = side == 2 ? .tilesOf2 : .tilesOf4
    return plan
  }
}

/// Convolutions by Winograd's products: fewer than the formula has, of transformed numbers.
@Suite struct WinogradTests {
  /// Protects all transforms, of all three passes, at every edge, on every machine, with strips of one group and of
  /// many: a step moves what the formula's own sums say, in double and in float.
  @Test(arguments: Case.winograd, WinogradGeometry.sides)
  func movesAlongTheGradients(_ example: Case, _ side: Int) throws {
    for precision in [Precision.double, .float] {
      try expectMoves(example, side, precision)
    }
  }

  private func expectMoves(_ example: Case, _ side: Int, _ precision: Precision) throws {
    let step = try InspectedStep(example.text, without: 1, seed: 5)
    // Of float, which clang optimizes, the largest strips; of double, whose C is the same but for the
    // type, all targets with the smallest, and one with large ones.
    let plans =
      precision == .float
      ? [PlanOptions.winograd(.float, .native, side: side)]
      : Targets.runnable.map { .winograd(.double, $0, side: side, cache: 1024) }
        + [.winograd(.double, .native, side: side)]
    for plan in plans {
      let kernels = try CompilerFixture.kernels(example.text, plan).kernels
      #expect(kernels.contains { $0.spec is WinogradConvolution && $0.phase == .forward })
      #expect(kernels.contains { $0.spec is WinogradConvolution && $0.phase == .backward })
      #expect(kernels.contains { $0.spec is WinogradWeightGradient })
      try step.expectMoves(
        PluginHarness(CompilerFixture.plugin(example.text, plan)), rate: 1024, precision,
        "\(plan.target.name), cache of \(plan.target.cacheBytes)")
    }
  }

  /// Protects repeatability: the bits do not depend on the threads, nor on what the planes held.
  @Test(arguments: Case.winograd, WinogradGeometry.sides)
  func sameBits(_ example: Case, _ side: Int) throws {
    try expectSameBits(example.text, .winograd(.float, .native, side: side))
  }

  /// Protects the choice: by the machine's vectors, and never where a step is looked at, where its
  /// numbers are double, or where the model or the command line want every product.
  @Test func areChosenWhereTheyPay() throws {
    func count(
      channels: Int, size: Int = 16, batch: Int = 32, with argument: String = "",
      _ plan: PlanOptions
    ) throws -> [Int] {
      let text = Case(
        "choice", input: "[\(channels), \(size), \(size)]", batch: batch,
        "y = x | conv(\(channels), kernel: 3, padding: 1\(argument)) | global_avgpool | flatten"
      ).text
      let kernels = try CompilerFixture.kernels(text, plan).kernels
      return [
        kernels.count { $0.spec is WinogradConvolution },
        kernels.count { $0.spec is WinogradWeightGradient },
      ]
    }
    func plan(_ target: TargetMachine, _ products: PlanOptions.Products = .fast) -> PlanOptions {
      PlanOptions(target: target, products: products)
    }
    #expect(try count(channels: 3, plan(.x86_64_v3)) == [0, 0])
    #expect(try count(channels: 32, plan(.x86_64_v3)) == [1, 1])
    #expect(try count(channels: 4, plan(.x86_64_v4)) == [0, 0])
    #expect(try count(channels: 16, size: 32, batch: 64, plan(.x86_64_v4)) == [1, 1])
    #expect(try count(channels: 64, plan(.x86_64_v4)) == [1, 1])
    var half = plan(.x86_64_v4)
    half.target.cacheBytes = 512 << 10
    #expect(
      try count(channels: 16, size: 32, half) == [0, 0],
      "planes and image do not fit beside each other")
    // Where the image is small, most taps lie outside, and a batch of 8 has its weight to bring.
    #expect(try count(channels: 64, size: 4, plan(.x86_64_v3)) == [1, 0])
    #expect(try count(channels: 64, size: 2, batch: 8, plan(.x86_64_v3)) == [0, 0])
    #expect(try count(channels: 64, plan(.x86_64_v3, .exact)) == [0, 0])
    var small = plan(.x86_64_v3)
    small.memory = .least
    #expect(try count(channels: 64, small) == [0, 0])
    // Whose weight would not have room for its products.
    #expect(try count(channels: 8192, size: 8, batch: 8, plan(.x86_64_v3)) == [0, 0])
    #expect(try count(channels: 64, with: ", exact: true", plan(.x86_64_v3)) == [0, 0])
    #expect(try count(channels: 64, PlanOptions(precision: .double)) == [0, 0])
    #expect(try count(channels: 64, PlanOptions(purpose: .inspection)) == [0, 0])
    #expect(try count(channels: 64, with: ", stride: 2", plan(.x86_64_v3)) == [0, 0])
    #expect(try count(channels: 64, with: ", groups: 2", plan(.x86_64_v3)) == [0, 0])
  }

  /// Protects what is said of rounding: of sums of 1152 products none is off by more than ten times
  /// what the worst of the same sums is that take them one by one in float.
  @Test func rounding() throws {
    let text = Case(
      "rounding", input: "[128, 8, 8]", batch: 8,
      "y = x | conv(32, kernel: 3, padding: 1) | flatten"
    ).text
    let sample = try Sample(CompilerFixture.compile(text).model, count: 8, seed: 3)
    try expectRounding(text) { $0.evaluate(sample).outputs }
  }

  /// Protects the same of a weight's gradient, whose sums go over all the tiles of a batch: of where
  /// it moves a weight.
  @Test func roundingOfGradients() throws {
    let text = Case(
      "rounding_of_gradients", input: "[16, 24, 24]", batch: 32,
      "y = x | conv(16, kernel: 3, padding: 1) | flatten"
    ).text
    let sample = try Sample(CompilerFixture.compile(text).model, count: 32, seed: 3)
    try expectRounding(text) { harness in
      #expect(harness.train(sample, rate: 1).status == 0)
      return harness.learned.sorted { $0.key < $1.key }.flatMap(\.value)
    }
  }

  /// Holds what `result` makes of a network in float against the same in double: by Winograd's products
  /// its largest error is at most ten times that of the sums themselves.
  private func expectRounding(_ text: String, of result: (PluginHarness) -> [Double]) throws {
    let exact = try PluginHarness(CompilerFixture.plugin(text, .training(.double)), seed: 4)
    let start = exact.learned
    let numbers = result(exact)
    func error(_ products: PlanOptions.Products) throws -> Double {
      var plan = PlanOptions.training(.float)
      plan.products = products
      let harness = try PluginHarness(CompilerFixture.plugin(text, plan))
      harness.learned = start
      return zip(numbers, result(harness)).map { abs($0 - $1) }.max() ?? 0
    }
    let (one, two, four) = try (error(.exact), error(.tilesOf2), error(.tilesOf4))
    #expect(two <= 10 * one && four <= 10 * one, "\(two), \(four) and \(one)")
    #expect(one > 0 && two > 0 && four > 0)
  }
}
