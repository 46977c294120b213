import Foundation
import Lowering
import Testing

@testable import Runner

/// Background noise in the sounds of a training, held against what the tests draw, add and train
/// themselves.
@Suite struct BackgroundNoiseTests {
  private let sounds: SoundFolder
  private var folder: String { sounds.path }

  init() throws { sounds = try SoundFolder() }

  private static let length = SoundFolder.length
  private static let rate = 0.5
  private static let seed: UInt64 = 5

  private static let wave = (data: "wave(rate: 8000, length: 5)", input: "[1, 40]")
  private static let mfcc = (
    data: "mfcc(3, bands: 4, rate: 8000, length: 5, window: 2, stride: 1)", input: "[1, 4, 3]"
  )
  private static let noise = "augment background(frequency: 0.7, volume: 0.9)"

  private static func text(
    _ sound: (data: String, input: String), _ line: String = noise
  ) -> String {
    """
    model m {
      input x: \(sound.input)
      target t: class(2)
      y = x | flatten | dense(2, bias: false)
      loss softmax_cross_entropy(y, t, reduction: sum)
    }
    training {
      batch 4
      optimizer sgd(lr: \(rate))
      data \(sound.data)
      \(line)
    }
    """
  }

  /// A training of two epochs: the weights, the epochs, and what the data are afterwards.
  private func train(
    _ text: String, threads: Int = 1, recordings: String? = nil
  ) throws -> (weights: [Double], epochs: [EpochResult], dataset: Dataset) {
    let plugin = try CompilerFixture.plugin(text, .training(.double))
    let harness = try PluginHarness(plugin, threads: threads)
    harness["dense1.weight"] = Array(repeating: 0, count: harness["dense1.weight"].count)
    let read = try Dataset.load(
      folder, format: ModelFormat(plugin.description), pool: ThreadPool(threads: 1))
    let dataset = try ValidationSplit(share: 0.25, isStratified: false, seed: Self.seed)
      .split(read).with(
        BackgroundRecordings.find(for: plugin.description, folder: recordings, data: folder))
    var trainer = try Trainer(
      harness.network, dataset: dataset,
      options: .init(epochs: 2, learningRate: Self.rate, seed: Self.seed), stop: .never)
    var report = Silence()
    _ = try trainer.run(report: &report)
    return (harness["dense1.weight"], trainer.epochs, dataset)
  }

  private struct Silence: TrainingReport {
    mutating func didStep(epoch: Int, step: Int, loss: Double) {}
    mutating func didEnd(_ result: EpochResult) {}
  }

  /// The sound of row `row` of the training part as the network hears it in `epoch`; as it is where that
  /// is nil.
  private func heard(_ row: Int, epoch: Int?) throws -> [Float] {
    func float(_ samples: [Int16]) -> [Float] { samples.map { Float($0) / 32768 } }
    let count = [Self.length, 25, 60, Self.length][row % 4]
    let own = float(
      SoundFolder.samples(count, seed: UInt64(10 * (row / 4) + row % 4), amplitude: 20_000))
    let sound = (0..<Self.length).map { $0 < own.count ? own[$0] : 0 }
    guard let epoch else { return sound }
    var generator = RandomGenerator(
      seed: Self.seed, purpose: .background, index: UInt64(epoch) << 32 | UInt64(row))
    guard generator.uniform() < 0.7 else { return sound }
    let noise = [100, 40, 311].map {
      float(SoundFolder.samples($0, seed: UInt64($0), amplitude: 32_000))
    }[Int(generator.below(3))]
    let start = Int(generator.below(UInt64(noise.count - Self.length + 1)))
    let volume = Float(generator.uniform(0, 0.9))
    return sound.enumerated().map { max(-1, min(1, $1 + volume * noise[start + $0])) }
  }

