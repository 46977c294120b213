import CodeGeneration
import Diagnostics
import Driver
import Foundation
import IR
import Lowering
import Runner
import Testing
import Verification

/// The C of frozen networks: every compiler takes it, and it does what its comments say.
@Suite struct FrozenCTests {
  /// A compiler of C or C++, and the standard that it is told.
  struct Language: Sendable, CustomStringConvertible {
    let compiler: String
    let flags: [String]
    var description: String { ([compiler] + flags).joined(separator: " ") }
  }

  private static let languages: [Language] = [
    ("gcc", ["-std=c99"]), ("gcc", ["-std=c17"]), ("clang", ["-std=c11"]),
    ("clang", ["-std=c99"]), ("g++", ["-x", "c++", "-std=c++17"]),
    ("clang++", ["-x", "c++", "-std=c++17"]),
  ].filter { Tools.path(of: $0.0) != nil }.map { Language(compiler: $0.0, flags: $0.1) }

  private static let models: [(name: String, text: String)] =
    ExampleModels.all.map { ($0.name, $0.text) }
    + (Case.withinExamples + Case.losses + Case.inChannels).map { ($0.name, $0.text) }

  private static let strict = [
    "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror",
  ]

  /// Protects those who ship it: no compiler has a warning for the network, as plain C and with
  /// vectors, nor for the program around it. Of the numbers alone, which are the same for all, one
  /// network is compiled with.
  ///
  /// Every compiler takes two networks; of the others each takes its part, for they share their C.
  @Test(arguments: models.indices)
  func noWarnings(_ index: Int) throws {
    let (name, text) = Self.models[index]
    let isForAll = ["mobilenet_v3", "unet"].contains(name)
    for (turn, target) in [TargetMachine.portable, .generic].enumerated() {
      let languages =
        isForAll || Self.languages.isEmpty
        ? Self.languages : [Self.languages[(index + 3 * turn) % Self.languages.count]]
      let files = try FrozenHarness(
        text, target, .bytes,
        {
          $0.weights = .file
          $0.output = .softmax
        }, values: FrozenHarness.zeros(text))
      try inFolder(files) { folder in
        for language in languages {
          let built = try Tools.run(
            #require(Tools.path(of: language.compiler)),
            language.flags + Self.strict + ["-fsyntax-only", "net.c", "net_main.c"], in: folder)
          #expect(built.status == 0, "\(language), \(target.name):\n\(built.said.prefix(2000))")
        }
      }
    }
  }

  /// Protects the weights among the constants, in a section and as vectors, for all languages.
  @Test(arguments: FrozenOptions.Weights.allCases)
  func weightsCompile(_ weights: FrozenOptions.Weights) throws {
    for target in [TargetMachine.portable, .generic] {
      let files = try FrozenHarness(
        Case.network.text, target, .bytes, { $0.weights = weights },
        values: FrozenHarness.drawn(Case.network.text))
      try inFolder(files) { folder in
        for language in Self.languages {
          let built = try Tools.run(
            #require(Tools.path(of: language.compiler)),
            language.flags + Self.strict + ["-O1", "-c", "net.c"], in: folder)
          #expect(built.status == 0, "\(language), \(target.name):\n\(built.said.prefix(2000))")
        }
      }
    }
  }

  /// Protects small stacks: the frames that gcc lays out, the largest five in turn, which is as deep
  /// as calls go, take no more than the C says; none is of a size that nobody knows.
  @Test(
    .enabled(if: Tools.path(of: "gcc") != nil, "needs gcc"),
    arguments: [TargetMachine.portable, .x86_64_v3], ["mixer", "mnist_cnn", "unet"])
  func stackIsBounded(_ target: TargetMachine, _ name: String) throws {
    let text = try ExampleModels.named(name).text
    let files = try FrozenHarness(
      text, target, .bytes, { $0.weights = .file }, values: FrozenHarness.zeros(text))
    let bound = FrozenStack.bytes(target)
    #expect(files.source.network.replacing("\n// ", with: " ").contains("takes \(bound) bytes"))
    try inFolder(files) { folder in
      let built = try Tools.run(
        #require(Tools.path(of: "gcc")),
        ["-std=c11", "-O2", "-fstack-usage"] + target.compilerFlags + ["-c", "net.c"], in: folder)
      #expect(built.status == 0, "\(built.said)")
      let rows = try String(contentsOfFile: folder + "/net.su", encoding: .utf8)
        .split(separator: "\n").map { $0.split(separator: "\t") }
      #expect(!rows.isEmpty && rows.allSatisfy { $0[2] == "static" || $0[2] == "dynamic,bounded" })
      let frames = rows.compactMap { Int($0[1]) }.sorted(by: >).prefix(5)
      #expect(frames.reduce(0, +) <= bound, "\(frames)")
    }
  }

