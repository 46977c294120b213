import IR
import Lowering
import Testing

/// Parts of values that are read where they lie.
@Suite struct ValueViewTests {
  /// The kernels of a network whose layers `text` are between the input `x` of [4, 6, 8] and the logits.
  private func kernels(_ text: String, _ purpose: PlanOptions.Purpose) throws -> [String] {
    let model = Case("views", input: "[4, 6, 8]", batch: 5, text).text
    let options = PlanOptions(target: .x86_64_v3, purpose: purpose)
    return try CompilerFixture.kernels(model, options).kernels.map(\.name)
  }

  /// Protects the speed of gated layers: what is computed number by number reads a part of an axis
  /// without a copy, forward and backward.
  @Test(arguments: [PlanOptions.Purpose.training, .evaluation])
  func partsAreReadInPlace(_ purpose: PlanOptions.Purpose) throws {
    let names = try kernels(
      """
      h = x | conv(4, kernel: 1)
      y = (h | part(1, of: [3, 5], axis: 3)) * (h | slice(3, start: 5)) | flatten
      """, purpose)
    #expect(!names.contains { $0.hasPrefix("part1_forward") || $0.hasPrefix("slice1_forward") })
    #expect(names.contains("multiply1_forward"))
  }

  /// Protects the numbers: a part is stored where not all that reads it can look for it, and where it is
  /// taken through an activation.
  @Test(arguments: [
    "y = x | slice(3, start: 1) | conv(2, kernel: 1) | flatten",
    "a = x | slice(3, start: 1)\n  b = a | conv(4, kernel: 1)\n  y = a * a + b | flatten",
    "y = x | slice(3, start: 1) | relu | multiply(2) | flatten",
    "y = x | slice(3, start: 1) | flatten",
  ])
  func othersAreStored(_ text: String) throws {
    #expect(try kernels(text, .training).contains { $0.hasPrefix("slice1_forward") })
  }
}