  private func probabilities(_ weights: [Double], _ x: [Double]) -> [Double] {
    let logits = (0..<2).map { c in
      zip(weights[c * x.count..<(c + 1) * x.count], x).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let sum = exp(logits[0]) + exp(logits[1])
    return logits.map { exp($0) / sum }
  }

  /// Protects the whole way of the noise: what is drawn for a row in an epoch, the sum and where it is
  /// cut, sounds that end early, the front end after it, other noise in the next epoch; that the rows
  /// to validate and test on, and those that training evaluates, stay clean; for one thread and three.
  @Test(arguments: [false, true])
  func trainsOnSoundsWithNoise(_ isMFCC: Bool) throws {
    let text = Self.text(isMFCC ? Self.mfcc : Self.wave)
    let (weights, epochs, dataset) = try train(text)
    let sound = try #require(
      CompilerFixture.plugin(text, .training(.double)).description.inputs[0].sound)
    let frontEnd = SoundFrontEnd(sound)
    func features(_ row: Int, epoch: Int?) throws -> [Double] {
      let samples = try heard(row, epoch: epoch)
      return isMFCC ? frontEnd(samples) : samples.map(Double.init)
    }
    var expected = weights.map { _ in 0.0 }
    var (noisy, cut) = (0, 0)
    for epoch in 0..<2 {
      var shuffle = Shuffle(count: 6, seed: Self.seed)
      shuffle.shuffle(epoch: epoch)
      for start in stride(from: 0, to: 6, by: 4) {
        var gradient = expected.map { _ in 0.0 }
        for index in shuffle.rows[start..<min(start + 4, 6)] {
          let row = dataset.training.row(of: Int(index))
          let x = try features(row, epoch: epoch)
          let clean = try heard(row, epoch: nil)
          let samples = try heard(row, epoch: epoch)
          if samples != clean { noisy += 1 }
          if samples.contains(where: { abs($0) == 1 }) { cut += 1 }
          for (c, p) in probabilities(expected, x).enumerated() {
            for (k, number) in x.enumerated() {
              gradient[c * x.count + k] += (p - (c == row / 4 ? 1 : 0)) * number
            }
          }
        }
        for k in expected.indices { expected[k] -= Self.rate * gradient[k] }
      }
    }
    #expect((4...11).contains(noisy) && cut > 2, "\(noisy) noisy, \(cut) cut")
    expectClose(weights, expected, within: 1e-12, "weights")
    #expect(try train(text, threads: 3).weights == weights)

    let validation = try #require(dataset.validation)
    for (examples, found) in [
      (validation, epochs[1].test.loss), (dataset.training, epochs[1].training.loss),
    ] {
      let losses = try (0..<examples.count).map { index in
        let row = examples.row(of: index)
        return try -log(probabilities(weights, features(row, epoch: nil))[row / 4])
      }
      #expect(abs(losses.reduce(0, +) / Double(losses.count) - found) < 1e-12)
    }
    for row in 0..<8 {
      let clean = try features(row, epoch: nil)
      let stored = (0..<clean.count).map { dataset.training.inputs[0][row * clean.count + $0] }
      #expect(stored == clean)
    }
    #expect(dataset.training.classNames == ["no", "yes"])
  }

  /// Protects a frequency of 0: the bits of a model that says nothing of noise, and no recordings.
  @Test func noNoise() throws {
    let plain = try train(Self.text(Self.mfcc, "")).weights
    #expect(try train(Self.text(Self.mfcc)).weights != plain)
    try FileManager.default.removeItem(atPath: folder + "/train/_background_noise_")
    let silent = try train(Self.text(Self.mfcc, "augment background(frequency: 0)")).weights
    #expect(silent == plain)
  }

