import Foundation
import Testing

/// `bnc train --memory`, seen from a shell.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct TrainingMemoryTests {
  /// Protects what is learned in little memory: the numbers of `--exact`, whatever is made once more; what a
  /// plugin was compiled for cannot be changed, and too little is told.
  @Test func theSameNumbers() throws {
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    try Data(
      """
      model m {
        input x: [3, 8, 8]
        target t: class(4)
        h = x | conv(8, kernel: 3, padding: 1) | batchnorm | relu | conv(8, kernel: 3, padding: 1) | gelu
        y = h | maxpool(2) | conv(8, kernel: 3, padding: 1) | batchnorm | relu | flatten | dense(4)
        loss softmax_cross_entropy(y, t)
      }
      training { batch 16 optimizer momentum(lr: 0.05) }

      """.utf8
    ).write(to: URL(fileURLWithPath: "\(folder.path)/m.bn"))
    let said = try shell.run(
      """
      for how in --exact "--memory least" "--memory 3M"; do
        bnc train m.bn $how --epochs 1 --threads 2 --save w >log 2>&1 || cat log; cksum <w
      done
      """)
    #expect(said.count == 3 && Set(said).count == 1, "\(said)")
    #expect(
      try shell.run("bnc train m.bn --memory 2K --epochs 1 2>&1 | head -1").first?.hasPrefix(
        "error") == true)
    #expect(
      try shell.run("bnc compile m.bn -o o >log; bnc train o/m.so --memory 3M 2>&1; echo $?") == [
        "error: o/m.so: is compiled already, for memory of its own",
        "help: name the model (.bn), so that bnc compiles it for --memory", "1",
      ])
  }
}
