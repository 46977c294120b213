import Testing

@testable import Runner

/// Document 004: BCModel, two classes by one hidden layer.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct BCModelTests {
  /// Protects the model as it was meant, with either activation: it learns two half moons.
  @Test(arguments: ["bc_model", "bc_model_sigmoid"], [0, 1, 2] as [UInt64])
  func learns(name: String, seed: UInt64) throws {
    let network = try SeedNetwork(exampleModel(name), .float, inspects: false, seed: seed).network
    let description = network.plugin.description
    let data = try BuiltInData.dataset(
      format: try #require(ModelFormat(description).only), pool: ThreadPool(threads: 1))
    #expect(data.name == "points of two half moons drawn by bnc")
    var trainer = try Trainer(
      network, dataset: data,
      options: .init(
        epochs: description.epochs, learningRate: description.learningRate, seed: seed),
      stop: .never)
    var report = SilentReport()
    let epochs = try trainer.run(report: &report).epochs
    #expect(try #require(epochs.compactMap(\.test.accuracy).max()) >= 0.97)
    let evaluation = try network.evaluate(data.test, [.accuracy, .confusion])
    let confusion = try #require(evaluation.confusion)
    #expect(Double(confusion.correct) / Double(data.test.count) == evaluation.accuracy)
  }
}
