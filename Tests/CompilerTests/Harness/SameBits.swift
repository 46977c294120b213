import IR
import Lowering
import Testing
import Verification

/// Holds a step of the model `text` against itself: the bits do not depend on the threads, nor on what
/// scratch held.
func expectSameBits(_ text: String, _ plan: PlanOptions) throws {
  let model = try CompilerFixture.compile(text).model
  let sample = Sample(model, count: model.training.batch - 2, seed: 7)
  let plugin = try CompilerFixture.plugin(text, plan)
  var first: [[UInt8]]?
  for (threads, fill) in [(1, UInt8(0xff)), (2, 0), (3, 0x7f)] {
    let harness = try PluginHarness(plugin, seed: 8, threads: threads)
    harness.fillScratch(fill)
    #expect(harness.train(sample, rate: 0.01).status == 0)
    #expect(harness.bits == first ?? harness.bits, "\(threads) threads")
    first = first ?? harness.bits
  }
}