  /// Protects the program around a network, and what it says of what it cannot read.
  @Test func program() throws {
    let text = Case.network.text
    let values = try FrozenHarness.drawn(text)
    let model = try CompilerFixture.compile(text).model
    let sample = Sample(model, count: 1, seed: 41)
    let harness = try FrozenHarness(
      text, .portable, .float,
      {
        $0.weights = .file
        $0.classNames = ["a \"quoted\"\n??/ name", "%s\\", "\u{e9}*/"]
      }, values: values)
    let expected = try harness.run(sample, sizes: [3])[0]
    let best = expected.indices.max { expected[$0] < expected[$1] } ?? 0
    try inFolder(harness) { folder in
      let built = try Tools.run(
        CCompiler.find(named: nil).path,
        ["-std=c99", "-trigraphs", "-O0", "net_main.c", "net.c", "-lm", "-o", "net"], in: folder)
      #expect(built.status == 0, "\(built.said)")
      let input = sample.inputs.flatMap { number in
        withUnsafeBytes(of: Float(number).bitPattern.littleEndian) { Array($0) }
      }
      try Data(input).write(to: URL(fileURLWithPath: folder + "/input.raw"))
      let weights = try #require(harness.source.weights)
      try Data(weights).write(to: URL(fileURLWithPath: folder + "/net.weights"))
      let run = try Tools.run(folder + "/net", ["net.weights", "input.raw"], in: folder)
      let name = harness.options.classNames[best]
      #expect(run.status == 0)
      #expect(run.said.hasPrefix("logits: class \(best) (\(name)), "), "\(run.said)")
      #expect(try Tools.run(folder + "/net", [], in: folder).status == 1)
      for arguments in [
        ["net.weights", "net.c"], ["net.weights", "none"], ["input.raw", "input.raw"],
      ] {
        let refused = try Tools.run(folder + "/net", arguments, in: folder)
        #expect(refused.status == 1 && !refused.said.isEmpty, "\(arguments)")
      }
      // One bit anywhere: a number, the checksum, the kind; and a byte too many or too few.
      for place in [0, 5, 9, 13, 64, weights.count - 1] {
        var damaged = weights
        damaged[place] ^= 0x10
        try Data(damaged).write(to: URL(fileURLWithPath: folder + "/damaged"))
        let refused = try Tools.run(folder + "/net", ["damaged", "input.raw"], in: folder)
        #expect(refused.status == 1 && refused.said.contains("damaged"), "byte \(place)")
      }
    }
  }

  /// Protects names: none that C, C++, a header or the network's own functions take; and numbers that no
  /// float holds.
  @Test func refusals() throws {
    for name in ["", "1net", "n-t", "a__b", "net_", "k", "g_net", "b_x", "naïve", "a b", "x*/"] {
      #expect(throws: Failure.self, "\(name)") { try FrozenName(name) }
    }
    let plain = try FrozenName("int")
    for stem in ["math", "Stdio", "a\"b", "a\nb", ""] {
      #expect(throws: Failure.self, "\(stem)") { try FrozenOptions(name: plain, stem: stem) }
    }
    let text = Case.network.text
    let values = try FrozenHarness.drawn(text)
    #expect(throws: Failure.self) {
      try FrozenHarness(text) { name in
        name == "batchnorm1.gamma" ? try values(name).map { _ in 3e38 } : try values(name)
      }
    }
  }

  private func inFolder(_ harness: FrozenHarness, _ work: (String) throws -> Void) throws {
    try Tools.inFolder { folder in
      for (name, text) in [
        ("net.c", harness.source.network), ("net.h", harness.source.header),
        ("net_main.c", harness.source.main),
      ] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      try work(folder)
    }
  }
}
