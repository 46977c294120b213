import Foundation
import Testing

/// `bnc bench`, seen from outside.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct BenchCommandTests {
  /// Protects figures of another machine's kernels: they are compiled for the target that is named, run
  /// beside the peak of its vectors, and what cannot be run here is refused.
  @Test func targets() throws {
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    let model = """
      model m {
        input x: [3]
        target t: [1]
        y = x | dense(4) | prelu | dense(1)
        loss linear_regression(y, t)
      }
      training { batch 8 }
      """
    try Data(model.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/m.bn"))
    let said = try shell.run("bnc bench m.bn --target generic --seconds 0.1 --threads 1")
    #expect(said.first?.hasPrefix("m: batch 8, 4 lanes, generic, 1 threads") == true, "\(said)")
    #expect(said.contains { $0.hasPrefix("dense1_forward") })
    #expect(!said.contains { $0.hasPrefix("prelu1_forward") })
    _ = try shell.run("bnc compile m.bn --target generic")
    for (arguments, what) in [
      ("m.bn --target \(Self.foreign)", "this one cannot run its code"),
      ("m.bn --target pdp11", "there is no target `pdp11`"),
      ("./m.so --target generic", "is compiled already, for a machine of its own"),
    ] {
      let refused = try shell.run("bnc bench \(arguments) --seconds 0.1 2>&1; echo $?")
      #expect(refused.contains { $0.contains(what) } && refused.last == "1", "\(refused)")
    }
  }

  private static var foreign: String {
    #if arch(arm64)
      "x86-64-v3"
    #else
      "aarch64"
    #endif
  }
}
