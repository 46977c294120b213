import Foundation
import Glibc
import Testing

/// Trainings on sounds with background noise, seen from a shell.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler"), .serialized)
struct BackgroundTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
    let model = """
      model m {
        input x: [1, 9, 5]
        target word: class(2)
        y = x | flatten | dense(8) | batchnorm | relu | dense(2)
        loss softmax_cross_entropy(y, word)
      }

      training {
        batch 4
        epochs 40
        optimizer adam(lr: 0.01)
        data mfcc(5, bands: 8, rate: 8000, length: 50, window: 10, stride: 5)
        augment background(frequency: 0.8, volume: 0.5)
        augment noise(0.01)
      }

      """
    try write(Data(model.utf8), to: "m.bn")
    for part in ["train", "test"] {
      for (label, name) in ["no", "yes"].enumerated() {
        for index in 0..<7 {
          let pitch = 0.2 + 0.3 * Double(label) + 0.02 * Double(index)
          let sound = (0..<400).map { 9000 * sin(pitch * Double($0)) }
          try write(Self.wave(sound), to: "data/\(part)/\(name)/\(index).wav")
        }
      }
    }
    for pitch in [0.05, 0.9] {
      let sound = (0..<900).map { 20_000 * sin(pitch * Double($0)) * cos(0.37 * Double($0)) }
      try write(Self.wave(sound), to: "data/train/_background_noise_/\(pitch).wav")
    }
  }

  private func write(_ data: Data, to name: String) throws {
    let url = URL(fileURLWithPath: "\(folder.path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  /// A WAV file of one channel of 16 bits, 8000 samples a second.
  private static func wave(_ samples: [Double]) -> Data {
    func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
      withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
    let size = UInt32(2 * samples.count)
    return Data(
      Array("RIFF".utf8) + bytes(36 + size) + Array("WAVEfmt ".utf8) + bytes(UInt32(16))
        + bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt32(8000)) + bytes(UInt32(16000))
        + bytes(UInt16(2)) + bytes(UInt16(16)) + Array("data".utf8) + bytes(size)
        + samples.flatMap { bytes(Int16($0)) })
  }

  private func bytes(_ name: String) -> Data? {
    FileManager.default.contents(atPath: "\(folder.path)/\(name)")
  }

  /// Protects trainings with noise from a crash: killed at ten random moments, in the middle of epochs
  /// too, and started again each time with other threads, they end with the same bits. Noise of another
  /// folder is no way to go on.
  @Test func killedAtTenRandomMoments() throws {
    let train = "bnc train m.bn --data data --progress plain"
    let said = try shell.run("\(train) --threads 1 --save whole")
    let line =
      "background noise of 2 recordings in data/train/_background_noise_, added to 0.8 of the sounds, up to 0.5 times as loud"
    #expect(said.contains(line), "\(said.prefix(5))")
    let again = "\(train) --save parts --checkpoint c --every 3 --resume"
    var kills = 0
    var resumes = 0
    while bytes("parts") == nil {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Place.build + "/bnc")
      process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
      process.arguments =
        again.split(separator: " ").dropFirst().map(String.init)
        + ["--threads", "\(1 + kills % 3)"]
      var environment = ProcessInfo.processInfo.environment
      environment["XDG_CACHE_HOME"] = Place.build + "/seed-tests-cache"
      process.environment = environment
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      if kills < 10 {
        while process.isRunning, bytes("c") == nil { usleep(1000) }
        usleep(.random(in: 20_000..<300_000))
        kill(process.processIdentifier, SIGKILL)
      }
      process.waitUntilExit()
      if process.terminationReason == .exit { #expect(process.terminationStatus == 0) }
      kills += 1
      if bytes("c") != nil { resumes += 1 }
    }
    #expect(resumes > 0 && bytes("parts") == bytes("whole"))
    _ = try shell.run("mkdir one && cp data/train/_background_noise_/0.9.wav one/")
    let other = try shell.run("\(train) --checkpoint c --resume --background one 2>&1 | tail -2")
    #expect(other.first?.contains("its background noise is 2 recordings of 1800 samples") ?? false)
    let elsewhere = "--background one --threads 2 --epochs 1 --save"
    _ = try shell.run("\(train) \(elsewhere) one.weights; \(train) --epochs 1 --save two.weights")
    #expect(bytes("one.weights") != nil && bytes("one.weights") != bytes("two.weights"))
  }

  /// Protects plugins, which carry the setting, and sweeps, whose runs hear what trainings hear.
  @Test func pluginsAndSweeps() throws {
    let options = "--data data --progress none --epochs 3"
    _ = try shell.run("bnc train m.bn \(options) --save model && bnc compile m.bn -o plugin")
    _ = try shell.run("bnc train plugin/m.so \(options) --save plugin.weights")
    #expect(bytes("model") != nil && bytes("model") == bytes("plugin.weights"))
    let swept = try shell.run(
      "bnc sweep m.bn --data data --epochs 3 --vary frequency=0,0.8 --into s --save 2>&1")
    #expect(swept.first?.contains("2 runs") ?? false, "\(swept)")
    for run in ["001", "002"] {
      _ = try shell.run("bnc train s/\(run)-seed0/model.bn \(options) --keep best --save again")
      #expect(
        bytes("again") != nil && bytes("again") == bytes("s/\(run)-seed0/weights.safetensors"))
    }
    #expect(
      bytes("s/001-seed0/weights.safetensors") != bytes("s/002-seed0/weights.safetensors"))
    #expect(
      try shell.run("bnc describe m.bn | tail -1").first?.hasSuffix(
        "in training after augment background(frequency: 0.8, volume: 0.5).") ?? false)
    #expect(
      try shell.run("bnc explain background | head -1").first?.contains("background") ?? false)
    #expect(
      try shell.run("bnc data m.bn --data data | grep -c noise") == ["0"])
  }
}
