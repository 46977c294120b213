import Foundation
import Runner
import Testing
import Verification

/// Weights that PyTorch saved: Tests/References/Data/state_dict.safetensors, which
/// `python3 Tests/References/make_state_dict.py` writes.
@Suite struct StateDictTests {
  private static let data = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("References/Data").path

  /// Protects who comes from PyTorch: a state_dict is loaded as it is, all of it, and the network
  /// gives PyTorch's logits.
  @Test func givesTheSameLogits() throws {
    let text = try String(contentsOfFile: Self.data + "/state_dict.bn", encoding: .utf8)
    let outputs = try SafeTensors(Self.data + "/state_dict_outputs.safetensors")
    let inputs = try #require(try outputs.tensor("x")).values
    let harness = try PluginHarness(CompilerFixture.plugin(text, .training(.float)), seed: 3)
    let path = Self.data + "/state_dict.safetensors"
    #expect(
      try harness.network.loadWeights(from: path, .exact).notes == [
        "\(path): ignored num_batches_tracked of 3 batch norms, which matters only without a momentum"
      ])
    let found = harness.evaluate(Sample(inputs: inputs, labels: [0, 1, 2, 0, 1]))
    #expect(found.status == 0)
    expectClose(
      found.outputs, try #require(try outputs.tensor("logits")).values, within: 1e-5, "logits")
  }
}
