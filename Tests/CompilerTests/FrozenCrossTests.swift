import CodeGeneration
import Driver
import Foundation
import IR
import Lowering
import Testing
import Verification

/// Frozen networks on other machines: built by cross compilers, run by emulators, where they are
/// installed.
@Suite struct FrozenCrossTests {
  struct Machine: Sendable, CustomStringConvertible {
    let name, compiler: String
    var flags: [String] = []
    var target = TargetMachine.portable
    /// What runs its programs; nil where this machine does.
    var emulator: String?
    /// Whether there is a system to run a program on.
    var runs = true

    var description: String { name }
  }

  private static let machines = [
    Machine(name: "32 bits", compiler: "gcc", flags: ["-m32"]),
    Machine(
      name: "aarch64", compiler: "aarch64-linux-gnu-gcc", flags: ["-static"],
      emulator: "qemu-aarch64"),
    Machine(
      name: "aarch64 vectors", compiler: "aarch64-linux-gnu-gcc", flags: ["-static"],
      target: .aarch64, emulator: "qemu-aarch64"),
    Machine(
      name: "riscv64", compiler: "riscv64-linux-gnu-gcc", flags: ["-static"],
      emulator: "qemu-riscv64"),
    Machine(
      name: "riscv64 vectors", compiler: "riscv64-linux-gnu-gcc", flags: ["-static"],
      target: .generic, emulator: "qemu-riscv64"),
    Machine(
      name: "Cortex-M4", compiler: "arm-none-eabi-gcc",
      flags: ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"], runs: false),
    Machine(
      name: "Cortex-M0", compiler: "arm-none-eabi-gcc", flags: ["-mcpu=cortex-m0", "-mthumb"],
      runs: false),
  ].filter(isThere)

  /// Protects those who ship a network to another machine: its compiler has no warning, and the
  /// program prints the numbers that the network makes here, up to what other roundings and six digits
  /// in print come to.
  @Test(
    .enabled(
      if: !machines.isEmpty,
      "needs gcc-aarch64-linux-gnu, gcc-riscv64-linux-gnu, gcc-arm-none-eabi or libc6-dev-i386, and qemu-user"
    ), arguments: machines)
  func computesTheSame(_ machine: Machine) throws {
    let text = Case.network.text.replacing(
      "loss softmax_cross_entropy(logits, label, reduction: sum)", with: "loss huber(logits, label)"
    ).replacing("class(3)", with: "[3]")
    let values = try FrozenHarness.drawn(text)
    let model = try CompilerFixture.compile(text).model
    let sample = Sample(model, count: 1, seed: 51)
    let harness = try FrozenHarness(text, machine.target, values: values)
    let here = try harness.run(sample, sizes: [3])[0]
    try Tools.inFolder { folder in
      for (name, text) in [
        ("net.c", harness.source.network), ("net.h", harness.source.header),
        ("net_main.c", harness.source.main),
      ] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      let strict = ["-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
      let files = machine.runs ? ["net_main.c", "net.c", "-lm", "-o", "net"] : ["-c", "net.c"]
      let built = try Tools.run(
        #require(Tools.path(of: machine.compiler)),
        ["-std=c99", "-O2"] + strict + machine.flags + files, in: folder)
      #expect(built.status == 0, "\(built.said.prefix(2000))")
      guard machine.runs, built.status == 0 else { return }
      let input = sample.inputs.flatMap { number in
        withUnsafeBytes(of: Float(number).bitPattern.littleEndian) { Array($0) }
      }
      try Data(input).write(to: URL(fileURLWithPath: folder + "/input.raw"))
      let emulator = try machine.emulator.map { try #require(Tools.path(of: $0)) }
      let run = try Tools.run(
        emulator ?? folder + "/net", (emulator == nil ? [] : [folder + "/net"]) + ["input.raw"],
        in: folder)
      #expect(run.status == 0, "\(run.said)")
      let there = run.said.split(separator: " ").compactMap {
        Double($0.trimmingCharacters(in: .newlines))
      }
      expectClose(there, here.map(Double.init), within: 2e-5, machine.name)
    }
  }

  /// Whether a machine's compiler makes what its tests need, and its emulator is there.
  private static func isThere(_ machine: Machine) -> Bool {
    guard let compiler = Tools.path(of: machine.compiler) else { return false }
    if let emulator = machine.emulator, Tools.path(of: emulator) == nil { return false }
    let made: Bool? = try? Tools.inFolder { folder in
      try Data("#include <math.h>\nint main(void) { return 0; }\n".utf8).write(
        to: URL(fileURLWithPath: folder + "/main.c"))
      return try Tools.run(
        compiler, machine.flags + (machine.runs ? ["main.c", "-o", "main"] : ["-c", "main.c"]),
        in: folder
      ).status == 0
    }
    return made == true
  }
}
