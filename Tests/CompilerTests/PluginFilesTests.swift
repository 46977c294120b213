import Diagnostics
import Driver
import Foundation
import Lowering
import Testing

/// The files that `bnc compile` writes.
@Suite struct PluginFilesTests {
  /// Protects C for another kind of processor from waiting for a compiler: it is written without a
  /// plugin, and a plugin of other C does not stay beside it.
  @Test func foreignTargetWithoutCompiler() throws {
    try Tools.inFolder { folder in
      let compilation = try CompilerFixture.compile(
        """
        model small {
          input x: [2]
          target t: class(2)
          y = x | dense(2)
          loss softmax_cross_entropy(y, t)
        }
        """, PlanOptions(target: .aarch64))
      let files = PluginFiles(compilation: compilation, folder: folder)
      try Data().write(to: URL(fileURLWithPath: files.plugin))
      let hasPlugin = try files.write(
        with: .find(named: "false"), target: .aarch64, host: true, needsPlugin: false)
      #expect(!hasPlugin)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
          == ["small.c", "small.h", "small_main.c", "small_trainer.c", "small_trainer.h"])
      #expect(try String(contentsOfFile: files.header, encoding: .utf8).contains("small.c"))
    }
  }

  /// Protects folders: a compiler that fails leaves behind neither files nor the folders that were
  /// made for them, and a folder that was there stays.
  @Test func failingCompilerLeavesNothing() throws {
    try Tools.inFolder { folder in
      let compilation = try CompilerFixture.compile(
        """
        model small {
          input x: [2]
          target t: class(2)
          y = x | dense(2)
          loss softmax_cross_entropy(y, t)
        }
        """)
      let compiler = try CCompiler.find(named: "false")
      for place in [folder + "/new/deep", folder] {
        let files = PluginFiles(compilation: compilation, folder: place)
        #expect(throws: Failure.self) {
          try files.write(with: compiler, target: .x86_64_v3, host: true)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
      }
    }
  }
}
