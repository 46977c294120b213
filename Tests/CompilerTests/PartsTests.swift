import Diagnostics
import IR
import Lowering
import PluginABI
import Testing
import Verification

/// Values that lie where others need them. That the numbers are right, the cases named `parts` show
/// in all tests of operators.
@Suite struct PartsTests {
  private static let text = Case(
    "parts", input: "[2, 6, 6]", batch: 11,
    """
    a = x | conv(3, kernel: 3, padding: 1) as first | batchnorm | relu
    b = a | maxpool(3, stride: 1, padding: 1) | conv(5, kernel: 1) as second
    c = concat(a, b) as joined
    d = c | slice(channels, start: 1, end: 7) as cut | sigmoid
    y = concat(c, d) | avgpool(2) | flatten | dense(3)
    """
  ).text

  private static func plan(_ options: PlanOptions = .training(.float)) throws -> KernelPlan {
    try CompilerFixture.kernels(text, options)
  }

  /// Protects memory traffic: what a concat joins is written into its result, what a slice takes is
  /// read where it lies, through several of them. Nothing is copied in training; where kernels are
  /// not fused, and where every value is to be seen, all are.
  @Test func nothingIsCopied() throws {
    func copies(_ plan: KernelPlan) -> [String] {
      plan.kernels.filter { $0.spec.copies != nil && $0.phase.isForward }.map(\.name)
    }
    let plan = try Self.plan()
    #expect(copies(plan) == [])
    let parts = plan.buffers.filter { $0.part?.role == .fills }.map(\.name)
    #expect(parts == ["relu1_output", "second_output", "joined_output", "sigmoid1_output"])
    #expect(plan.buffers.first { $0.name == "cut_output" }?.part?.role == .views)
    // 1 of concat(a, b)'s 8, which are the first of 14.
    let cut = try #require(plan.buffers.firstIndex { $0.name == "cut_output" })
    #expect(plan.whole(of: BufferID(index: cut)).start == 36 * plan.lanes)
    #expect(plan.others(of: BufferID(index: cut)) == (14 - 6) * 36)
    let all = ["joined_forward", "cut_forward", "concat2_forward"]
    #expect(copies(try Self.plan(PlanOptions(fuses: false))) == all)
    #expect(copies(try Self.plan(.inspection(.float))) == all)
  }

