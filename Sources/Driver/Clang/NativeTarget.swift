import Diagnostics
import Glibc
import Lowering
import PluginABI

extension TargetMachine {
  /// The machine that bnc runs on: the widest vectors that it has, tuned to its processor.
  package static var native: TargetMachine {
    let instructions = bnc_instruction_set()
    var target: TargetMachine =
      instructions & UInt64(BNC_AVX512) != 0
      ? .x86_64_v4
      : instructions & UInt64(BNC_AVX2) != 0
        ? .x86_64_v3
        : instructions & UInt64(BNC_SSE2) != 0
          ? .x86_64 : instructions & UInt64(BNC_NEON) != 0 ? .aarch64 : .generic
    if target != .generic {
      target.compilerFlags =
        (target == .aarch64 ? ["-mcpu=native"] : ["-march=native"])
        + target.compilerFlags.filter { !$0.hasPrefix("-march") }
    }
    target.name = "native"
    // What several cores share is not one's alone.
    if let bytes = secondLevelCacheBytes { target.cacheBytes = min(bytes, 2 << 20) }
    return target
  }

  /// Bytes of the second-level cache, as the system tells; nil where it does not.
  private static var secondLevelCacheBytes: Int? {
    let bytes = Int(sysconf(Int32(_SC_LEVEL2_CACHE_SIZE)))
    return bytes >= 64 << 10 ? bytes : nil
  }

  /// Whether it is another kind of processor than this machine's, so that the machine's own
  /// compiler may have no word of it.
  package var isForeign: Bool {
    #if arch(arm64)
      name.hasPrefix("x86-64")
    #else
      name == TargetMachine.aarch64.name
    #endif
  }

  /// The target called `name` on the command line.
  ///
  /// - Throws: `Failure` that lists the targets there are.
  package static func named(_ name: String) throws(Failure) -> TargetMachine {
    if name == "native" { return .native }
    guard let target = TargetMachine.named.first(where: { $0.name == name }) else {
      let names = (TargetMachine.named.map(\.name) + ["native"]).joined(separator: ", ")
      throw Failure("there is no target `\(name)`", help: "one of \(names)")
    }
    return target
  }
}
