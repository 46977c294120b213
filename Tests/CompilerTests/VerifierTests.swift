import Diagnostics
import Driver
import IR
import Lowering
import Operators
import Testing

/// What each pass hands on is verified: a stage that was broken on purpose is found, and the pass
/// that broke it is named.
@Suite struct VerifierTests {
  private static let text = Case.network.text

  /// Two nodes of the graph in the wrong order, one that is missing, one that is there twice.
  @Test func graphs() throws {
    let valid = try CompilerFixture.compile(Self.text).graph
    try valid.verify()
    var swapped = valid
    swapped.nodes.swapAt(1, 2)
    #expect(throws: Failure.self) { try swapped.verify() }
    for index in valid.nodes.indices where !(valid.nodes[index].operation.label == "update") {
      var lacking = valid
      lacking.nodes.remove(at: index)
      if valid.nodes[index].results.isEmpty { continue }
      let isRead = lacking.nodes.contains { node in
        node.operands.contains { valid.nodes[index].results.contains($0) }
      }
      if isRead { #expect(throws: Failure.self, "node \(index)") { try lacking.verify() } }
    }
    var doubled = valid
    doubled.nodes.insert(valid.nodes[1], at: 2)
    #expect(throws: Failure.self) { try doubled.verify() }
  }

  /// A schedule that has no learning rate to change.
  @Test func models() throws {
    var model = try CompilerFixture.compile(Self.text).model
    try model.verify()
    model.training.optimizer = Optimizer("still", hyperparameters: [], updates: [])
    try model.verify()
    model.training.schedule = Schedule("falling", factor: 1 / Schedule.step)
    let failure = #expect(throws: Failure.self) { try model.verify() }
    #expect(failure?.what == "falling changes a learning rate, and still has none")
  }

  /// A parameter that is read after its update.
  @Test func readAfterUpdate() throws {
    let valid = try CompilerFixture.compile(Self.text).graph
    var late = valid
    let reader = try #require(late.nodes.firstIndex { $0.operation.label == "input_gradient" })
    late.nodes.append(late.nodes.remove(at: reader))
    #expect(throws: Failure.self) { try late.verify() }
  }

  /// Kernels: each one that writes what another reads cannot be left out, nor can the input
  /// gradient come after the kernel that moves the weight which it reads.
  @Test func kernels() throws {
    let valid = try CompilerFixture.compile(Self.text).kernels
    try valid.verify()
    for index in valid.kernels.indices {
      var lacking = valid
      let kernel = lacking.kernels.remove(at: index)
      // Of the two that make the moments, one runs in training and one in evaluation.
      let others = lacking.kernels.flatMap(\.effects).filter(\.writes).map(\.resource)
      let isNeeded = kernel.effects.contains { $0.writes && !others.contains($0.resource) }
      if isNeeded { #expect(throws: Failure.self, "\(kernel.name)") { try lacking.verify() } }
    }
    var late = valid
    let gradient = try #require(late.kernels.firstIndex { $0.name == "conv2_input_gradient" })
    let move = try #require(late.kernels.firstIndex { $0.name == "conv2_weight_gradient" })
    late.kernels.swapAt(gradient, move)
    let failure = try #require(refusal(of: late, after: "swap-two-kernels"))
    #expect(failure.contains("conv2.weight") && failure.contains("'swap-two-kernels'"))
  }

  /// A write that a kernel does not state, a name that occurs twice, a statistic that nobody moves.
  @Test func effects() throws {
    let valid = try CompilerFixture.compile(Self.text).kernels
    let convolution = try #require(valid.kernels.firstIndex { $0.name == "conv1_forward" })
    var silent = valid
    silent.kernels[convolution].effects.removeAll(where: \.writes)
    #expect(
      try #require(refusal(of: silent, after: "drop-a-write")).contains("'drop-a-write'"))
    var stateless = valid
    let update = try #require(valid.kernels.firstIndex { $0.name == "conv2_weight_gradient" })
    stateless.kernels[update].effects.removeAll {
      if case .slots = $0.resource { true } else { false }
    }
    #expect(try #require(refusal(of: stateless, after: "forget")).contains("slots of conv2.weight"))
    var open = try CompilerFixture.compile(Self.text, .inspection()).kernels
    try open.verify()
    open.kernels.removeAll { $0.name == "conv2_weight_gradient" }
    #expect(
      try #require(refusal(of: open, after: "forget")).contains("the gradient of conv2.weight"))
    var twice = valid
    twice.kernels[convolution].name = "conv2_forward"
    #expect(throws: Failure.self) { try twice.verify() }
    var still = valid
    still.kernels.removeAll { $0.name == "batchnorm1_running_move" }
    #expect(throws: Failure.self) { try still.verify() }
  }

  /// Every two buffers that live at one time: laid over each other they are found, but where the
  /// plan itself lets one take the other's place.
  @Test func memory() throws {
    let compilation = try CompilerFixture.compile(Self.text)
    let kernels = compilation.kernels
    try PlacedPlan(kernels: kernels, memory: compilation.memory).verify()
    var found = 0
    for first in kernels.buffers.indices {
      for second in 0..<first {
        let (a, b) = (compilation.memory.places[first], compilation.memory.places[second])
        guard a.life.overlaps(b.life), a.offset != b.offset else { continue }
        var memory = compilation.memory
        memory.places[first].offset = b.offset
        memory.size = max(memory.size, b.offset + a.size)
        let names = "\(kernels.buffers[first].name), \(kernels.buffers[second].name)"
        let broken = PlacedPlan(kernels: kernels, memory: memory)
        let replaces = kernels.kernels.contains {
          $0.replaces == BufferID(index: second) && $0.writes.contains(BufferID(index: first))
        }
        if !replaces {
          #expect(
            refusal(of: broken, after: "overlap-two-lives")?.contains("'overlap-two-lives'")
              == true,
            "\(names)")
          found += 1
        }
      }
    }
    #expect(found > 100)
    var small = compilation.memory
    small.places[0].size /= 2
    #expect(throws: Failure.self) { try PlacedPlan(kernels: kernels, memory: small).verify() }
  }

  /// What the pass manager says of `stage`, had a pass handed it on; nil where nothing is wrong.
  private func refusal(of stage: some Stage, after pass: String) -> String? {
    var passes = PassManager()
    do {
      _ = try passes.run(pass) { () throws(Failure) in stage }
      return nil
    } catch {
      return error.what
    }
  }

  /// The failure names the pass that handed on the broken stage.
  @Test func namesThePass() throws {
    let graph = try CompilerFixture.compile(Self.text).graph
    var passes = PassManager()
    let failure = #expect(throws: Failure.self) {
      _ = try passes.run("forget-a-node") { () throws(Failure) in
        var broken = graph
        broken.nodes.remove(at: 1)
        return broken
      }
    }
    #expect(failure?.what.contains("forget-a-node") == true)
  }
}
