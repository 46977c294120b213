import Diagnostics
import Driver
import Lowering
import Testing

/// Protects the C that people read: what bnc writes for the example models is committed, so that a
/// change to a template or a pass shows as a difference in C, to be read before it lands.
@Suite struct GeneratedTests {
  @Test(arguments: ExampleModels.all.map(\.name))
  func theCommittedCIsWhatBncWritesNow(name: String) throws {
    let compilation = try compile(name)
    let plugin = compilation.plugin
    let trainer = try #require(plugin.trainer)
    for text in [plugin.network, plugin.header, plugin.host, trainer.header, trainer.source] {
      let wide = text.split(separator: "\n").first { $0.utf8.count > 100 }
      #expect(wide == nil, "wider than a page of 100 columns")
    }
    try Golden.expect(plugin.network, at: "Generated/\(name)/\(name).c")
    try Golden.expect(plugin.header, at: "Generated/\(name)/\(name).h")
    try Golden.expect(plugin.host, at: "Generated/\(name)/\(name)_main.c")
    try Golden.expect(trainer.header, at: "Generated/\(name)/\(name)_trainer.h")
    try Golden.expect(trainer.source, at: "Generated/\(name)/\(name)_trainer.c")
  }

  /// Protects `bnc compile --emit training|kernels|memory`, and shows what a change to a pass does.
  @Test func theLaterStagesPrintWhatTheyDid() throws {
    let compilation = try compile("mnist_cnn")
    let folder = "Tests/GoldenTests/Cases/mnist_cnn"
    try Golden.expect(compilation.graph.text, at: "\(folder)/training.txt")
    try Golden.expect(compilation.kernels.text, at: "\(folder)/kernels.txt")
    try Golden.expect(
      compilation.memory.text(of: compilation.kernels), at: "\(folder)/memory.txt")
  }

  /// Protects the C of an inference likewise, for the reference network.
  @Test func theCOfAnInference() throws {
    let compilation = try compile("mnist_cnn", PlanOptions(purpose: .inference))
    try Golden.expect(
      compilation.plugin.network, at: "Tests/GoldenTests/Cases/mnist_cnn/inference.c")
  }

  /// Protects the C of an evaluation likewise.
  @Test func theCOfAnEvaluation() throws {
    let compilation = try compile("mnist_cnn", PlanOptions(purpose: .evaluation))
    try Golden.expect(
      compilation.plugin.network, at: "Tests/GoldenTests/Cases/mnist_cnn/evaluation.c")
  }

  /// Protects that output does not depend on a dictionary's order, which differs from run to run.
  @Test func twoCompilationsAgreeByteForByte() throws {
    #expect(try compile("mnist_cnn").plugin == compile("mnist_cnn").plugin)
  }

  private func compile(
    _ name: String, _ plan: PlanOptions = PlanOptions()
  ) throws -> Compilation {
    let model = try #require(ExampleModels.all.first { $0.name == name })
    return try Compiler.compile(
      SourceFile(name: "Sources/ExampleModels/\(name).bn", text: model.text),
      CompileOptions(plan: plan))
  }
}
