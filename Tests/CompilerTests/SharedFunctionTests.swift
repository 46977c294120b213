import CodeGeneration
import IR
import Lowering
import Testing

/// Functions of the C that kernels share: those of repeated layers are compiled once.
@Suite struct SharedFunctionTests {
  private static func text(_ layers: String) -> String {
    Case("shared", input: "[4, 8, 8]", batch: 8, "y = x | \(layers) | flatten").text
  }

  private func code(_ layers: String, _ plan: PlanOptions = PlanOptions()) throws -> String {
    try CompilerFixture.compile(Self.text(layers), plan).plugin.network
  }

  /// How often `part` is in `text`.
  private func count(_ part: String, in text: String) -> Int { text.ranges(of: part).count }

  /// Protects the time that a compiler takes for repeated blocks: layers of the same sizes call one
  /// function, and those of other sizes, or with another activation, do not.
  @Test(arguments: [PlanOptions.Purpose.training, .evaluation, .inference])
  func ofRepeatedLayers(_ purpose: PlanOptions.Purpose) throws {
    var plan = PlanOptions(purpose: purpose)
    plan.products = .exact
    let layer = "conv(4, kernel: 3, padding: 1) | relu"
    func functions(_ layers: [String]) throws -> Int {
      try count(" for the sizes of conv", in: code(layers.joined(separator: " | "), plan))
    }
    #expect(try functions([layer]) == 0)
    #expect(try functions([layer, "conv(5, kernel: 3, padding: 1) | relu"]) == 0)
    let other = "conv(4, kernel: 3, padding: 1) | tanh"
    let several = try functions([layer, layer, layer])
    #expect(several > 0)
    #expect(try functions([layer, layer, layer, layer]) == several)
    // But for the activation the sizes are the same, and so are gradients.
    #expect(try functions([layer, layer, other]) <= several)
    if purpose == .training { #expect(try functions([layer, layer, other]) > 0) }
    #expect(try functions([layer, other]) < several)
  }

  /// Protects from saying sizes twice: layers that have the same name one struct.
  @Test func namesSizesOnce() throws {
    let text = try code(
      "conv(4, kernel: 3, padding: 1) | conv(4, kernel: 3, padding: 1) "
        + "| conv(4, kernel: 1) | conv(4, kernel: 1)")
    #expect(count("static const struct convolution g_", in: text) == 2)
    #expect(text.contains("g_conv3 = {") && !text.contains("g_conv4 = {"))
  }

  /// Protects the reading of our own declarations.
  @Test func parameters() throws {
    let text = """
      // f(x) of other things.
      static ALWAYS_INLINE void f(const struct step *s, int task,
          const struct pieces rows, const vec *x, real (*partial)[3], const int sizes[2]) {
        g(x);
      }
      """
    let found = try #require(CParameter.all(of: "f", in: text))
    #expect(found.map(\.name) == ["s", "task", "rows", "x", "partial", "sizes"])
    #expect(
      found.map(\.declaration) == [
        "const struct step *s", "int task", "const struct pieces rows", "const vec *x",
        "real (*partial)[3]", "const int sizes[2]",
      ])
    #expect(CParameter.all(of: "h", in: text) == nil)
    #expect(CParameter.all(of: "f", in: "static void f(int x") == nil)
  }
}
