import Foundation
import Testing

@testable import Runner

/// Documents 002 and 003: the reference network on MNIST.
@Suite(
  .serialized, .enabled(if: Place.hasMNIST && Place.hasCompiler, "needs MNIST and a C compiler"))
struct MNISTTests {
  private func train(epochs: Int, seed: UInt64) throws -> [EpochResult] {
    let network = try SeedNetwork(exampleModel("mnist_cnn"), .float, inspects: false, seed: seed)
      .network
    let pool = try ThreadPool(threads: availableCores())
    let data = try Dataset.load(
      Place.mnist, format: try #require(ModelFormat(network.plugin.description).only), pool: pool)
    var trainer = try Trainer(
      network, dataset: data,
      options: .init(epochs: epochs, learningRate: 0.001, seed: seed), stop: .never)
    var report = SilentReport()
    return try trainer.run(report: &report).epochs
  }

  /// Protects document 002's epoch: loss 0.0624, 0.98817 and 0.989. The ranges are what five seeds
  /// came to, and a little more: the running statistics are those of the last ten batches or so.
  @Test func oneEpoch() throws {
    let epoch = try #require(train(epochs: 1, seed: 0).first)
    #expect((0.055...0.068).contains(epoch.loss))
    #expect(try #require(epoch.training.accuracy) > 0.978)
    #expect(try #require(epoch.test.accuracy) > 0.978)
  }

  /// Protects document 003's ten epochs, over five seeds. `BNC_UPDATE_GOLDEN=1` puts the figures
  /// into the article's table.
  @Test(.enabled(if: Place.runsLongTests, "runs for minutes: BNC_LONG_TESTS=1"))
  func tenEpochsOfFiveSeeds() throws {
    let runs = try (0..<5).map { try train(epochs: 10, seed: $0) }
    let accuracies = try runs.map { try $0.map { try #require($0.test.accuracy) } }
    let last = accuracies.reduce(0) { $0 + ($1.last ?? 0) } / 5
    #expect(last >= 0.9927)
    for run in accuracies { #expect(try #require(run.max()) >= 0.993) }
    if Article.isUpdating {
      var article = try Article()
      for (epoch, row) in try article.table("Epoch", in: "The tutorial").enumerated() {
        let mean = accuracies.reduce(0) { $0 + $1[epoch] } / 5
        let ours = [runs[0][epoch].loss, runs[0][epoch].training.accuracy ?? 0]
        var cells = row.cells
        cells[2] = String(format: "%.4f", ours[0])
        cells[4] = String(format: "%.4f", ours[1])
        for seed in 0..<5 { cells[6 + seed] = String(format: "%.4f", accuracies[seed][epoch]) }
        cells[11] = String(format: "%.4f", mean)
        article.lines[row.line] = "| \(cells.joined(separator: " | ")) |"
      }
      try article.rewrite()
      Issue.record("\(Article.path) is rewritten; look at the difference")
    }
  }
}

/// Protects the article's table of ten epochs: the document's own figures beside ours, which agree
/// with what the text says of them.
@Suite struct TutorialTableTests {
  private let document: [(loss: Double, train: Double, test: Double)] = [
    (0.060423938439, 0.988017, 0.9883), (0.0381374779348, 0.993167, 0.9913),
    (0.03584648306, 0.994733, 0.9926), (0.0266538889392, 0.995667, 0.9927),
    (0.0211588057153, 0.996267, 0.9929), (0.0195035166958, 0.996533, 0.9926),
    (0.0182358424663, 0.997883, 0.9935), (0.0131261121093, 0.9978, 0.9936),
    (0.0127412964013, 0.998217, 0.9925), (0.0101101914425, 0.998967, 0.9937),
  ]

  @Test func theTableIsTrue() throws {
    let rows = try Article().table("Epoch", in: "The tutorial").map {
      $0.cells.compactMap(Double.init)
    }
    #expect(rows.count == 10 && rows.allSatisfy { $0.count == 12 })
    for (row, figures) in zip(rows, document) {
      expect(
        [row[1], row[3], row[5]], near: [figures.loss, figures.train, figures.test], within: 5.1e-5)
      expect([row[11]], near: [row[6..<11].reduce(0, +) / 5], within: 1e-4)
      #expect(abs(row[11] - row[5]) < 0.003)
    }
    #expect(rows[9][11] >= 0.9927)
    for seed in 6..<11 { #expect(try #require(rows.map { $0[seed] }.max()) >= 0.993) }
  }
}
