import Foundation
import Lowering
import Testing

/// The C for 64-bit Arm, which this machine may not be: built by a cross compiler, run by an
/// emulator.
@Suite struct CrossTests {
  private static let compiler = Tools.path(of: "aarch64-linux-gnu-gcc")
  private static let emulator = Tools.path(of: "qemu-aarch64")

  /// Protects the aarch64 target: without a warning, and with the losses of a target that runs
  /// here.
  @Test(
    .enabled(
      if: compiler != nil && emulator != nil,
      "needs gcc-aarch64-linux-gnu and qemu-user"),
    arguments: [Case.network, .everything])
  func armComputesTheSame(example: Case) throws {
    let compiler = try #require(Self.compiler)
    let emulator = try #require(Self.emulator)
    let here = try losses(of: example, .generic, compiler: #require(Tools.compilers.first), [])
    let there = try losses(
      of: example, .aarch64, compiler: compiler, ["-static"], emulator: emulator)
    #expect(here.count == there.count && !here.isEmpty)
    for (one, other) in zip(here, there) {
      #expect(abs(one - other) <= 1e-4 * max(abs(one), 1), "\(one) here, \(other) there")
    }
  }

  /// The losses that the plain C host of `example` prints.
  private func losses(
    of example: Case, _ target: TargetMachine, compiler: String, _ flags: [String],
    emulator: String? = nil
  ) throws -> [Double] {
    try Tools.inFolder { folder in
      let compilation = try CompilerFixture.compile(example.text, PlanOptions(target: target))
      let files = try compilation.write(to: folder)
      let built = try Tools.run(
        compiler,
        ["-std=c11", "-O2", "-ffp-contract=fast", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
          + target.compilerFlags + flags + [files.host, files.network, "-lm", "-o", "host"],
        in: folder)
      #expect(built.status == 0, "\(built.said)")
      let program = folder + "/host"
      let run = try Tools.run(
        emulator ?? program, (emulator == nil ? [] : [program]) + ["3", "5"], in: folder)
      #expect(run.status == 0, "\(run.said)")
      return run.said.split(separator: "\n").compactMap { line in
        line.split(separator: " ").last.flatMap { Double($0) }
      }
    }
  }
}
