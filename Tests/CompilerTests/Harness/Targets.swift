import Driver
import Lowering
import PluginABI

/// The targets that this machine can run.
enum Targets {
  static let runnable: [Target] = {
    let here = bnc_instruction_set()
    let needs: [(Target, Int)] = [
      (.x86_64_v4, BNC_AVX512), (.x86_64_v3, BNC_AVX2), (.x86_64, BNC_SSE2), (.aarch64, BNC_NEON),
    ]
    return needs.filter { here & UInt64($0.1) != 0 }.map(\.0) + [.generic]
  }()
}
