import Foundation
import Testing

@testable import Runner

/// Events, held against Tests/References/Data/tensorboard: the file that `BNC_UPDATE_GOLDEN=1` writes,
/// and read.json, which `Tests/References/read_events.py` printed of it with the tensorboard package.
@Suite struct TensorBoardTests {
  private static let folder = Fixture.root + "/Tests/References/Data/tensorboard"
  private static let picture = Fixture.root + "/Tests/References/Data/images/colour.png"

  /// Protects the checksum: the vectors of RFC 3720, appendix B.4, and the mask: event files that
  /// TensorFlow wrote begin with a record of 24 bytes, whose masked checksum of the length is this.
  @Test func checksums() {
    func reversed(_ text: UInt32) -> UInt32 { text.byteSwapped }
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == reversed(0xAA36_918A))
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == reversed(0x43AB_A862))
    #expect(CRC32C.checksum(0..<32 as Range<UInt8>) == reversed(0x4E79_DD46))
    #expect(CRC32C.checksum((0..<32 as Range<UInt8>).reversed()) == reversed(0x5CDB_3F11))
    #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
    #expect(CRC32C.masked(littleEndian(UInt64(24))) == 0x224B_7FA3)
  }

  /// Protects the framing: length, checksum, data, checksum, all little-endian.
  @Test func frames() {
    let record = EventFile.record([1, 2, 3])
    #expect(record.count == 8 + 4 + 3 + 4)
    #expect(Array(record[..<8]) == [3, 0, 0, 0, 0, 0, 0, 0])
    #expect(Array(record[8..<12]) == littleEndian(CRC32C.masked(record[..<8])))
    #expect(Array(record[12..<15]) == [1, 2, 3])
    #expect(Array(record[15...]) == littleEndian(CRC32C.masked([1, 2, 3] as [UInt8])))
  }

  /// Protects the wire format: each kind of field as protobuf's encoding guide has it.
  @Test func fields() {
    var message = ProtobufMessage()
    message.add(1, 150)
    #expect(message.bytes == [0x08, 0x96, 0x01])
    message = ProtobufMessage()
    message.add(2, "testing")
    #expect(message.bytes == [0x12, 0x07] + Array("testing".utf8))
    message = ProtobufMessage()
    message.add(2, Float(1))
    message.add(1, 1.0)
    #expect(message.bytes == [0x15, 0, 0, 0x80, 0x3F, 0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    message = ProtobufMessage()
    message.add(6, [1.0, 2.0])
    #expect(message.bytes == [0x32, 16, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x40])
    message = ProtobufMessage()
    message.add(16, Int.max)
    #expect(message.bytes == [0x80, 0x01] + [UInt8](repeating: 0xFF, count: 8) + [0x7F])
  }

  /// Protects whoever looks at a run in TensorBoard: its own reader finds in these bytes each number, each
  /// histogram and the picture under their tags and steps.
  @Test func readsBack() throws {
    let scratch = try Scratch()
    let png = Array(try Data(contentsOf: URL(fileURLWithPath: Self.picture)))
    let spread = try #require(
      Histogram(Tensor(shape: [2, 3], values: [-1, 0, 0.25, 0.5, 2, 2])))
    let flat = try #require(Histogram(Tensor(shape: [4], values: [3, 3, 3, 3])))
    // The file is closed before it is read.
    do {
      let file = try EventFile(in: scratch.path + "/runs/one") { 1_700_000_000.25 }
      for step in 0..<3 {
        try file.append(
          [
            (tag: "accuracy/test", value: .scalar(0.5 + Double(step) / 4)),
            (tag: "parameters/dense1.weight", value: .histogram(step == 0 ? flat : spread)),
            (tag: "confusion/test", value: .image(png: png, width: 9, height: 6)),
          ], step: step * 200)
      }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/runs/one")
    #expect(names == ["events.out.tfevents.1700000000.bnc.\(getpid())"])
    let written = try Data(
      contentsOf: URL(fileURLWithPath: "\(scratch.path)/runs/one/\(try #require(names.first))"))
    let reference = URL(fileURLWithPath: Self.folder + "/events.out.tfevents.1700000000.bnc")
    if ProcessInfo.processInfo.environment["BNC_UPDATE_GOLDEN"] == "1" {
      try written.write(to: reference)
      Issue.record("\(reference.path) is rewritten: run read_events.py, and look at the difference")
    }
    #expect(try written == Data(contentsOf: reference))

    let read = try JSONDecoder().decode(
      Read.self, from: Data(contentsOf: URL(fileURLWithPath: Self.folder + "/read.json")))
    #expect(read.accuracy == ["0": 0.5, "200": 0.75, "400": 1])
    #expect(read.weights.keys.sorted() == ["0", "200", "400"])
    for (step, histogram) in [("0", flat), ("200", spread), ("400", spread)] {
      let found = try #require(read.weights[step])
      #expect(found.min == histogram.least && found.max == histogram.largest)
      #expect(found.num == Double(histogram.count) && found.sum == histogram.sum)
      #expect(found.sum_squares == histogram.squares)
      #expect(found.limits == histogram.limits && found.buckets == histogram.bins.map(Double.init))
    }
    for picture in read.confusion.values {
      #expect(picture.width == 9 && picture.height == 6 && picture.pixels.count == 9 * 6 * 3)
    }
  }

  private struct Read: Decodable {
    var accuracy: [String: Double]
    var weights: [String: Bins]
    var confusion: [String: Picture]

    struct Bins: Decodable {
      var min, max, num, sum, sum_squares: Double
      var limits, buckets: [Double]
    }

    struct Picture: Decodable {
      var width, height: Int
      var pixels: [Int]
    }

    enum CodingKeys: String, CodingKey {
      case accuracy = "accuracy/test"
      case weights = "parameters/dense1.weight"
      case confusion = "confusion/test"
    }
  }

  /// Protects histograms: every number in the bin that its value says, the largest in the last, and
  /// numbers that are none in no bin.
  @Test func bins() throws {
    let values = (0...60).map { Double($0) / 2 }
    let histogram = try #require(Histogram(Tensor(shape: [61], values: values)))
    #expect(histogram.bins == Array(repeating: 2, count: 29) + [3])
    #expect(histogram.limits == (1...30).map(Double.init))
    #expect(histogram.sum == 915 && histogram.least == 0 && histogram.largest == 30)
    let odd = try #require(
      Histogram(Tensor(shape: [4], values: [.nan, 1, .infinity, -.infinity])))
    #expect(odd.count == 1 && odd.bins == [1] && odd.limits == [1])
    #expect(try Histogram(Tensor(shape: [1], values: [.nan])) == nil)
    #expect(try Histogram(Tensor(shape: [0], values: [])) == nil)
    let tiny = try #require(
      Histogram(Tensor(shape: [2], values: [0, .leastNonzeroMagnitude])))
    #expect(tiny.bins.first == 1 && tiny.bins.last == 1)
    let huge = Double.greatestFiniteMagnitude
    let wide = try #require(Histogram(Tensor(shape: [2], values: [-huge, huge])))
    #expect(wide.bins.reduce(0, +) == 2 && wide.bins.first == 1 && wide.bins.last == 1)
    #expect(wide.limits.allSatisfy { $0.isFinite })
  }

  /// Protects the picture of a matrix: rows are targets from the top, the full blue for a class that is
  /// always found, the full orange for one that is always missed, white for what never happens.
  @Test func picture() throws {
    var matrix = ConfusionMatrix(classes: 2)
    matrix[target: 0, predicted: 0] = 7
    matrix[target: 1, predicted: 0] = 3
    let picture = try #require(ConfusionPicture(matrix))
    #expect(picture.side == 2 * 33 + 1)
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
      Array(picture.pixels[(y * picture.side + x) * 3..<(y * picture.side + x) * 3 + 3])
    }
    #expect(pixel(10, 10) == [31, 95, 168] && pixel(40, 10) == [255, 255, 255])
    #expect(pixel(10, 40) == [200, 80, 30] && pixel(40, 40) == [255, 255, 255])
    #expect(pixel(0, 0) == [210, 210, 210])
    let scratch = try Scratch()
    let file = try ImageFile(try scratch.file("matrix.png", try picture.png))
    #expect(file.width == picture.side && file.height == picture.side && file.channels == 3)
    #expect(ConfusionPicture(ConfusionMatrix(classes: 1025)) == nil)
    #expect(ConfusionPicture(ConfusionMatrix(classes: 1024))?.side == 1024)
  }
}

