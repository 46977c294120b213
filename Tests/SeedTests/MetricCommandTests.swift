import Foundation
import Testing

/// Metrics of labels, seen from outside.
@Suite(.enabled(if: Place.hasCompiler)) struct MetricCommandTests {
  private static let model = """
    model m {
      input x: [2]
      target tags: [2]
      y = x | dense(2) | sigmoid
      loss binary_cross_entropy(y, tags)
    }
    training { initialize dirac }
    """

  /// Protects a network that says of several things whether they are so: each label has its numbers in the
  /// table and in JSON, drawn examples are labels, and a target that is none is refused with its place.
  @Test func labels() throws {
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    func write(_ text: String, to name: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    try write(Self.model, to: "m.bn")
    try write("1,1,1,0\n-1,1,0,1\n1,-1,0,0\n-1,-1,0,1\n", to: "data.csv")
    _ = try shell.run("bnc train m.bn --data data.csv --epochs 0 --save w")
    let evaluate = "bnc evaluate m.bn --data data.csv --part train --weights w"
    let said = try shell.run("\(evaluate) --metrics accuracy,recall,auc")
    #expect(
      said.dropFirst() == [
        "accuracy 0.625 (5 of 8)", "recall 0.75, the mean over the labels",
        "auc 0.666667, the mean over the labels", "label  recall       auc",
        "    0       1  0.833333", "    1     0.5       0.5",
      ], "\(said)")
    let json = try shell.run("\(evaluate) --metrics recall --json")
    #expect(
      json.first?.hasSuffix(#""metrics":{"recall":{"labels":[1,0.5],"mean":0.75}}}"#) == true,
      "\(json)")
    // Another loss of the same numbers does not change what they are.
    let both = Self.model.replacing(
      "loss binary", with: "loss mean_squared_error(y, tags) + binary"
    )
    .replacing("dirac }", with: "dirac schedule plateau(metric: f1, patience: 1) }")
    try write(both, to: "both.bn")
    let whole = try shell.run(
      "bnc train both.bn --data data.csv --epochs 1 --progress plain --metrics accuracy 2>&1; echo $?"
    )
    #expect(whole.last == "0", "\(whole)")
    let refused = try shell.run("\(evaluate) --metrics confusion 2>&1; echo $?")
    #expect(refused.contains { $0.contains("the target 'tags', which is labels") })
    #expect(refused.contains { $0.contains("metrics of labels are accuracy, precision") })
    try write("1,1,1,0\n-1,1,0,3\n", to: "wrong.csv")
    let wrong = try shell.run("bnc train m.bn --data wrong.csv --epochs 0 2>&1; echo $?")
    #expect(
      wrong.contains { $0.contains("holds the target 3 at index 1, column 1, counted from 0") }
        && wrong.last == "1", "\(wrong)")
    let drawn = try shell.run(
      "bnc train m.bn --epochs 1 --progress plain --metrics f1 2>&1; echo $?")
    #expect(drawn.contains { $0.contains("rows of labels drawn by bnc") } && drawn.last == "0")
  }
}
