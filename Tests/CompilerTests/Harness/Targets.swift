import Driver
import Lowering
import PluginABI
import Verification

/// The targets that this machine can run.
enum Targets {
  static let runnable: [TargetMachine] = {
    let here = bnc_instruction_set()
    let needs: [(TargetMachine, Int)] = [
      (.x86_64_v4, BNC_AVX512), (.x86_64_v3, BNC_AVX2), (.x86_64, BNC_SSE2), (.aarch64, BNC_NEON),
    ]
    return needs.filter { here & UInt64($0.1) != 0 }.map(\.0) + [.generic]
  }()

  /// Sizes of second-level caches, from the smallest of today's processors to the largest.
  static let caches = [256 * 1024, 512 * 1024, 2 * 1024 * 1024]

  /// Each of `runnable` with each of `caches`, and what `native` is here: green on one machine says
  /// that the C for others is right too.
  static let all: [TargetMachine] =
    runnable.flatMap { target in
      caches.map { bytes in
        var target = target
        target.cacheBytes = bytes
        return target
      }
    } + [.native]

  /// Those of `all` whose kernels for the model `text` differ, by more than the names.
  static func telling(
    _ text: String, _ precision: Precision, batch: Int? = nil
  ) throws -> [TargetMachine] {
    var seen: Set<String> = []
    return try all.filter { target in
      let plan = PlanOptions(target: target, precision: precision)
      let kernels = try CompilerFixture.kernels(text, plan, batch: batch).text
      return seen.insert("\(target.name)\n\(kernels)").inserted
    }
  }
}