/// The report of a whole training.
@Suite(.enabled(if: Fixture.isAvailable, "needs clang")) struct TensorBoardReportTests {
  /// Protects the weights: where no plugin keeps gradients, the changes of an epoch are there, and a
  /// report never changes what it looks at.
  @Test func changes() throws {
    let scratch = try Scratch()
    let examples = try Fixture.examples(40)
    let dataset = Dataset(name: "features", training: examples, test: examples)
    func train(_ folder: String?) throws -> [Double] {
      let network = try Fixture.network(in: scratch)
      let options = Trainer.Options(epochs: 2, learningRate: 0.1, seed: 3)
      var reports: [any TrainingReport] = []
      if let folder {
        let settings = RunSettings(
          network.plugin.description, options, dataset: dataset, threads: 1, bncVersion: "1",
          command: [])
        reports = [
          try TensorBoardReport(
            "\(scratch.path)/\(folder)", network, dataset, settings, probe: nil)
        ]
      }
      var trainer = try Trainer(network, dataset: dataset, options: options, stop: .never)
      var report = JointReport(reports) { Issue.record($0) }
      _ = try trainer.run(report: &report)
      return try network.plugin.description.savedTensors.flatMap {
        try network.regions.tensor($0).values
      }
    }
    #expect(try train("tb") == train(nil))
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/tb")
    let bytes = try Data(
      contentsOf: URL(fileURLWithPath: "\(scratch.path)/tb/\(try #require(names.first))"))
    let text = String(decoding: bytes, as: UTF8.self)
    for tag in ["loss", "loss/train", "accuracy/test", "learning_rate", "confusion/test"] {
      #expect(text.contains(tag), "\(tag)")
    }
    #expect(text.contains("changes/") && text.contains("parameters/"))
    #expect(!text.contains("gradients/"))
  }
}
