import Lowering
import Testing

/// Which operations share a kernel.
@Suite struct FusionTests {
  /// Protects the speed of networks without batch norms: the slope of an activation between two layers is no
  /// kernel of its own, and no gradient is stored without it, whatever follows: a convolution, a dense
  /// layer, a pool, a batch norm, several readers.
  @Test(arguments: ["relu", "tanh", "gelu"])
  func slopesAreFused(_ word: String) throws {
    let text = Case(
      "slopes", input: "[2, 8, 8]", batch: 5,
      """
      a = x | conv(3, kernel: 3) | \(word) | conv(3, kernel: 3) | \(word) | maxpool(2)
        | conv(3, kernel: 1) | \(word) | batchnorm
      b = a | conv(3, kernel: 1) | \(word)
      c = b | avgpool(2) | flatten
      d = b | avgpool(2) | flatten | dense(3) | \(word) | dense(3)
      y = d + c | dense(5) | \(word)
      """
    ).text
    func slopes(fuses: Bool) throws -> [String] {
      try CompilerFixture.kernels(text, PlanOptions(target: .x86_64_v3, fuses: fuses))
        .kernels.filter { kernel in
          (kernel.spec as? MapKernel)?.inputs.contains { $0.name == "dy" } ?? false
        }.map(\.name)
    }
    #expect(try slopes(fuses: true) == [])
    #expect(try slopes(fuses: false).count == 6)
  }
}
