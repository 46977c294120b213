import Foundation
import Testing

@testable import Runner

/// Weights from elsewhere, seen from a shell.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct FineTuningTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
    try write(model(head: "dense(2) as head"), to: "m.bn")
    try write(model(head: "dense(3) as head | relu | dense(2) as last"), to: "other.bn")
    try write("0,0,0\n1,1,1\n2,0,1\n-3,5,0\n", to: "data.csv")
    _ = try shell.run("bnc train m.bn --data data.csv --epochs 2 --save w.safetensors")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  private func model(head: String) -> String {
    """
    model m {
      input x: [2]
      target y: class(2)
      o = x | batchnorm as norm | dense(4) as first | tanh | batchnorm as second | \(head)
      loss softmax_cross_entropy(o, y)
    }
    training {
      batch 4
    }
    """
  }

  /// Protects fine-tuning: what fits is loaded, the rest told with its reason; all or nothing where
  /// that is asked for.
  @Test func loadsWhatMatches() throws {
    #expect(
      try shell.run("bnc train other.bn --data data.csv --load w.safetensors --epochs 0 2>&1 >out")
        == [
          "note: w.safetensors: loaded 12 of the model's 16 tensors",
          "note: w.safetensors: left as it starts: 'head.weight' as [2, 4], model 'm' has [3, 4]",
          "note: w.safetensors: left as it starts: 'head.bias' as [2], model 'm' has [3]",
          "note: w.safetensors: lacks last.weight, last.bias, left as they started",
        ])
    #expect(
      try shell.run(
        "bnc train other.bn --data data.csv --load w.safetensors --strict 2>&1 >out; echo $?")
        == ["error: w.safetensors: holds 'head.weight' as [2, 4], model 'm' has [3, 4]", "1"])
    #expect(
      try shell.run("bnc train m.bn --strict 2>&1 | head -1")
        == ["Error: --strict is about the weights of --load."])
    // An evaluation takes all of the model, or nothing.
    #expect(
      try shell.run("bnc evaluate other.bn --data data.csv --weights w.safetensors 2>&1; echo $?")
        == ["error: w.safetensors: holds 'head.weight' as [2, 4], model 'm' has [3, 4]", "1"])
  }

  /// Protects what is frozen from the command line: it stays, all else moves; a name that is none, a
  /// plugin, and a model of which nothing is left are refused.
  @Test func freezes() throws {
    let train = "bnc train m.bn --data data.csv --load w.safetensors --epochs 1 --lr 0.5"
    _ = try shell.run("\(train) --freeze 'first.*' --freeze '*.gamma' --save f.safetensors")
    let before = try SafeTensors("\(folder.path)/w.safetensors")
    let after = try SafeTensors("\(folder.path)/f.safetensors")
    for (name, isFrozen) in [
      ("first.weight", true), ("first.bias", true), ("norm.gamma", true), ("norm.beta", false),
      ("second.gamma", true), ("second.beta", false), ("head.weight", false),
    ] {
      #expect(try (values(before, name) == values(after, name)) == isFrozen, "\(name)")
    }
    for (pattern, message) in [
      ("frist.*", "error: no parameter is called 'frist.*', which is to be frozen"),
      ("*", "error: all parameters are frozen: nothing is left to learn"),
    ] {
      #expect(try shell.run("\(train) --freeze '\(pattern)' 2>&1 | head -1") == [message])
    }
    _ = try shell.run("bnc compile m.bn -o plugin")
    #expect(
      try shell.run("bnc train plugin/m.so --freeze '*.bias' 2>&1 | head -1")
        == ["error: plugin/m.so: is compiled already, with parameters that learn"])
  }

  private func values(_ file: SafeTensors, _ name: String) throws -> [Double] {
    try #require(try file.tensor(name)).values
  }

  /// Protects running statistics: those of the data, whatever training left; again, nothing changes.
  @Test func calibrates() throws {
    let calibrate = "bnc calibrate m.bn --data data.csv --weights"
    let first = try shell.run("\(calibrate) w.safetensors --save c.safetensors")
    #expect(first.first?.hasPrefix("batch norm  ") == true)
    #expect(first.last == "statistics of 4 examples saved in c.safetensors")
    #expect(
      try shell.run("\(calibrate) c.safetensors --save d.safetensors") == [
        "batch norm  mean moved by  variance, least  largest",
        "---------------------------------------------------",
        "norm         0 deviations              x 1      x 1",
        "second       0 deviations              x 1      x 1",
        "statistics of 4 examples saved in d.safetensors",
      ])
    #expect(try shell.run("cmp c.safetensors d.safetensors; echo $?") == ["0"])
  }

  /// Protects from a calibration of nothing.
  @Test func nothingToCalibrate() throws {
    try write(
      "model n { input x: [2]\ntarget y: [1]\no = x | dense(1)\nloss linear_regression(o, y) }",
      to: "n.bn")
    #expect(
      try shell.run(
        "bnc calibrate n.bn --weights w.safetensors --save n 2>&1; echo $?; ls n 2>&1 | wc -l")
        == [
          "error: n.bn: has no batch norm, and so no running statistics",
          "help: there is nothing to calibrate", "1", "1",
        ])
    #expect(
      try shell.run("bnc calibrate m.so --weights w.safetensors --save n 2>&1 | head -1")
        == ["error: m.so: is a plugin, which keeps no values between its layers"])
  }
}
