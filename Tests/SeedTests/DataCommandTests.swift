import Foundation
import Testing

/// What the commands make of data sets and say about them, seen from a shell.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct DataCommandTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  private func model(_ input: String, _ body: String, data: String = "") -> String {
    """
    model m {
      input x: \(input)
      target y: class(2)
      o = x | \(body)
      loss softmax_cross_entropy(o, y)
    }
    training { batch 8 epochs 2 \(data) }
    """
  }

  /// Protects what `--validation` says and does: the part that epochs are judged by, the test in the
  /// end, and a share that leaves nothing ends with what to do.
  @Test func validation() throws {
    try write(model("[1]", "dense(2)"), to: "m.bn")
    let rows = (0..<40).map { "\($0),\($0 % 2)" }.joined(separator: "\n")
    try write(rows, to: "train.csv")
    try write("1,1\n2,0\n", to: "test.csv")
    let said = try shell.run("bnc train m.bn --data . --validation 0.25 --stratified --keep best")
    #expect(
      said.contains("data .: 30 to train on, 10 to validate on, 2 to test on in the end"))
    #expect(said.count { $0.hasPrefix("Epoch ") && $0.contains(", Validation_acc ") } == 2)
    #expect(said.contains { $0.hasPrefix("best validation accuracy ") })
    #expect(said.contains { $0.hasPrefix("test of the weights of epoch ") })
    #expect(
      try shell.run("bnc train m.bn --data . --validation 0.001 2>&1 || echo failed")
        == [
          "error: a validation share of 0.001 leaves no examples to validate on: there are 40 in the "
            + "training part", "help: give another --validation, or more examples", "failed",
        ])
    #expect(
      try shell.run("bnc train m.bn --stratified 2>&1 | grep -c 'share of --validation'") == ["1"])
    let alone = try shell.run("bnc train m.bn --data train.csv --validation 0.25")
    #expect(alone.contains("data train.csv: 30 to train on, 10 to validate on"))
    #expect(!alone.contains { $0.hasPrefix("test of") })
  }
}
