import Foundation
import Testing

@testable import Runner

@Suite(.enabled(if: Fixture.isAvailable, "needs clang")) struct RunLogTests {
  private let scratch: Scratch
  private let settings: RunSettings

  init() throws {
    scratch = try Scratch()
    let network = try Fixture.network(in: scratch)
    let examples = try Fixture.examples(12)
    settings = RunSettings(
      network.plugin.description, .init(epochs: 3, learningRate: 0.25, seed: 9),
      dataset: Dataset(name: "a \"b\"", training: examples, test: examples), threads: 2,
      bncVersion: "1.2.3", command: ["bnc", "train", "it's here.bn"])
  }

  private func result(_ epoch: Int, judge: Dataset.Part = .test, rate: Double? = nil) -> EpochResult
  {
    let accuracy = 0.5 + Double(epoch) / 10
    func evaluation(_ loss: Double) -> Evaluation {
      Evaluation(
        loss: loss,
        metrics: MetricResults([
          MetricResult(.accuracy, .number(accuracy)),
          MetricResult(.recall, .classes([nil, accuracy, 0.1])), MetricResult(.auc, .number(nil)),
          MetricResult(.confusion, .matrix(ConfusionMatrix(classes: 2))),
        ]))
    }
    return EpochResult(
      epoch: epoch, loss: 1 / 3, training: evaluation(0.1), test: evaluation(1e-7), judge: judge,
      learningRate: rate, trainSeconds: 0.5, imagesPerSecond: 24)
  }

  /// Protects those who read logs with their own tools: the text of both kinds, to the letter.
  @Test func writes() throws {
    for name in ["run.csv", "run.json"] {
      var report = try LogReport("\(scratch.path)/\(name)", settings)
      try report.didEnd(result(0))
      try report.didEnd(result(1, rate: 0.125))
    }
    let json = try text("run.json").split(separator: "\n")
    #expect(json.count == 3)
    #expect(json[0].hasPrefix(#"{"run":{"batch":"#))
    #expect(json[0].contains(#""data":"a \"b\"""#) && json[0].contains(#""seed":9"#))
    #expect(
      json[2]
        == #"{"epoch":1,"loss":0.3333333333333333,"train_loss":0.1,"test_loss":1e-07,"#
        + #""train_accuracy":0.6,"test_accuracy":0.6,"train_recall":0.35,"test_recall":0.35,"#
        + #""train_auc":null,"test_auc":null,"learning_rate":0.125,"train_seconds":0.5,"#
        + #""images_per_second":24}"#)
    let csv = try text("run.csv").split(separator: "\n")
    #expect(csv.count == 4 && csv[0].hasPrefix(#"# {"batch":"#))
    #expect(
      csv[1] == "epoch,loss,train_loss,test_loss,train_accuracy,test_accuracy,train_recall,"
        + "test_recall,train_auc,test_auc,learning_rate,train_seconds,images_per_second")
    #expect(csv[2] == "0,0.3333333333333333,0.1,1e-07,0.5,0.5,0.3,0.3,,,0.25,0.5,24")
  }

  /// Protects runs that go on and runs that were killed: what was written is read back to the bit, a row
  /// that was cut off is none, and earlier epochs stand before those that follow.
  @Test(arguments: ["run.csv", "run.json"])
  func readsBack(_ name: String) throws {
    let path = "\(scratch.path)/\(name)"
    var report = try LogReport(path, settings, earlier: [result(0, rate: 1.0 / 3)])
    try report.didEnd(result(1))
    #expect(try RunLog(path).epochs == 2)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data("{\"epoch\":2,0.5".utf8))
    try file.close()
    let log = try RunLog(path)
    #expect(log.epochs == 2)
    #expect(log.settings == settings)
    #expect(log.column("learning_rate") == [1.0 / 3, 0.25])
    #expect(log.column("test_accuracy") == [0.5, 0.6])
    #expect(log.column("test_auc") == [nil, nil])
    #expect(log.column("nothing") == nil)
    #expect(log.settings.commandLine == #"bnc train 'it'\''s here.bn'"#)
  }

  /// Protects logs that went through a program of Windows.
  @Test(arguments: ["run.csv", "run.json"])
  func readsOtherLineEnds(_ name: String) throws {
    let path = "\(scratch.path)/\(name)"
    var report = try LogReport(path, settings)
    try report.didEnd(result(0))
    let changed = try text(name).replacing("\n", with: "\r\n")
    let log = try RunLog(scratch.file("other", Array(changed.utf8)))
    #expect(log.epochs == 1 && log.column("images_per_second") == [24])
  }

  /// Protects files that are no logs: a log does not take their place, though it does that of another
  /// log.
  @Test func replacesLogsAlone() throws {
    let data = try scratch.file("train.csv", Array("1,2,3\n".utf8))
    #expect(failure { try LogReport.check(data) }.contains("which a log would replace"))
    #expect(try text("train.csv") == "1,2,3\n")
    #expect(failure { try LogReport.check("\(scratch.path)/run.txt") }.contains("name it *.csv"))
    #expect(failure { try LogReport.check("\(scratch.path)/no/run.csv") }.contains("cannot be"))
    try LogReport.check("\(scratch.path)/new.csv")
    _ = try LogReport("\(scratch.path)/new.csv", settings)
    try LogReport.check("\(scratch.path)/new.csv")
  }

  /// Protects `bnc plot` from files of any kind: each is refused with the line that is wrong.
  @Test(arguments: [
    ("", ": is not the log"), ("1,2\n", ": is not the log"),
    ("{\"run\":{", ": ends within its first"),
    ("{\"run\":{}}\n", ":1: does not hold the settings"),
    ("# {]\n", ":1: does not hold the settings"),
    ("J{}\n", ":2: is not of epoch 0"), ("J[1]\n", ":2: is not a JSON object"),
    ("J{\"epoch\":0,\"a\":\"b\"}\n", ":2: is not a JSON object"),
    ("J{\"epoch\":0,\"a\":1}\n{\"epoch\":2,\"a\":1}\n", ":3: is not of epoch 1"),
    ("J{\"epoch\":0,\"a\":1}\n{\"epoch\":1,\"b\":1}\n", ":3: has other columns"),
    ("J{\"epoch\":0,\"a\":1}\n\n", ":3: is not a JSON object"),
    ("J\u{1F}\n", ":2: is not a JSON object"),
    ("C1,2\n", ":2: is not a line of different names"),
    ("Cepoch,a,a\n", ":2: is not a line of different names"),
    ("Cepoch,a\n0\n", ":3: has 1 fields, and there are 2 names"),
    ("Cepoch,a\n0,inf\n", ":3: has 'inf' for a, not a number"),
    ("Cepoch,a\n0,\n0,\n", ":4: is not of epoch 1"),
  ])
  func refuses(_ content: String, _ words: String) throws {
    let first = try RunLogFormat.json.line(settings)
    let csv = try RunLogFormat.csv.line(settings)
    var text = content
    if text.hasPrefix("J") { text = first + text.dropFirst() }
    if text.hasPrefix("C") { text = csv + text.dropFirst() }
    let path = try scratch.file("log", Array(text.utf8))
    #expect(failure { _ = try RunLog(path) }.contains("\(path)\(words)"))
  }

  /// Protects the comparison: a colour for each run, of the training examples in dashes, runs of
  /// different lengths over one axis.
  @Test func compares() throws {
    for (name, epochs) in [("short.csv", 2), ("long <b>.json", 4)] {
      var report = try LogReport("\(scratch.path)/\(name)", settings)
      for epoch in 0..<epochs { try report.didEnd(result(epoch, rate: Double(epoch + 1))) }
    }
    let runs = try ["short.csv", "long <b>.json"].map { try RunLog("\(scratch.path)/\($0)") }
    let usual = try TrainingCurves(comparing: runs, metrics: nil)
    #expect(usual.panels.map(\.title) == ["loss", "accuracy", "learning rate"])
    let curves = try TrainingCurves(comparing: runs, metrics: ["accuracy"])
    #expect(curves.lastEpoch == 3 && curves.legend == ["short.csv", "long <b>.json"])
    let panel = try #require(curves.panels.first)
    #expect(
      panel.curves.map(\.name)
        == Array(repeating: ["test_accuracy", "train_accuracy"], count: 2).flatMap(\.self))
    #expect(panel.curves.map(\.color) == [0, 0, 1, 1])
    #expect(panel.curves.map(\.isDashed) == [false, true, false, true])
    #expect(panel.curves.map(\.values.count) == [2, 2, 4, 4])
    let picture = SVGPlot(curves, title: "m").description
    #expect(picture.contains(">long &lt;b&gt;.json</text>"))
    #expect(picture.components(separatedBy: "stroke-dasharray").count == 3)
    // The short run ends at a third of the axis, the long one at its end.
    #expect(picture.contains("168,") && picture.contains("376,"))
    #expect(
      failure { _ = try TrainingCurves(comparing: runs, metrics: ["f1"]) }
        .contains("short.csv: has no metric 'f1'\nhelp: it has accuracy, auc, images_per_second"))
    // What the examples never say is no line, and no crash.
    let empty = try TrainingCurves(comparing: runs, metrics: ["auc"])
    #expect(!SVGPlot(empty, title: "m").description.contains("nan"))
    let many = Array(repeating: runs[0], count: SVGPlot.mostColors + 1)
    #expect(failure { _ = try TrainingCurves(comparing: many, metrics: nil) }.contains("tells 10"))
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(scratch.path)/\(name)", encoding: .utf8)
  }
}
