import IR
import Lowering
import Testing

/// The training plan of operators that work within each example.
@Suite struct WithinExampleTests {
  /// Protects what a step moves, as `PlanTests` does of the others.
  @Test(arguments: Case.withinExamples, [Precision.double, .float])
  func movesAlongTheGradients(_ example: Case, _ precision: Precision) throws {
    try PlanTests().movesAlongTheGradients(example, precision)
  }

  /// Protects repeatability, likewise.
  @Test(arguments: Case.withinExamples)
  func sameBits(_ example: Case) throws { try PlanTests().sameBits(example) }

  /// Protects the speed of what follows an activation: its slope is part of the kernel that makes
  /// the gradient.
  @Test(arguments: ["prelu", "prelu(slopes: channels)", "softmax", "log_softmax(axis: -1)"])
  func slopesAreFused(_ call: String) throws {
    let text = Case(
      "slopes", input: "[2, 8, 8]", batch: 5,
      "y = x | conv(4, kernel: 3) | gelu | \(call) | avgpool(6) | flatten"
    ).text
    let kernels = try CompilerFixture.kernels(text, PlanOptions(target: .x86_64_v3)).kernels
    #expect(!kernels.contains { $0.name == "gelu1_backward" })
    #expect(kernels.contains { $0.phase == .backward && $0.spec.functions.count == 1 })
  }
}
