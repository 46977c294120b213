// swift-tools-version: 6.1
import PackageDescription

// Tests run the compiler thousands of times and compute networks from their formulas: without
// optimization that is half of what they take. `@testable` works all the same.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
// What the tests look into, in a release too: so the program that is tested is the one that is shipped,
// and is built once for both.
let testable: [SwiftSetting] = [.unsafeFlags(["-enable-testing"], .when(configuration: .release))]
// The tests themselves compute little: optimizing them takes longer than it saves.
let plain: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let package = Package(
  name: "bnc",
  products: [
    .executable(name: "bnc", targets: ["bnc"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // The command line: arguments, printing, exit codes.
    .executableTarget(
      name: "bnc",
      dependencies: [
        "Driver", "Runner", "CodeGeneration", "Operators", "Lowering", "Language", "IR", "Files",
        "Diagnostics", "Exporting", "Verification",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Compiled networks against formulas, slopes and each other.
    .target(
      name: "Verification",
      dependencies: [
        "Driver", "Runner", "CodeGeneration", "Lowering", "Operators", "IR", "Diagnostics",
      ], swiftSettings: optimized),

    // model.bn -> plugin: the stages in order, clang, the cache.
    .target(
      name: "Driver",
      dependencies: [
        "Language", "Operators", "Lowering", "CodeGeneration", "IR", "Files", "Diagnostics",
        "PluginABI", "ExampleModels", "MPIModule", "Exporting", "Importing", "ONNX",
      ], swiftSettings: testable),

    // A loaded plugin, data, training, evaluation.
    .target(
      name: "Runner",
      dependencies: ["PluginABI", "Files", "Diagnostics", "CImages", "CZlib"],
      swiftSettings: testable),

    // The compiler, last stage first.
    .target(
      name: "CodeGeneration",
      dependencies: [
        "Lowering", "IR", "Diagnostics", "Templates",
        .product(name: "Mustache", package: "swift-mustache"),
      ], swiftSettings: optimized + testable),
    .target(name: "Lowering", dependencies: ["IR", "Diagnostics"], swiftSettings: optimized),
    .target(
      name: "Operators", dependencies: ["Lowering", "Exporting", "Importing", "IR", "Diagnostics"],
      swiftSettings: optimized + testable),
    .target(name: "Exporting", dependencies: ["IR", "Diagnostics"], swiftSettings: optimized),
    .target(name: "Importing", dependencies: ["IR", "Diagnostics"], swiftSettings: optimized),
    .target(
      name: "Language", dependencies: ["IR", "Diagnostics"], swiftSettings: optimized + testable),
    .target(name: "IR", dependencies: ["Diagnostics"], swiftSettings: optimized),
    .target(name: "Diagnostics", swiftSettings: optimized),

    // ONNX files: the messages, and their text.
    .target(
      name: "ONNX",
      dependencies: [
        "Diagnostics", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["onnx.proto"]),

    // Files that appear whole or not at all; folders.
    .target(name: "Files", dependencies: ["Diagnostics", "CZlib"]),

    // C: what the plugin and the runner share, the kernels, the example models, images.
    .target(name: "PluginABI"),
    .target(name: "Templates", path: "Templates"),
    .target(name: "ExampleModels"),
    // What joins processes by MPI, as text: it is compiled where MPI is.
    .target(name: "MPIModule", exclude: ["Module"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .target(name: "CImages", dependencies: ["CPNG", "CJPEG"]),

    .testTarget(
      name: "LanguageTests", dependencies: ["Language", "Operators", "IR", "Diagnostics"],
      swiftSettings: plain),
    .testTarget(
      name: "RunnerTests", dependencies: ["Runner", "Files", "PluginABI"], swiftSettings: plain),
    .testTarget(
      name: "CompilerTests",
      dependencies: [
        "Driver", "CodeGeneration", "Operators", "Lowering", "Language", "IR", "Runner",
        "PluginABI", "Files", "Diagnostics", "Exporting", "ONNX", "Verification",
      ], swiftSettings: plain),
    .testTarget(
      name: "GoldenTests",
      dependencies: [
        "Driver", "CodeGeneration", "Operators", "Lowering", "Language", "IR", "Diagnostics",
        "Exporting", "ONNX",
      ],
      exclude: ["Cases"], swiftSettings: plain),
    .testTarget(
      name: "SeedTests",
      dependencies: [
        "bnc", "Driver", "Operators", "Language", "IR", "Runner", "Lowering", "Diagnostics",
      ], swiftSettings: plain),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

// With BNC_FUZZ set, the program that fuzzes the readers takes the place of the tests: it is compiled
// with libFuzzer, which all others must not be (Tests/Fuzzing/run).
let readers: [Target.Dependency] = [
  "Runner", "Driver", "Language", "Operators", "IR", "Files", "Diagnostics", "PluginABI",
]
let others = ["Plugin", "corpus", "dictionaries", "make_corpus.py", "run"]
if Context.environment["BNC_FUZZ"] == nil {
  package.targets.append(
    .testTarget(
      name: "FuzzingTests", dependencies: readers, path: "Tests/Fuzzing",
      exclude: others + ["Measure", "Program"],
      sources: ["Readers", "Replay"], swiftSettings: plain))
} else {
  package.targets.removeAll { $0.type == .test }
  package.targets += [
    .target(name: "Measure", path: "Tests/Fuzzing/Measure"),
    .executableTarget(
      name: "Fuzzing", dependencies: readers + ["Measure", "CZlib"], path: "Tests/Fuzzing",
      exclude: others + ["Measure", "Replay"],
      sources: ["Readers", "Program"]),
  ]
}
