import Foundation
import Testing

/// `bnc describe --schedule`, and what `bnc train` says of what epochs are judged by.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler"))
struct ScheduleCommandTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
  }

  private func write(_ training: String, classes: Int = 3) throws {
    let text = """
      model m {
        input x: [2]
        target y: class(\(classes))
        o = x | dense(\(classes))
        loss softmax_cross_entropy(o, y)
      }
      training { batch 16 epochs 2 \(training) }

      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/m.bn"))
  }

  private func describe(_ options: String) throws -> [String] {
    try shell.run("bnc describe m.bn --schedule \(options) 2>&1")
  }

  /// Protects the drawing: the rate of each step from the first to the last, in dots of a terminal
  /// without UTF-8 and in those of one with it. A step has all its passes' examples.
  @Test func draws() throws {
    try write("accumulate 2 optimizer sgd(lr: 0.1) schedule triangular(peak: 0.5)")
    _ = try shell.run("export LC_ALL=C")
    #expect(
      try describe("--examples 320") == [
        "m: 2 epochs of 10 steps of up to 32 examples in 2 passes of 16, sgd with a learning rate of 0.1",
        "",
        "      learning rate, triangular",
        "0.10 |                                  *******",
        "     |                          ********       *******",
        "     |                  ********                      *******",
        "     |           *******                                     ******",
        "     |   ********                                                  *******",
        "     |***                                                                 ****",
        "0.00 |",
        "     +------------------------------------------------------------------------",
        "      0                                epoch                                 2",
        "",
        "from 0.02 in the first step to 0.0163 in the last, 0.1 at most",
      ])
    _ = try shell.run("export LC_ALL=C.UTF-8")
    #expect(try describe("--steps 10")[3].contains("⠤⠔"))
  }

  /// Protects what is said beside the drawing: numbers of steps between those that are drawn too, the
  /// momentum where it changes, and that nobody knows when a plateau comes.
  @Test(arguments: [
    (
      "optimizer sgd schedule exponential(every: 1000, warmup: 3)", "--steps 1000000",
      ["from 0.00333333 in the first step to 0 in the last, 0.01 at most"]
    ),
    (
      "optimizer momentum(lr: 1) schedule one_cycle", "--steps 100",
      [
        "from 0.04 in the first step to 4e-06 in the last, 1 at most",
        "the momentum from 0.95 to 0.95, 0.85 at least",
      ]
    ),
    (
      "optimizer adam schedule cosine(per: epoch)", "--epochs 1 --examples 17",
      ["from 0.001 in the first step to 0.001 in the last, 0.001 at most"]
    ),
    (
      "optimizer adam schedule plateau(metric: accuracy, patience: 1, end: 0.01)", "",
      [
        "from 0.001 in the first step to 0.001 in the last, 0.001 at most",
        "and falls with the epochs' results, which cannot be known ahead: by a factor of 0.1 each time",
        "that more than 1 epoch in a row have no better accuracy, to 1e-05 at least",
      ]
    ),
    ("optimizer sgd", "", ["from 0.01 in the first step to 0.01 in the last, 0.01 at most"]),
  ])
  func says(_ training: String, _ options: String, _ words: [String]) throws {
    try write(training)
    #expect(try Array(describe(options).suffix(words.count)) == words)
  }

  /// Protects the picture: a line for the rate and one for the momentum.
  @Test func picture() throws {
    try write("optimizer momentum schedule one_cycle")
    #expect(try describe("--steps 10 --plot p.svg").last == "drew the learning rate to p.svg")
    #expect(try shell.run("grep '<polyline' p.svg | awk 'length > 300' | wc -l") == ["2"])
    #expect(try shell.run("grep -o 'momentum</text>' p.svg | head -1") == ["momentum</text>"])
    #expect(
      try describe("--plot nowhere/p.svg").first?.hasPrefix("error: nowhere/p.svg: ") == true)
  }

  /// Protects the options from numbers that mean nothing, and from each other.
  @Test func refuses() throws {
    try write("optimizer sgd")
    for (options, words) in [
      ("--schedule --steps 0", "--steps must be from 1 to 1000000000."),
      ("--schedule --epochs 1000000001", "--epochs must be from 1 to 1000000000."),
      (
        "--schedule --steps 2 --examples 2",
        "--examples and --steps say the same: name one of them."
      ),
      ("--examples 2", "--epochs, --examples, --steps and --plot go with --schedule."),
    ] {
      #expect(
        try shell.run("bnc describe m.bn \(options) 2>&1 | head -1") == ["Error: \(words)"])
    }
    #expect(
      try shell.run("bnc train m.bn --save w --checkpoint w 2>&1 | head -1")
        == ["Error: --save and --checkpoint are two files, and both are 'w'."])
  }

  /// Protects a long wait from a metric that there is not: `--monitor` is read before any data, and
  /// what it can be is listed.
  @Test func unknownMonitor() throws {
    try write("optimizer sgd")
    let help = "help: name one of loss, accuracy, precision, recall, f1, auc"
    for (word, error) in [
      ("acuracy", "error: there is no metric 'acuracy'"),
      (
        "top5",
        "error: metric 'top5' needs an output for each of at least 5 classes, and there are 3 classes"
      ),
      ("r2", "error: metric 'r2' does not fit the target 'y', which is classes"),
      ("confusion", "error: an epoch is judged by one number, and 'confusion' is not one"),
      ("f1,auc", "error: an epoch is judged by one number, and 'f1,auc' is not one"),
    ] {
      #expect(
        try shell.run("bnc train m.bn --data missing.csv --monitor \(word) 2>&1; echo $?")
          == [error, help, "1"])
    }
  }

  /// Protects whoever stops early by a metric: the last lines say which epoch was the best in it, and
  /// whose weights were saved where.
  @Test func lastLines() throws {
    try write("optimizer sgd schedule plateau(metric: f1, patience: 0)", classes: 2)
    let lines = try shell.run(
      "bnc train m.bn --lr 0 --epochs 9 --patience 2 --monitor loss --keep best --save w")
    #expect(lines.count { $0.hasPrefix("Epoch ") } == 3)
    let best = try #require(lines.dropLast().last)
    let loss = best.dropFirst("best test loss ".count).prefix { $0 != " " }
    #expect(
      lines.suffix(3) == [
        "stopped early: 2 epochs without a better test loss", "best test loss \(loss) in epoch 0",
        "saved the weights of epoch 0, the best (test loss \(loss)), to w",
      ])
    #expect(
      try shell.run("bnc train m.bn --epochs 1 --checkpoint c | tail -1") == [
        "saved the weights of the last step to the checkpoint c alone; --save FILE keeps them by themselves"
      ])
  }
}