  /// Protects the same of parts of channels that layers with weights read: their weights' gradients know
  /// how far a part's blocks lie apart.
  @Test func nothingIsCopiedToLearnFrom() throws {
    let example = try #require(Case.operators.first { $0.name == "parts_learned_from" })
    for options in [PlanOptions.training(.float), PlanOptions(purpose: .evaluation)] {
      let plan = try CompilerFixture.kernels(example.text, options)
      let names = plan.kernels.filter(\.phase.isForward).map(\.name)
      #expect(!names.contains { $0.hasPrefix("slice") || $0.hasPrefix("part") }, "\(names)")
      let parts = plan.buffers.filter { $0.part?.role == .views }.map(\.name)
        .filter { !$0.hasSuffix("gradient") }
      #expect(
        parts == [
          "part1_output", "slice1_output", "slice2_output", "slice3_output", "part2_output",
        ])
    }
  }

  /// Protects the same where one example has channels in the lanes, whose parts are channels, rows or
  /// columns: of whatever makes and reads them, as far as vectors begin at whole vectors. What is read
  /// otherwise is copied.
  @Test func nothingIsCopiedOfOneExample() throws {
    func copies(_ name: String, fuses: Bool = true) throws -> [String] {
      let example = try #require(Case.inChannels.first { $0.name == name })
      let options = PlanOptions.inference(.float, target: .x86_64_v4, fuses: fuses)
      return try CompilerFixture.kernels(example.text, options).kernels.map(\.name)
        .filter { $0.hasPrefix("concat") || $0.hasPrefix("slice") }
    }
    // A slice of rows and columns has to be brought into a concat.
    #expect(try copies("parts_made_in_channels") == ["slice2_forward"])
    #expect(try copies("parts_made_in_channels", fuses: false).count == 7)
    // Two that go through an activation, which is applied on the way; columns that layer_norm and a pad
    // with other channels read, and channels that flatten does; channels that begin within a vector; and
    // two that others read too.
    #expect(
      try copies("parts_read_in_channels") == [
        "slice19_forward", "slice21_forward", "slice27_forward", "slice37_forward",
        "slice37_to_lanes", "slice42_forward", "slice56_forward", "slice58_forward",
        "slice60_forward",
      ])
  }

  /// Protects the gradient of a value that is split: what its parts contribute is written side by side,
  /// with no sum of gradients that are 0 but for a part, and no copy; what overlaps is added up.
  @Test func splitsHaveOneGradient() throws {
    func backward(_ second: String) throws -> [String] {
      let example = Case(
        "split", input: "[2, 6, 6]", batch: 5,
        """
        a = x | conv(5, kernel: 3, padding: 1) as first | batchnorm
        b = a | slice(channels, end: 3) as left | conv(3, kernel: 1)
        c = a | slice(channels, \(second)) as right | conv(3, kernel: 1)
        y = b + c | flatten
        """)
      return try CompilerFixture.kernels(example.text, .training(.float)).kernels.map(\.name)
        .filter { $0.hasPrefix("left_b") || $0.hasPrefix("right_b") || $0.contains("gradient_sum") }
    }
    #expect(try backward("start: 3") == [])
    #expect(try backward("start: 4") == ["right_backward"])
    #expect(
      try backward("start: 2")
        == ["right_backward", "left_backward", "batchnorm1_gradient_sum"])
  }

  /// Protects results: a value stays whole where a kernel takes it for that, where it is an output or
  /// what a loss reads, and where a concat has it twice. The rest of a concat is a part all the same.
  @Test func whatStaysWhole() throws {
    func parts(_ statements: String) throws -> [String] {
      let example = Case("whole", input: "[2, 6, 6]", batch: 5, statements)
      return try CompilerFixture.kernels(example.text, .training(.float)).buffers
        .filter { $0.part?.role == .fills }.map(\.name)
    }
    let tail = "| flatten | dense(2)"
    // The weight gradient of the second convolution sums over all blocks, and knows how far these lie
    // apart. A dense layer makes several in one task, as if they followed each other.
    #expect(
      try parts(
        """
        a = x | conv(3, kernel: 1) as first | relu
        b = a | conv(3, kernel: 1) as second | tanh
        y = concat(a, b) \(tail)
        """) == ["relu1_output", "tanh1_output"])
    #expect(
      try parts(
        """
        a = x | flatten | dense(3) | relu
        b = a | tanh
        y = concat(a, b) | dense(2)
        """) == ["tanh1_output"])
    #expect(
      try parts(
        """
        a = x | conv(3, kernel: 1) | relu
        b = x | sigmoid
        y = concat(a, b, a) \(tail)
        """) == ["sigmoid1_output"])
    // Along another axis the numbers of a part do not follow each other.
    #expect(
      try parts(
        """
        a = x | conv(2, kernel: 1) | relu
        b = a | tanh
        y = concat(a, b, axis: 2) \(tail)
        """) == [])
    // The host's rows are turned where they lie.
    #expect(
      try parts(
        """
        a = x | tanh
        y = concat(x, a) \(tail)
        """) == ["tanh1_output"])
  }

  /// Protects the search for the layer whose result is not finite: of the parts of one value it
  /// finds the one that broke.
  @Test(arguments: ["first.weight", "second.weight"])
  func notFinite(_ tensor: String) throws {
    let harness = try PluginHarness(
      CompilerFixture.plugin(Self.text, .training(.float)), seed: 11, threads: 2)
    let sample = Sample(try CompilerFixture.compile(Self.text).model, count: 11, seed: 12)
    var values = harness[tensor]
    values[0] = .nan
    harness[tensor] = values
    for count in [11, 4] {
      harness.poisonScratch()
      let found = harness.train(sample, rate: 1, count: count)
      #expect(found.status == BNC_NOT_FINITE)
      #expect(found.layer == String(tensor.dropLast(7)))
    }
  }

  /// Protects from parts that are none: each broken on purpose is found.
  @Test func verifier() throws {
    let valid = try Self.plan()
    try valid.verify()
    func fails(_ change: (inout KernelPlan) throws -> Void) throws -> String? {
      var broken = valid
      try change(&broken)
      return #expect(throws: Failure.self) { try broken.verify() }?.what
    }
    func index(_ name: String) throws -> Int {
      try #require(valid.buffers.firstIndex { $0.name == name })
    }
    let (first, second) = (try index("relu1_output"), try index("second_output"))
    #expect(
      try fails { $0.buffers[second].part?.start = 2 * 36 * valid.lanes }
        == "second_output and relu1_output share a place")
    #expect(
      try fails { $0.buffers[second].part?.start = 4 * 36 * valid.lanes }
        == "second_output lies outside of joined_output")
    // A part that nobody writes, although the others are there.
    let writer = try #require(
      valid.kernels.firstIndex { $0.writes.contains(BufferID(index: second)) })
    #expect(try fails { $0.kernels.remove(at: writer) }?.contains("before it is written") == true)
    let reader = try #require(
      valid.kernels.firstIndex { $0.reads.contains(BufferID(index: first)) })
    #expect(
      try fails { $0.kernels[reader].tasks = .fixed(3) }?.contains("a part, for a whole") == true)
    // And its place in memory.
    var memory = MemoryPlan(placing: valid)
    try PlacedPlan(kernels: valid, memory: memory).verify()
    memory.places[second].offset += 64
    #expect(throws: Failure.self) { try PlacedPlan(kernels: valid, memory: memory).verify() }
  }
}
