import Foundation
import PluginABI
import Testing

@testable import Runner

/// Sound and what is made of it, held against Tests/References/Data/sound, which
/// `python3 Tests/References/make_sound.py` writes with TensorFlow.
struct SoundTests {
  private static let folder = Fixture.root + "/Tests/References/Data/sound"
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private struct Reference: Decodable {
    struct Features: Decodable {
      let length, window, stride, bands: Int32
      let low, high: Double
      let coefficients: Int32?
      let values: [Double]
    }
    let first: [Int]
    let cases: [String: Features]
  }

  private func reference() throws -> Reference {
    let url = URL(fileURLWithPath: Self.folder + "/features.json")
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }

  private func features(_ one: Reference.Features) throws -> SoundFeatures {
    try SoundFeatures(
      bnc_sound(
        rate: 16000, length: one.length, window: one.window, stride: one.stride, bands: one.bands,
        coefficients: one.coefficients ?? 0, low: one.low, high: one.high,
        background_frequency: 0, background_volume: 0))
  }

  /// Protects the front end of MLPerf Tiny's keyword spotting and others: TensorFlow's numbers, of
  /// sounds that are cut and of those that are filled up.
  @Test func featuresAsTensorFlowHasThem() throws {
    let sound = try WAV(Self.folder + "/16.wav")
    let cases = try reference().cases
    #expect(cases.count == 3)
    for (name, one) in cases {
      let found = SoundFrontEnd(try features(one))(sound.samples)
      #expect(found.count == one.values.count, "\(name)")
      for (value, expected) in zip(found, one.values) {
        #expect(abs(value - expected) <= 1e-7, "\(name)")
      }
    }
  }

  /// Protects each way to store a sample: the same sound, the one of 8 bits as far as it has them.
  @Test func readsEveryFormat() throws {
    let sound = try WAV(Self.folder + "/16.wav")
    #expect(sound.rate == 16000 && sound.samples.count == 3000)
    #expect(
      try sound.samples.prefix(8).map { Int($0 * 32768) } == reference().first)
    for name in ["extensible", "24", "32", "float"] {
      #expect(try WAV("\(Self.folder)/\(name).wav").samples == sound.samples, "\(name)")
    }
    let coarse = try WAV(Self.folder + "/8.wav").samples
    #expect(zip(coarse, sound.samples).allSatisfy { abs($0 - $1) <= 1.0 / 128 })
  }

  /// Protects against files that are cut, lie or are of another kind.
  @Test func refusesOtherFiles() throws {
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.folder + "/16.wav")))
    for end in Array(0..<80) + [bytes.count - 1] {
      let path = try scratch.file("cut.wav", Array(bytes[..<end]))
      #expect(failure { _ = try WAV(path) }.hasPrefix("\(path): "))
    }
    for place in 0..<80 {
      var changed = bytes
      changed[place] ^= 0xFF
      let path = try scratch.file("changed.wav", changed)
      _ = failure { _ = try WAV(path) }
    }
    var stereo = bytes
    stereo[22] = 2
    let path = try scratch.file("stereo.wav", stereo)
    #expect(
      failure { _ = try WAV(path) }.hasPrefix("\(path): has 2 channels; expected 1\nhelp: mix"))
    let page = try scratch.file("page.wav", Array("<html>".utf8))
    #expect(failure { _ = try WAV(page) }.contains("expected a WAV file"))
  }

  /// Protects folders of sounds: features in the place of images, the rate, what is said.
  @Test func readsFoldersOfSounds() throws {
    let one = try #require(try reference().cases["mlperf_tiny"])
    var format = ExampleFormat(inputShape: [1, 9, 10], classes: 2)
    format.sound = try features(one)
    for part in ["train", "test"] {
      for name in ["no", "yes"] {
        let place = "\(scratch.path)/\(part)/\(name)"
        try FileManager.default.createDirectory(
          atPath: place, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
          atPath: Self.folder + "/16.wav", toPath: "\(place)/1.wav")
      }
    }
    let pool = try ThreadPool(threads: 1)
    let data = try Dataset.load(scratch.path, format: format, pool: pool)
    #expect(data.training.inputs[0].shape == [2, 1, 9, 10])
    #expect(data.training.classNames == ["no", "yes"])
    for (index, expected) in (one.values + one.values).enumerated() {
      #expect(abs(data.training.inputs[0][index] - expected) <= 1e-5)
    }
    #expect(data.test.notes == ["\(scratch.path)/test: silence put after 2 sounds that end before"])
    format.sound = try SoundFeatures(
      bnc_sound(
        rate: 8000, length: 3200, window: 480, stride: 320, bands: 40, coefficients: 10, low: 20,
        high: 4000, background_frequency: 0, background_volume: 0))
    #expect(
      failure { _ = try Dataset.load(.test, scratch.path, format: format) }
        .contains("1.wav: has 16000 samples a second, the model wants 8000\nhelp: resample it"))
  }
}
