import Diagnostics
import Foundation
import IR
import Lowering
import Operators
import Testing

/// The generated C as a product of its own.
@Suite struct GeneratedCTests {
  private static let warnings = [
    "-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror",
    "-fsyntax-only",
  ]
  private static let purposes = [
    PlanOptions(), PlanOptions(fuses: false), PlanOptions(purpose: .inspection),
    PlanOptions(purpose: .inference), PlanOptions(purpose: .evaluation),
  ]

  /// Protects the promise of no warning, network and host program, for every target that is
  /// compiled for here, in both precisions and in each way of planning.
  @Test(arguments: Tools.compilers, [Precision.float, .double])
  func noWarning(_ compiler: String, _ precision: Precision) throws {
    for target in [TargetMachine.x86_64_v4, .x86_64_v3, .x86_64, .generic] {
      #if !arch(x86_64)
        if target != .generic { continue }
      #endif
      for plan in Self.purposes {
        var plan = plan
        plan.target = target
        plan.precision = precision
        try expectNoWarning(Case.everything, plan, compiler, Self.warnings)
      }
    }
    // The C of double is the same but for the type.
    guard precision == .float else { return }
    var small = PlanOptions.smallCache(precision)
    small.target.compilerFlags = []
    try expectNoWarning(Case.wideDense, small, compiler, Self.warnings)
    small.target.cacheBytes = 65536
    try expectNoWarning(Case.largeImages, small, compiler, Self.warnings)
    small.memory = .bytes(1 << 40)
    try expectNoWarning(Case.largeImages, small, compiler, Self.warnings)
    for example in Case.winograd {
      for side in WinogradGeometry.sides {
        try expectNoWarning(
          example, .winograd(precision, .generic, side: side), compiler, Self.warnings)
      }
    }
    for example in Case.channelGradients {
      try expectNoWarning(
        example, .channelGradients(precision, .generic), compiler, Self.warnings)
    }
    // What is left: the other losses, and models that leave parts of the file out.
    for example in Case.operators + Case.withinExamples + [.shapes] + Case.scheduled
      + Case.optimized
    {
      for purpose in [PlanOptions.Purpose.training, .inference, .evaluation] {
        try expectNoWarning(
          example, PlanOptions(target: .generic, precision: precision, purpose: purpose), compiler,
          Self.warnings)
      }
    }
  }

