import Diagnostics
import Driver
import Foundation
import Testing

@testable import Runner

/// What `bnc train` leaves for people to look at, seen from a shell.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct WatchTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
    let model = """
      model m {
        input x: [2]
        target y: class(2)
        o = x | dense(8) | relu | dense(2)
        loss softmax_cross_entropy(o, y)
      }
      training {
        batch 4
        epochs 3
        optimizer sgd(lr: 0.5)
        schedule cosine
      }
      """
    try write(model, to: "m.bn")
    let rows = (0..<32).map { "\($0 % 2),\($0 / 2 % 2),\($0 % 2)" }
    try write(rows.joined(separator: "\n") + "\n", to: "data.csv")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  /// Protects the histograms of gradients from another network's, another batch's or another sign's: one
  /// step of sgd over the same examples moves every parameter by what the probe found times the rate.
  @Test func findsGradients() throws {
    let text = """
      model m {
        input x: [3]
        target y: class(2)
        o = x | dense(4) | batchnorm | relu | dense(2)
        loss softmax_cross_entropy(o, y)
      }
      """
    let trained = try SeedNetwork(text, inspects: false, seed: 5)
    let inspected = try SeedNetwork(text, seed: 6).network.plugin
    let description = trained.network.plugin.description
    let inputs = (0..<8).map { row -> [Double] in
      (0..<3).map { column -> Double in Double((row * 7 + column * 5) % 11) / 4 - 1 }
    }
    let targets: [[Double]] = (0..<8).map { [Double($0 % 2)] }
    let format = try #require(ModelFormat(description).only)
    let table = try Tensor(shape: [8, 3], values: inputs.flatMap(\.self))
    let examples = Examples(
      inputs: try format.inputs(table, path: "x"),
      targets: try format.targets(
        Tensor(shape: [8, 1], values: targets.flatMap(\.self)), count: 8, path: "y",
        inputsPath: "x"))
    let pool = try ThreadPool(threads: 1)
    let probe = try GradientProbe(inspected, host: Host(pool: pool), of: description)
    let gradients = try probe.gradients(of: trained.network, over: examples, seed: 0)
    let found = try #require(gradients)
    let before = try found.map { try trained.get($0.name) }
    try trained.train(inputs, targets, rate: 0.25)
    let parameters = description.tensors.filter { $0.region == .parameters }
    #expect(found.count == parameters.count)
    for (gradient, before) in zip(found, before) {
      let after = try trained.get(gradient.name)
      // That of a bias before a batch norm is nothing.
      if gradient.name.hasSuffix("weight") {
        #expect(gradient.values.values.contains { abs($0) > 1e-6 })
      }
      for (index, value) in gradient.values.values.enumerated() {
        #expect(abs((before[index] - after[index]) / 0.25 - value) < 1e-12, "\(gradient.name)")
      }
    }
    let other = try SeedNetwork(text.replacing("dense(4)", with: "dense(5)")).network.plugin
    #expect(throws: Failure.self) {
      _ = try GradientProbe(other, host: Host(pool: pool), of: description)
    }
  }

  /// Protects `--tensorboard`: gradients where the model's text is at hand, else the changes of an epoch;
  /// a file for each run.
  @Test func writesEvents() throws {
    _ = try shell.run("bnc train m.bn --data data.csv --tensorboard runs/text")
    _ = try shell.run("bnc compile m.bn --target native -o c")
    _ = try shell.run("bnc train c/m.so --data data.csv --tensorboard runs/plugin")
    let counts = "for tag in gradients/dense1.weight changes/dense1.weight confusion/test PNG; do"
    for (run, found) in [("text", ["3", "0", "3", "3"]), ("plugin", ["0", "3", "3", "3"])] {
      #expect(
        try shell.run("\(counts) grep -ao $tag runs/\(run)/events.out.tfevents.* | wc -l; done")
          == found)
    }
    _ = try shell.run("touch file")
    #expect(
      try shell.run("bnc train m.bn --data data.csv --tensorboard file/x 2>&1 | tail -2 | head -1")
        == ["error: file/x: the folder cannot be made: not a directory"])
  }

  /// Protects `--report` on images in folders: pictures as data, the classes by the names of their
  /// folders, whatever these are, and the last line still says which weights were saved.
  @Test func reports() throws {
    let model = """
      model pictures {
        input image: [3, 6, 9]
        target kind: class(2)
        o = image | flatten | dense(2)
        loss softmax_cross_entropy(o, kind)
      }
      training {
        batch 2
        epochs 2
      }
      """
    try write(model, to: "pictures.bn")
    let images = "\(Place.root)/Tests/References/Data/images"
    _ = try shell.run(
      """
      for part in train test; do for kind in '<script>' '<b>'; do
        mkdir -p "data/$part/$kind" && cp \(images)/colour.png "data/$part/$kind/1.png"
      done; done
      """)
    #expect(
      try shell.run(
        "bnc train pictures.bn --data data --report r.html --save w.safetensors --keep best | tail -2"
      )
        == [
          "put a page about the run into r.html",
          "saved the weights of epoch 0, the best (test accuracy 0.5), to w.safetensors",
        ])
    #expect(try shell.run("grep -ci '<script' r.html") == ["0"])
    #expect(try shell.run("grep -c '&lt;script&gt;' r.html") != ["0"])
    #expect(try shell.run("grep -o 'src=\"data:image/png;base64,iVBOR' r.html | wc -l") == ["2"])
    #expect(try shell.run("grep -c 'input image: .3, 6, 9.' r.html") == ["1"])
    #expect(
      try shell.run(
        "bnc train pictures.bn --data data --report no/r.html 2>&1 | head -1; ls no 2>&1"
      )
      .first?.hasPrefix("error: no/r.html: cannot be written") == true)
  }

  /// Protects the log of a run that is killed: whole lines, as many as it finished, and a picture of them.
  @Test func survivesBeingKilled() throws {
    let killed = try shell.run(
      """
      bnc train m.bn --data data.csv --epochs 1000000 --log k.json > /dev/null & run=$!
      for moment in $(seq 200); do
        test "$(wc -l < k.json 2> /dev/null || echo 0)" -gt 50 && break; sleep 0.1
      done
      kill -9 $run; wait $run; echo $?
      """)
    #expect(killed == ["137"])
    let text = try String(contentsOfFile: "\(folder.path)/k.json", encoding: .utf8)
    let rows = text.split(separator: "\n").dropFirst()
    #expect(text.hasSuffix("}\n") && rows.count >= 50)
    for (epoch, row) in rows.enumerated() {
      #expect(row.hasPrefix("{\"epoch\":\(epoch),") && row.hasSuffix("}"))
    }
    #expect(
      try shell.run("bnc plot k.json -o k.svg") == ["drew 1 run of \(rows.count) epochs to k.svg"])
  }

  /// Protects the log of a run that goes on from a checkpoint: the epochs before are in it too, with the
  /// same numbers, but for the seconds and what came of the schedule's end.
  @Test func goesOnFromACheckpoint() throws {
    for (metrics, name) in [
      ("", "a.csv"), ("--metrics f1,auc", "b.csv"), ("--metrics f1", "c.json"),
    ] {
      let command = "bnc train m.bn --data data.csv --checkpoint c-\(name) --log \(name) \(metrics)"
      _ = try shell.run("\(command) --epochs 2 > /dev/null; cp \(name) first")
      _ = try shell.run("\(command) --epochs 4 --resume > /dev/null")
      #expect(try shell.run("tail -n 4 \(name) | wc -l; tail -n 2 first > x") == ["4"])
      #expect(try shell.run("tail -n 4 \(name) | head -n 2 | cmp - x && echo same") == ["same"])
      #expect(
        try shell.run("bnc plot \(name) -o x.svg") == ["drew 1 run of 4 epochs to x.svg"], "\(name)"
      )
    }
  }

  /// Protects a training from a log that cannot be written any longer: it goes on, its weights are saved,
  /// and the end is an error all the same.
  @Test func goesOnWithoutALog() throws {
    // Compiled first: what is cached is larger than a file may be then.
    let said = try shell.run(
      """
      bnc train m.bn --data data.csv --epochs 1 > first
      trap '' XFSZ; ulimit -f 16
      bnc train m.bn --data data.csv --epochs 200 --log l.csv --save w.safetensors 2> errors | tail -1
      grep -c 'warning: l.csv: cannot be written' errors; tail -1 errors
      bnc plot l.csv -o l.svg > last || tail -1 last
      ls w.safetensors
      """)
    #expect(
      said == [
        "saved the weights of epoch 199, the last, to w.safetensors; --keep best saves those of the best one",
        "1", "error: l.csv: cannot be written: file too large", "w.safetensors",
      ])
  }

  /// Protects `--log` and `bnc plot` together: a row an epoch, the command in the settings, a picture
  /// of both files; and a run that fails at once leaves what was there.
  @Test func logsAndPlots() throws {
    _ = try shell.run("bnc train m.bn --data data.csv --log a.csv --log b.json --seed 3")
    #expect(try shell.run("wc -l < a.csv; wc -l < b.json") == ["5", "4"])
    #expect(
      try shell.run(
        #"grep -c '"command":\["bnc","train","m.bn","--data","data.csv","--log","a.csv"' a.csv b.json"#
      )
        == ["a.csv:1", "b.json:1"])
    #expect(
      try shell.run("bnc plot a.csv b.json -o c.svg; grep -c 'learning rate' c.svg")
        == ["drew 2 runs of 3, 3 epochs to c.svg", "1"])
    #expect(
      try shell.run(
        "bnc plot a.csv data.csv -o d.svg 2>&1 | head -1; ls d.svg 2>&1 | grep -c 'No such'")
        == ["error: data.csv: is not the log of a run", "1"])
    #expect(
      try shell.run(
        "bnc train m.bn --data data.csv --log data.csv 2>&1 | head -1; wc -l < data.csv")
        == [
          "error: data.csv: holds something else than the log of a run, which a log would replace",
          "32",
        ])
    #expect(
      try shell.run("bnc train m.bn --data none --log a.csv 2>&1 | head -1; wc -l < a.csv").last
        == "5")
  }
}