  /// Protects what normalizes an input: the same numbers with noise and without.
  @Test func normalizesByCleanSounds() throws {
    for threads in [1, 2] {
      let plugin = try CompilerFixture.plugin(
        Self.text(Self.mfcc, "data normalize\n" + Self.noise), .training(.double))
      let dataset = try Dataset.load(
        folder, format: ModelFormat(plugin.description), pool: ThreadPool(threads: threads))
      let network = try PluginHarness(plugin, threads: threads).network
      let found = try network.normalizeInputs(by: dataset.training)
      let clean = try (0..<8).flatMap {
        try SoundFrontEnd(#require(plugin.description.inputs[0].sound))(heard($0, epoch: nil))
      }
      let mean = clean.reduce(0, +) / Double(clean.count)
      #expect(abs(found[0].means[0] - mean) < 1e-12)
    }
  }

  /// Protects how often and how loud: 20,000 rows, within five deviations.
  @Test func distributions() {
    let noise = BackgroundNoise(frequency: 0.8, volume: 0.1)
    let pieces = (0..<20_000).compactMap {
      noise.piece(seed: 3, epoch: 7, row: $0, recordings: [50, 40, 1000], length: 40)
    }
    #expect(abs(pieces.count - 16_000) < 285)
    for recording in 0..<3 {
      let own = pieces.filter { $0.recording == recording }
      #expect(abs(own.count - pieces.count / 3) < 300)
      let most = [10, 0, 960][recording]
      #expect(own.allSatisfy { (0...most).contains($0.start) })
      #expect(own.contains { $0.start == 0 } && own.contains { $0.start >= most - most / 100 })
    }
    let volumes = pieces.map(\.volume)
    #expect(volumes.allSatisfy { (0..<0.1).contains($0) })
    let mean = volumes.reduce(0, +) / Double(volumes.count)
    #expect(abs(mean - 0.05) < 5 * 0.1 / (12 * Double(volumes.count)).squareRoot())
  }

  private func failure(_ text: String, recordings: String? = nil) -> String {
    do {
      _ = try train(text, recordings: recordings)
      return "no failure"
    } catch {
      return "\(error)"
    }
  }

  /// Protects whoever has recordings elsewhere, none, or some that do not do.
  @Test func recordings() throws {
    let text = Self.text(Self.wave)
    let own = "\(folder)/train/_background_noise_"
    let weights = try train(text).weights
    // Beside the parts, and where somebody says.
    for place in ["\(folder)/_background_noise_", "\(folder)/elsewhere"] {
      try FileManager.default.moveItem(atPath: own, toPath: place)
      let named = place.hasSuffix("elsewhere") ? place : nil
      #expect(try train(text, recordings: named).weights == weights)
      if named != nil {
        #expect(
          failure(text)
            == """
            there are no recordings of background noise: neither \(own) nor \(folder)/_background_noise_ is \
            a folder
            help: put WAV files there, name a folder of some with --background, or leave 'augment \
            background' out
            """)
      }
      try FileManager.default.moveItem(atPath: place, toPath: own)
    }
    #expect(
      failure(text, recordings: "\(folder)/train")
        .hasPrefix("\(folder)/train: holds no recording of background noise\nhelp: a recording"))
    #expect(
      failure(text, recordings: "\(folder)/none").hasPrefix("\(folder)/none: cannot be read"))
    #expect(
      failure(Self.text(Self.wave, ""), recordings: own)
        .hasPrefix("\(own): holds background noise, and model 'm' adds none to its sounds\nhelp: "))
    try sounds.write([1, 2, 3], to: "train/_background_noise_/short.wav")
    #expect(
      failure(text)
        .hasPrefix(
          "\(own)/short.wav: has 3 samples, and a piece of noise for a sound of the model has 40"))
    try sounds.write(
      SoundFolder.samples(90, seed: 1, amplitude: 9), rate: 44100,
      to: "train/_background_noise_/short.wav"
    )
    #expect(
      failure(text).hasPrefix(
        "\(own)/short.wav: has 44100 samples a second, the model wants 8000\nhelp: resample it"))
  }

  /// Protects whoever trains on what are no sounds, or takes them away meanwhile.
  @Test func noSounds() throws {
    let plugin = try CompilerFixture.plugin(Self.text(Self.wave), .training(.double))
    let network = try PluginHarness(plugin).network
    let examples = Examples(
      inputs: try Tensor(shape: [2, 1, 40], values: Array(repeating: 0, count: 80)),
      targets: .classes(try AlignedMemory(byteCount: 8, zeroed: true)))
    let recordings = try BackgroundRecordings.find(
      for: plugin.description, folder: nil, data: folder)
    func failure(_ dataset: Dataset) -> String {
      do {
        var trainer = try Trainer(
          network, dataset: dataset, options: .init(epochs: 1, learningRate: 1, seed: 1),
          stop: .never)
        var report = Silence()
        _ = try trainer.run(report: &report)
        return "no failure"
      } catch {
        return "\(error)"
      }
    }
    let arrays = Dataset(name: "arrays", training: examples, test: examples).with(recordings)
    #expect(failure(arrays).hasPrefix("arrays: holds no sounds but what was made of some"))
    let read = try Dataset.load(
      folder, format: ModelFormat(plugin.description), pool: ThreadPool(threads: 1))
    #expect(failure(read).contains("comes without recordings"))
    try FileManager.default.removeItem(atPath: folder + "/train/yes")
    let gone = failure(read.with(recordings))
    #expect(
      gone.contains("/train/yes/") && gone.contains("reads its sounds anew in each epoch"),
      "\(gone)")
    do {
      _ = try BackgroundRecordings.find(for: plugin.description, folder: nil, data: nil)
      Issue.record("drawn examples are no sounds")
    } catch {
      #expect("\(error)".contains("the examples that bnc draws are none"))
    }
  }
}