  /// Protects whoever compiles a file by hand: no warning with a compiler's default flags and in
  /// each dialect that it knows, of network and host, whatever the target that the C was written
  /// for.
  @Test(arguments: Tools.compilers)
  func anyDialect(_ compiler: String) throws {
    let others = (Case.activations + Case.scheduled + Case.optimized).map { ($0, PlanOptions()) }
    let each = ["", "-std=gnu11", "-std=gnu17", "-std=c11", "-std=c17", "-std=c2x", "-std=c23"]
    for (example, plan, dialects) in [
      (Case.everything, PlanOptions(target: .x86_64_v4)), (.everything, PlanOptions()),
      (.everything, PlanOptions(purpose: .inference)),
      (.everything, PlanOptions(purpose: .evaluation)),
      (.everything, PlanOptions(purpose: .inspection)), (.largeImages, .cache(65536, .float)),
      (Case.operators[11], PlanOptions(precision: .double)),
    ].map({ ($0, $1, each) }) + others.map({ ($0, $1, ["", "-std=c2x"]) }) {
      try Tools.inFolder { folder in
        let files = try CompilerFixture.compile(example.text, plan).write(to: folder)
        for dialect in dialects {
          let flags = (dialect.isEmpty ? [] : [dialect]) + ["-Werror", "-fsyntax-only"]
          let isKnown =
            try Tools.run(compiler, flags + ["-xc", "/dev/null"], in: folder).status == 0
          guard isKnown else { continue }
          let found = try Tools.run(compiler, flags + [files.network, files.host], in: folder)
          #expect(
            found.status == 0 && found.said.isEmpty, "\(dialect): \(found.said.prefix(2000))")
        }
      }
    }
  }

  /// Protects hosts in C++.
  @Test(arguments: ["clang++", "g++"].compactMap { Tools.path(of: $0) })
  func headerInCPlusPlus(_ compiler: String) throws {
    try Tools.inFolder { folder in
      let files = try CompilerFixture.compile(Case.network.text).write(to: folder)
      let source =
        "#include \"\(files.network.dropLast(2)).h\"\nint main() { return BNC_SYMBOL() == nullptr; }\n"
      try Data(source.utf8).write(to: URL(fileURLWithPath: folder + "/host.cpp"))
      let found = try Tools.run(
        compiler,
        ["-std=c++17", "-Wall", "-Wextra", "-Wshadow", "-pedantic", "-Werror", "-fsyntax-only"]
          + ["host.cpp"], in: folder)
      #expect(found.status == 0 && found.said.isEmpty, "\(found.said.prefix(2000))")
    }
  }

  /// Protects the C from growing with the sizes: a network of one shape, 16 times as wide, with 64
  /// times the pixels and 32 times the batch, is as long within a tenth. And from saying things
  /// twice: three stages more of a kind that is there add their names, sizes and places, and no
  /// functions. How convolutions take their sums depends on their sizes: each way is held.
  @Test(arguments: [PlanOptions.Products.exact, .tilesOf2, .tilesOf4, .channelGradients])
  func lengthFollowsLayers(_ products: PlanOptions.Products) throws {
    func lines(depth: Int = 3, width: Int = 8, image: Int = 8, batch: Int = 8) throws -> Int {
      let stage = "conv(\(width), kernel: 3, padding: 1) | batchnorm | relu"
      let stages = Array(repeating: stage, count: depth).joined(separator: " | ")
      let example = Case(
        "length", input: "[3, \(image), \(image)]", batch: batch,
        "y = x | \(stages) | avgpool(\(image)) | flatten | dense(\(width)) | relu")
      let compilation = try CompilerFixture.compile(
        example.text, PlanOptions(target: .x86_64_v4, products: products))
      return compilation.plugin.network.split(separator: "\n").count
    }
    let small = try lines()
    for large in try [lines(width: 128), lines(image: 64), lines(batch: 256)] {
      #expect(abs(large - small) * 10 < small, "\(large) lines instead of \(small)")
    }
    let deep = try lines(depth: 6)
    // Of the products each stage has three kernels more: two transform its weight, one its gradient; of
    // gradients with channels in the lanes one.
    #expect(
      deep - small < 3 * (products == .exact ? 120 : 140), "\(deep) lines instead of \(small)")
    #expect(abs(try lines(depth: 9) - 2 * deep + small) < 10)
  }

  /// Protects it where the optimizer looks closer: gcc finds some mistakes only then, those in
  /// branches that never run among them, as for a wider tile where all are the widest.
  @Test(arguments: Tools.compilers)
  func noWarningWhenOptimized(_ compiler: String) throws {
    let flags = Self.warnings.filter { $0 != "-fsyntax-only" } + ["-c"]
    let chain = Case(
      "chain", input: "[400]", batch: 64, "y = x | dense(120) | tanh | dense(84) | tanh | dense(10)"
    )
    for level in ["-O1", "-O2"] {
      try expectNoWarning(
        Case.everything, PlanOptions(target: .generic), compiler, flags + [level])
      for target in [TargetMachine.x86_64_v3, .generic] {
        #if !arch(x86_64)
          if target != .generic { continue }
        #endif
        try expectNoWarning(chain, PlanOptions(target: target), compiler, flags + [level])
        try expectNoWarning(
          Case.winograd[2], .winograd(.float, target, side: 4), compiler, flags + [level])
        try expectNoWarning(
          Case.channelGradients[1], .channelGradients(.float, target), compiler, flags + [level])
      }
    }
  }

  private func expectNoWarning(
    _ example: Case, _ plan: PlanOptions, _ compiler: String, _ flags: [String]
  ) throws {
    try Tools.inFolder { folder in
      let files = try CompilerFixture.compile(example.text, plan).write(to: folder)
      let found = try Tools.run(
        compiler, flags + plan.target.compilerFlags + [files.network, files.host], in: folder)
      #expect(
        found.status == 0 && found.said.isEmpty,
        "\(example) \(plan.target.name): \(found.said.prefix(2000))")
    }
  }

  /// Protects memory: three steps and an evaluation of the plain C program, of a full and of a
  /// short batch, under the address and undefined behaviour sanitizers. Not optimized: clang takes
  /// half a minute over unrolled tiles full of checks.
  @Test(
    .enabled(if: Tools.hasSanitizers, "clang's sanitizer runtime is not installed"),
    arguments: purposes + [.channelGradients(.float, .generic)])
  func sanitizers(_ plan: PlanOptions) throws {
    let clang = try #require(Tools.compilers.first)
    var plan = plan
    plan.target = .generic
    try Tools.inFolder { folder in
      // Whose batch goes by the cache is given one.
      let batch = plan.purpose == .evaluation ? 21 : nil
      let files = try CompilerFixture.compile(Case.everything.text, plan, batch: batch).write(
        to: folder)
      let built = try Tools.run(
        clang,
        ["-std=c11", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
          + ["-o", "program", files.network, files.host, "-lm"], in: folder)
      try #require(built.status == 0, "\(built.said.prefix(2000))")
      for count in ["21", "5"] {
        let found = try Tools.run(folder + "/program", ["3", count], in: folder)
        #expect(found.status == 0, "\(found.said.prefix(2000))")
        #expect(found.said.contains("evaluation: loss"))
      }
    }
  }

  /// Protects from names of the user that meet names of the C: functions of the template, and names
  /// that two layers' parts spell alike.
  @Test func names() throws {
    let plugin = try CompilerFixture.plugin(
      """
      model math {
        input live: [1, 6, 6]
        target real: class(3)
        v = live | batchnorm as move | conv(3, kernel: 3) as a | batchnorm as a_b | relu
        w = v | flatten
        y = w | dense(3) as b
        z = w | dense(3) as c
        LANES = y + z | dense(3) as a_forward
        loss softmax_cross_entropy(LANES, real)
      }
      training {
        batch 3
      }
      """, PlanOptions(target: .generic))
    #expect(plugin.description.layers.contains("a_forward"))
  }
}
