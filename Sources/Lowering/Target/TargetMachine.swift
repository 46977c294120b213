/// The machine that the C is written for: its vectors, its registers, the compiler's flags.
///
/// The text of the C depends on nothing else of a machine, so that the same target gives the same
/// file everywhere.
package struct TargetMachine: Hashable, Sendable {
  /// As `--target` takes it.
  package var name: String
  /// Bytes of a vector register.
  package var vectorBytes: Int
  /// How many vector registers there are.
  package var registers: Int
  /// What clang and gcc must be told of the machine.
  package var compilerFlags: [String]

  /// The flags that the C wants of clang and gcc. Loops that pay for being unrolled say so in the
  /// C; unrolling the others too makes the compiler take half as long again, and no kernel faster.
  /// Multiply and add are contracted into one instruction, which gcc does not do in strict C11
  /// unless told.
  package var buildFlags: [String] {
    ["-std=c11", "-O2", "-fno-unroll-loops", "-ffp-contract=fast"] + compilerFlags
  }

  /// Bytes of the second-level cache of a core, as kernels count on it: what the smallest of the
  /// processors have that the target is for.
  package var cacheBytes: Int

  /// Whether the C may be written with gcc's vectors, which clang has too; else it is of plain numbers,
  /// as any compiler takes it.
  package var hasVectors: Bool { self != .portable }

  /// A target of this description.
  package init(
    name: String, vectorBytes: Int, registers: Int, compilerFlags: [String],
    cacheBytes: Int = 512 << 10
  ) {
    self.cacheBytes = cacheBytes
    self.name = name
    self.vectorBytes = vectorBytes
    self.registers = registers
    self.compilerFlags = compilerFlags
  }

  /// AVX-512: 32 registers of 64 bytes, and 1 MB of second-level cache or more.
  package static let x86_64_v4 = TargetMachine(
    name: "x86-64-v4", vectorBytes: 64, registers: 32,
    compilerFlags: ["-march=x86-64-v4", "-mprefer-vector-width=512"], cacheBytes: 1 << 20)

  /// AVX2 and FMA: 16 registers of 32 bytes. What `bnc compile` emits unless told otherwise.
  package static let x86_64_v3 = TargetMachine(
    name: "x86-64-v3", vectorBytes: 32, registers: 16, compilerFlags: ["-march=x86-64-v3"])

  /// SSE2, which every 64-bit x86 has: 16 registers of 16 bytes.
  package static let x86_64 = TargetMachine(
    name: "x86-64", vectorBytes: 16, registers: 16, compilerFlags: ["-march=x86-64"])

  /// 64-bit Arm: 32 registers of 16 bytes.
  package static let aarch64 = TargetMachine(
    name: "aarch64", vectorBytes: 16, registers: 32, compilerFlags: ["-march=armv8-a"])

  /// Any machine: vectors of 16 bytes, which the compiler maps to what it has.
  package static let generic = TargetMachine(
    name: "generic", vectorBytes: 16, registers: 16, compilerFlags: [])

  /// Any compiler of C99 or C++17 for any machine: plain numbers, no vectors. As many sums as 16
  /// registers hold are in the making at a time. What stands alone can be written for it, no plugin.
  package static let portable = TargetMachine(
    name: "portable", vectorBytes: 4, registers: 16, compilerFlags: [])

  /// The targets that have a name of their own; `native` is resolved by the driver.
  package static let named: [TargetMachine] = [.x86_64_v3, .x86_64_v4, .x86_64, .aarch64, .generic]
}

/// The numbers that the C computes with.
package enum Precision: String, Hashable, Sendable, CaseIterable {
  case float
  case double

  /// Bytes of one number.
  package var bytes: Int { self == .float ? 4 : 8 }
}
