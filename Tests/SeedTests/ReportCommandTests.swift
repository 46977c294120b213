import Foundation
import Testing

/// Pages about runs, seen from a shell.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct ReportCommandTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  /// Protects `bnc report`: the command, the curves, the best and all epochs of a log of either form, with
  /// nothing of it as markup; what is no log is refused, and no page is written.
  @Test func reportsALog() throws {
    try write(
      """
      model m {
        input x: [1]
        target y: class(2)
        o = x | dense(2)
        loss softmax_cross_entropy(o, y)
      }
      training { batch 8 epochs 2 }
      """, to: "m.bn")
    try write("0,0\n1,1\n2,0\n", to: "<b>.csv")
    _ = try shell.run(
      "bnc train m.bn --data '<b>.csv' --log a.csv --log a.json --metrics f1 --epochs 3 > said")
    for log in ["a.csv", "a.json"] {
      #expect(
        try shell.run("bnc report \(log) -o r.html") == ["put a page about the run into r.html"])
      let page = try String(contentsOfFile: "\(folder.path)/r.html", encoding: .utf8)
      #expect(!page.contains("<b>") && page.contains("--data &#39;&lt;b&gt;.csv&#39;"))
      #expect(page.components(separatedBy: "<svg").count == 3)
      #expect(page.contains("3 epochs are in the log") && page.contains(">test f1<"))
      // Settings, the best beside the last, all epochs.
      #expect(page.components(separatedBy: "<table>").count == 4)
      #expect(page.components(separatedBy: "<td class=\"number\">2</td>").count >= 3)
    }
    #expect(
      try shell.run(
        "head -2 a.csv > none.csv; bnc report none.csv -o n.html 2>&1 | head -1; ls n.html 2>&1 | wc -l"
      )
        == ["error: none.csv: holds no finished epoch", "1"])
    #expect(
      try shell.run("ln -s a.csv l.csv; bnc report a.csv -o l.csv 2>&1 | head -1; head -c 2 a.csv")
        == [
          "error: l.csv: is the log itself, which the page would replace", "# ",
        ])
    #expect(
      try shell.run("bnc report m.bn -o n.html 2>&1 | head -1") == [
        "error: m.bn: is not the log of a run"
      ])
  }

  /// Protects the page's best epoch: it is the one that `--monitor` calls best, where the accuracy would
  /// name another; of a log that does not say, the accuracy.
  @Test func reportsTheMonitoredEpoch() throws {
    try write(
      """
      # {"bnc_version":"1","command":["bnc"],"model":"m","model_hash":"0","parameters":1,"data":"d",\
      "train_examples":1,"judge_examples":1,"judge":"test","monitor":"loss","seed":1,"epochs":3,\
      "batch":1,"optimizer":"sgd","learning_rate":0.1,"threads":1}
      epoch,loss,test_loss,test_accuracy
      0,1,0.5,0.25
      1,1,0.25,0.5
      2,1,0.75,0.75

      """, to: "a.csv")
    func best() throws -> String? {
      _ = try shell.run("bnc report a.csv -o r.html")
      let page = try String(contentsOfFile: "\(folder.path)/r.html", encoding: .utf8)
      let row = page.components(separatedBy: "<td>epoch</td>").dropFirst().first
      return row?.components(separatedBy: "</td>").first
    }
    #expect(try best() == "<td class=\"number\">1")
    _ = try shell.run("sed -i 's/\"monitor\":\"loss\",//' a.csv")
    #expect(try best() == "<td class=\"number\">2")
  }
}
