import IR
import Lowering
import Operators
import Testing

/// Which operations share a kernel.
@Suite struct FusionTests {
  /// Protects the speed of networks without batch norms: the slope of an activation between two
  /// layers is no kernel of its own, and no gradient is stored without it, whatever follows: a
  /// convolution, a dense layer, a pool, a batch norm, several readers.
  @Test(
    arguments: Library.standard.operations.filter {
      (try? $0.make(Arguments()).activation) != nil
    }.map(\.signature.keyword))
  func slopesAreFused(_ word: String) throws {
    let text = Case(
      "slopes", input: "[2, 8, 8]", batch: 5,
      """
      a = x | conv(3, kernel: 3) | \(word) | conv(3, kernel: 3) | \(word) | maxpool(2)
        | conv(3, kernel: 1) | \(word) | batchnorm
      b = a | conv(3, kernel: 1) | \(word)
      c = b | avgpool(2) | flatten
      d = b | avgpool(2) | flatten | dense(3) | \(word) | dense(3)
      e = d + c | \(word) | dense(5) | \(word) | dense(2)
      f = d + c | \(word) | dense(2)
      y = e + f
      """
    ).text
    func slopes(fuses: Bool) throws -> [String] {
      try CompilerFixture.kernels(text, PlanOptions(target: .x86_64_v3, fuses: fuses))
        .kernels.filter { kernel in
          (kernel.spec as? MapKernel)?.inputs.contains { $0.name == "dy" } ?? false
        }.map(\.name)
    }
    #expect(try slopes(fuses: true) == [])
    #expect(try slopes(fuses: false).count == 8)
  }

  /// Protects training with what reads all gradients, as clipping by their norm does: a parameter
  /// moves where its gradient is made only if nothing else reads that, and nothing reads the old
  /// parameter later.
  @Test func updatesAreFusedWhereLegal() throws {
    let model = try CompilerFixture.compile(Case.network.text, PlanOptions()).model
    func updates(_ change: (inout Graph) -> Void) throws -> [String] {
      var graph = try Graph(forwardOf: model, for: .training)
      for pass in [GraphPass.fuse, .differentiate] { try pass.run(&graph, PlanOptions()) }
      change(&graph)
      try GraphPass.fuseUpdates.run(&graph, PlanOptions())
      return graph.nodes.filter { $0.operation.label == "update" }.flatMap(\.results).map(
        graph.name)
    }
    let weight = TensorID(layer: 0, role: .weight)
    #expect(try updates { _ in } == [])
    #expect(
      try updates {
        $0.nodes.append(
          Graph.Node(Observer(), operands: [.parameterGradient(weight)], results: [.loss(0)]))
      } == ["conv1.weight'"])
    #expect(
      try updates { graph in
        let update = graph.nodes.firstIndex { $0.operation.label == "update" } ?? 0
        graph.nodes.insert(
          Graph.Node(Observer(), operands: [.parameter(weight, version: 0)], results: [.loss(0)]),
          at: update)
      } == ["conv1.weight'"])
  }

  private struct Observer: GraphOperation {
    let label = "observe"
    func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {}
  }

  /// Protects the stack: thousands of layers that could all be one kernel are several.
  @Test func longChains() throws {
    let text = """
      model chain {
        input x: [4]
        target t: [4]
        y = x | repeat 2000 { multiply(0.5) } | dense(4)
        loss linear_regression(y, t)
      }
      """
    let kernels = try CompilerFixture.kernels(text).kernels
    #expect(kernels.contains { $0.layers.count == 32 })
    #expect(kernels.allSatisfy { $0.phase != .forward || $0.layers.count <= 32 })
  }
}
