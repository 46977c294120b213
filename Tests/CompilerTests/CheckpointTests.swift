import Diagnostics
import Foundation
import Lowering
import Testing
import Verification

@testable import Runner

/// What a training goes on from: files that are not its own, and files that are damaged.
@Suite struct CheckpointTests {
  private let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/bnc-checkpoint-\(UUID().uuidString)"
  }

  private static func text(
    _ optimizer: String = "momentum(lr: 0.1)", units: Int = 5, batch: Int = 6
  ) -> String {
    """
    model m {
      input x: [4]
      target label: class(3)
      y = x | dense(\(units)) | batchnorm | relu | dense(3)
      loss softmax_cross_entropy(y, label)
    }
    training {
      batch \(batch)
      optimizer \(optimizer)
    }
    """
  }

  private static func dataset(count: Int = 20, seed: UInt64 = 61) throws -> Dataset {
    var numbers = Numbers(seed)
    let labels = try AlignedMemory(byteCount: count * 4)
    for index in 0..<count {
      labels.bytes.storeBytes(of: Int32(index % 3), toByteOffset: index * 4, as: Int32.self)
    }
    let examples = Examples(
      inputs: try Tensor(shape: [count, 4], values: numbers.normals(4 * count), as: .float32),
      targets: .classes(labels))
    return Dataset(name: "", training: examples, test: examples)
  }

  private func network(_ text: String) throws -> Network {
    let plugin = try CompilerFixture.plugin(text)
    let network = try PluginHarness(plugin).network
    network.regions.initialize(plugin.description, seed: 1)
    return network
  }

  private func trainer(
    _ network: Network, seed: UInt64 = 1, keeps: Trainer.Keeping = .best, epochs: Int = 3,
    count: Int = 20, data: UInt64 = 61, resumes: Bool, interval: Int? = 5,
    stop: StopSignal = .never
  ) throws -> Trainer {
    try Trainer(
      network, dataset: try Self.dataset(count: count, seed: data),
      options: .init(epochs: epochs, learningRate: 0.1, seed: seed, keeps: keeps),
      checkpoints: .init(path: path, interval: interval, count: 1, resumes: resumes), stop: stop)
  }

  /// A training of 3 epochs, whose checkpoint is at `path`.
  private func train(_ text: String = Self.text()) throws {
    var trainer = try trainer(try network(text), resumes: false)
    var report = SilentReport()
    #expect(try trainer.run(report: &report).ending == .completed)
  }

  /// Why a training of `network` does not go on; "" where it does.
  private func refusal(_ start: () throws -> Trainer) -> String {
    do {
      _ = try start()
      return ""
    } catch {
      return "\((error as? Failure)?.what ?? "\(error)")"
    }
  }

  private func rewrite(
    _ change: (inout [(name: String, tensor: Tensor)], inout [String: String]) throws -> Void
  ) throws {
    let file = try SafeTensors(path)
    var tensors = try file.names.map { (name: $0, tensor: try #require(try file.tensor($0))) }
    var metadata = file.metadata
    try change(&tensors, &metadata)
    try SafeTensors.write(tensors, metadata: metadata, to: path)
  }

  /// Protects a training from going on with what another one left: each refusal says what differs,
  /// and the weights stay as they were.
  @Test func ofAnotherTraining() throws {
    try train()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let same = try network(Self.text())
    let before = try same.regions.tensor(same.plugin.description.tensors[0]).values
    func expect(_ words: String, _ start: () throws -> Trainer) {
      let found = refusal(start)
      #expect(found.contains(words), "\(found)")
    }
    expect("its --seed is 1, not 2") { try trainer(same, seed: 2, resumes: true) }
    expect("its --keep is best, not last") { try trainer(same, keeps: .last, resumes: true) }
    expect("its number of examples to train on is 20, not 21") {
      try trainer(same, count: 21, resumes: true)
    }
    expect("its checksum of the examples to train on is ") {
      try trainer(same, data: 62, resumes: true)
    }
    #expect(try same.regions.tensor(same.plugin.description.tensors[0]).values == before)
    expect("of another model: it holds 'dense1.weight' as [5, 4], model 'm' has [6, 4]") {
      try trainer(try network(Self.text(units: 6)), resumes: true)
    }
    expect("of another model: its optimizer is momentum, not adam") {
      try trainer(try network(Self.text("adam")), resumes: true)
    }
    expect("of another model: its tensors are this one's") {
      try trainer(try network(Self.text(batch: 4)), resumes: true)
    }
    expect("is there already") { try trainer(same, resumes: false) }
    #expect(refusal { try trainer(same, resumes: true) } == "")
  }

  /// Protects what tells one set of examples from another: their inputs, their targets and their order,
  /// of rows that were chosen too, and of arrays of which only some rows are looked at.
  @Test func checksums() throws {
    let examples = try Self.dataset().training
    let sum = examples.checksum()
    #expect(try Self.dataset().training.checksum() == sum)
    #expect(try Self.dataset(seed: 62).training.checksum() != sum)
    #expect(try Examples(examples, chosen: Array(0..<20)).checksum() == sum)
    #expect(try Examples(examples, chosen: Array((0..<20).reversed())).checksum() != sum)
    #expect(Examples(inputs: examples.inputs, targets: [.none]).checksum() != sum)
    // An example's numbers have 16 bytes: of five of twenty they are read, and all classes.
    let some = examples.checksum(reading: 80)
    let numbers = UnsafeMutableRawBufferPointer(mutating: examples.inputs[0].bytes)
    numbers[16 * 19] ^= 1
    #expect(examples.checksum() != sum && examples.checksum(reading: 80) == some)
    numbers[16 * 4] ^= 1
    #expect(examples.checksum(reading: 80) != some)
    numbers[16 * 4] ^= 1
    guard case .classes(let labels, _) = examples.targets[0] else {
      Issue.record("these are classes")
      return
    }
    labels.bytes[4 * 19] ^= 1
    #expect(examples.checksum(reading: 80) != some)
  }

  /// Protects against files that are no checkpoint of this bnc, and a slot that is missing.
  @Test func ofAnotherForm() throws {
    try train()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let same = try network(Self.text())
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let changes:
      [(String, (inout [(name: String, tensor: Tensor)], inout [String: String]) throws -> Void)] =
        [
          ("is no checkpoint", { $1["bnc.checkpoint"] = nil }),
          ("of format 9, this bnc reads format 1", { $1["bnc.checkpoint"] = "9" }),
          ("was written by bnc 0.0.1, this is ", { $1["bnc.version"] = "0.0.1" }),
          (
            "it lacks 'velocity.dense1.weight' [5, 4] of optimizer 'momentum'",
            { tensors, _ in tensors.removeAll { $0.name == "velocity.dense1.weight" } }
          ),
          (
            "it lacks 'finite/dense1.weight'",
            { tensors, _ in tensors.removeAll { $0.name == "finite/dense1.weight" } }
          ),
          (
            "does not tell of the 3 epochs",
            { tensors, _ in tensors.removeAll { $0.name == "history/epochs" } }
          ),
          (
            "it holds 'dense2.bias' as float64, model 'm' has float32",
            { tensors, _ in
              let index = try #require(tensors.firstIndex { $0.name == "dense2.bias" })
              tensors[index].tensor = try tensors[index].tensor.converted(to: .float64)
            }
          ),
        ]
    for (words, change) in changes {
      try whole.write(to: URL(fileURLWithPath: path))
      try rewrite(change)
      let found = refusal { try trainer(same, resumes: true) }
      #expect(found.contains(words), "\(found)")
    }
  }

  /// Protects against files that are cut off or hold anything: they are refused, or what they say
  /// can be gone on from; nothing ends the program.
  @Test func damaged() throws {
    try train()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let same = try network(Self.text())
    let url = URL(fileURLWithPath: path)
    let whole = try Data(contentsOf: url)
    for length in [0, 7, 8, 9, 100, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: url)
      #expect(refusal { try trainer(same, resumes: true) } != "", "\(length) bytes")
    }
    let keys = try {
      try whole.write(to: url)
      return try SafeTensors(path).metadata.keys.sorted()
    }()
    for key in keys {
      for value in [nil, "", "-1", "nan", "1e999", "99999999999999999999", "4611686018427387904"] {
        try whole.write(to: url)
        try rewrite { _, metadata in metadata[key] = value }
        goesOn(same)
      }
      try whole.write(to: url)
      try rewrite { _, metadata in metadata[key] = "-1" }
      let mayBeNegative = ["value", "loss", "best"].contains { key.hasSuffix($0) }
      #expect(mayBeNegative || refusal { try trainer(same, resumes: true) } != "", "\(key)")
      for value in ["nan", "inf", "1e999"] {
        try whole.write(to: url)
        try rewrite { _, metadata in metadata[key] = value }
        #expect(refusal { try trainer(same, resumes: true) } != "", "\(key) \(value)")
      }
    }
    var numbers = Numbers(7)
    for _ in 0..<300 {
      var bytes = whole
      let place = Int(numbers.uniforms(1, 0, Double(bytes.count))[0])
      bytes[min(place, bytes.count - 1)] ^= 1 << UInt8(numbers.uniforms(1, 0, 7.99)[0])
      try bytes.write(to: url)
      goesOn(same)
    }
  }

  /// Goes on for a step from what is there, if it can be gone on from.
  private func goesOn(_ network: Network) {
    guard
      var trainer = try? trainer(
        network, epochs: 5, resumes: true, interval: 1000, stop: StopSignal { 15 })
    else { return }
    var report = SilentReport()
    _ = try? trainer.run(report: &report)
  }

  /// Protects what a loss that is not finite leaves, where a checkpoint lies between that and the
  /// last finite one: the same bits as without it.
  @Test func notFiniteAfterResuming() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = Self.text("sgd")
    func run(_ network: Network, stop: StopSignal, resumes: Bool, checkpoints: Bool) throws
      -> String
    {
      var trainer = try Trainer(
        network, dataset: try Self.dataset(),
        options: .init(epochs: 30, learningRate: 3e37, seed: 1),
        checkpoints: checkpoints
          ? .init(path: path, interval: nil, count: 1, resumes: resumes) : nil, stop: stop)
      var report = SilentReport()
      return "\(try trainer.run(report: &report).ending)"
    }
    let whole = try network(text)
    let ending = try run(whole, stop: .never, resumes: false, checkpoints: false)
    try #require(ending.contains("notFinite"), "\(ending)")
    // A step at a time, each by a training of its own.
    var parts = try network(text)
    var last = try run(parts, stop: StopSignal { 15 }, resumes: false, checkpoints: true)
    var count = 1
    while last.contains("stopped"), count < 200 {
      parts = try network(text)
      last = try run(parts, stop: StopSignal { 15 }, resumes: true, checkpoints: true)
      count += 1
    }
    #expect(last == ending && count > 1)
    for tensor in whole.plugin.description.savedTensors {
      #expect(
        try whole.regions.tensor(tensor).values.map(\.bitPattern)
          == parts.regions.tensor(tensor).values.map(\.bitPattern), "\(tensor.name)")
    }
  }
}
