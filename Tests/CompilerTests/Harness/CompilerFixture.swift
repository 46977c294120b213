import Diagnostics
import Foundation
import IR
import Lowering
import Operators
import Runner

@testable import Driver

/// Where the tests' models are compiled: through the whole compiler and clang, as `bnc train` does.
///
/// Plugins stay in a folder for temporary files under a hash of their C, the compiler and its
/// flags: tests that ask for one plugin share it, and a second run of the tests compiles only what
/// changed.
enum CompilerFixture {
  static let folder = FileManager.default.temporaryDirectory.path + "/bnc-compiler-tests"
  /// Several, since each looks at all that it has whenever something is added.
  private static let caches = (0..<64).map { PluginCache(folder: "\(folder)/\($0)") }
  private static let locks = Locks()

  /// A plugin of the model `text`.
  ///
  /// Float is compiled as it is shipped. The C of double is the same but for the type, and clang
  /// does not optimize it, which is what takes most of the tests' time; nor where no plan is given, by
  /// tests that look at other things than kernels.
  static func plugin(
    _ text: String, _ given: PlanOptions? = nil, batch: Int? = nil, library: Library = .standard
  ) throws -> LoadedPlugin {
    let source = SourceFile(name: "test.bn", text: text)
    var plan = given ?? PlanOptions()
    if given == nil || plan.precision == .double { plan.target.compilerFlags.append("-O0") }
    // A batch of 1 is looked at whatever there is to learn from it.
    let options = CompileOptions(plan: plan, batch: batch, trains: batch != 1)
    // Two tests at once would compile one plugin twice.
    let lock = locks.lock(for: "\(options) \(text)")
    lock.lock()
    defer { lock.unlock() }
    let place = text.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff } % caches.count
    return try caches[place].withPlugin(
      for: source, options, compiler: .find(named: nil), library: library
    ) { try LoadedPlugin(path: $0, expectedHash: $1) }.loaded
  }

  /// All stages of the model `text`, without clang.
  static func compile(
    _ text: String, _ plan: PlanOptions = PlanOptions(), batch: Int? = nil,
    library: Library = .standard
  ) throws -> Compilation {
    try Compiler.compile(
      SourceFile(name: "test.bn", text: text),
      CompileOptions(plan: plan, batch: batch, trains: batch != 1), library: library)
  }

  /// The kernels of the model `text`, without their C.
  static func kernels(
    _ text: String, _ plan: PlanOptions = PlanOptions(), batch: Int? = nil
  ) throws -> KernelPlan {
    try Compiler.plan(
      SourceFile(name: "test.bn", text: text), CompileOptions(plan: plan, batch: batch)
    ).placed.kernels
  }

  private final class Locks: @unchecked Sendable {
    private let all = NSLock()
    private var locks: [String: NSLock] = [:]

    func lock(for key: String) -> NSLock {
      all.withLock {
        let lock = locks[key] ?? NSLock()
        locks[key] = lock
        return lock
      }
    }
  }
}

extension PlanOptions {
  /// One step for inspection, in double unless told otherwise.
  static func inspection(_ precision: Precision = .double) -> PlanOptions {
    PlanOptions(target: .native, precision: precision, purpose: .inspection)
  }

  /// One example at a time.
  static func inference(
    _ precision: Precision, target: TargetMachine = .native, fuses: Bool = true
  ) -> PlanOptions {
    PlanOptions(target: target, precision: precision, fuses: fuses, purpose: .inference)
  }

  /// Batches evaluated, and nothing that trains.
  static func evaluation(
    _ precision: Precision, target: TargetMachine = .native, fuses: Bool = true
  ) -> PlanOptions {
    PlanOptions(target: target, precision: precision, fuses: fuses, purpose: .evaluation)
  }

  /// A step that trains.
  static func training(
    _ precision: Precision, target: TargetMachine = .native, fuses: Bool = true
  ) -> PlanOptions {
    PlanOptions(target: target, precision: precision, fuses: fuses)
  }

  /// A step that trains on a machine that has next to no cache.
  static func smallCache(
    _ precision: Precision, target: TargetMachine = .native
  ) -> PlanOptions {
    cache(1024, precision, target: target)
  }

  /// For training on a machine with so large a second-level cache.
  static func cache(
    _ bytes: Int, _ precision: Precision, target: TargetMachine = .native
  ) -> PlanOptions {
    var plan = training(precision, target: target)
    plan.target.cacheBytes = bytes
    return plan
  }

  /// For training in as little memory as is found.
  static func least(
    _ precision: Precision, target: TargetMachine = .native
  ) -> PlanOptions {
    var plan = training(precision, target: target)
    plan.memory = .least
    return plan
  }
}
