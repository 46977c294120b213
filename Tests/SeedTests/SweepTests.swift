import Foundation
import Testing

/// `bnc sweep`, seen from a shell.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct SweepTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
    let model = """
      include "parts.bn"

      model m {
        input x: [2]
        target y: class(2)
        o = x | dense(width) | relu | dense(2)
        loss softmax_cross_entropy(o, y)
      }

      training {
        batch 4
        epochs 3
        optimizer momentum(lr: 0.5)
        schedule cosine
      }
      """
    try write(model, to: "m.bn")
    try write("const width = 8\n", to: "parts.bn")
    let rows = (0..<32).map { "\($0 % 2),\($0 / 2 % 2),\($0 % 2)" }
    try write(rows.joined(separator: "\n") + "\n", to: "data.csv")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  private static let sweep = "bnc sweep m.bn --data data.csv"

  private struct Summary: Decodable {
    struct Run: Decodable {
      struct Setting: Decodable { let name, value: String }
      struct Failed: Decodable {
        let seed: Int
        let reason: String
      }
      let run: Int
      let settings: [Setting]
      let values: [Double]
      let mean: Double?
      let failures: [Failed]
    }
    let best: Int?
    let metric, part: String
    let runs: [Run]
  }

  private func json(_ options: String) throws -> Summary {
    let lines = try shell.run("\(Self.sweep) \(options) --json 2> /dev/null")
    try #require(lines.count == 1)
    return try JSONDecoder().decode(Summary.self, from: Data(lines[0].utf8))
  }

  /// Protects a grid with two seeds: as many runs as combinations and seeds, each to the same bits as
  /// `bnc train` of a model that says so, by hand or as its log has the command; the best as lines of
  /// the model, and a picture.
  @Test func grid() throws {
    let said = try shell.run(
      "\(Self.sweep) --vary lr=0.01,0.25 --vary width=4,8 --seeds 2 --save --into s")
    #expect(said[0] == "8 runs into s: \(said[0].split(separator: ": ").last ?? "")")
    #expect(said.count { $0.contains("test accuracy") && $0.contains("/8 lr=") } == 8)
    let lines = try #require(said.firstIndex(of: "in the model:"))
    #expect(said[lines + 2].hasPrefix("  const width = "))
    #expect(said[lines + 3].hasPrefix("  optimizer momentum(lr: "))
    #expect(said.last == "drew test accuracy against the settings to s/sweep.svg")
    let same = try shell.run(
      """
      sed 's/lr: 0.5/lr: 0.25/' m.bn > n.bn; echo 'const width = 4' > parts.bn
      bnc train n.bn --data data.csv --threads 1 --seed 1 --keep best --save w > said
      cmp w s/003-seed1/weights.safetensors && echo same
      cmp w s/003-seed0/weights.safetensors > other || echo differs
      bnc train s/003-seed1/model.bn --data data.csv --seed 1 --keep best --save v > said
      cmp v w && echo same
      head -1 s/003-seed1/log.csv | grep -c '"command":.*"train","s/003-seed1/model.bn","--data"'
      bnc plot s/*/log.csv -o s.svg
      """)
    #expect(same.prefix(4) == ["same", "differs", "same", "1"])
    #expect(same.last == "drew 8 runs of 3, 3, 3, 3, 3, 3, 3, 3 epochs to s.svg")
  }

  /// Protects what random sweeps draw: by the seed alone, within the range, whole numbers where the
  /// setting takes these; with more of them, or more seeds, the sweep goes on.
  @Test func random() throws {
    let options = "--vary 'lr=log(1e-3..1)' --vary 'batch=uniform(2..9)' --seed 5"
    let first = try json("\(options) --random 3 --into a")
    let second = try json("\(options) --random 3 --into b --jobs 1")
    let words = { (run: Summary.Run) in run.settings.map(\.value) }
    #expect(first.runs.map(words) == second.runs.map(words))
    #expect(first.runs.map(\.values) == second.runs.map(\.values))
    for run in first.runs {
      #expect((1e-3...1).contains(try #require(Double(run.settings[0].value))))
      #expect((2...9).contains(try #require(Int(run.settings[1].value))))
    }
    let said = try shell.run("\(Self.sweep) \(options) --random 4 --seeds 2 --into a")
    #expect(said[0].hasPrefix("8 runs into a, 3 of them done before: "))
    #expect(
      try shell.run("\(Self.sweep) \(options) --random 4 --seeds 2 --into a | head -1")
        == ["8 runs into a, 8 of them done before"])
  }

  /// Protects a sweep that is killed at any moment: started again it trains what is missing, and that
  /// alone, and comes to what one comes to that nobody killed.
  @Test func resumesAfterBeingKilled() throws {
    let options = "--vary lr=0.01,0.02,0.03,0.04,0.05,0.06 --epochs 2000 --threads 1"
    let killed = try shell.run(
      """
      \(Self.sweep) \(options) --into s > said & run=$!
      for moment in $(seq 3000); do
        test "$(ls s/*/record.json 2> /dev/null | wc -l)" -gt 1 && break; sleep 0.01
      done
      kill -9 $run; wait $run; echo $?
      """)
    #expect(killed == ["137"])
    let done = try shell.run(
      "ls s/*/record.json; cat s/*/record.json | cksum; ls s/*/record.json > l")
    let count = done.count - 1
    #expect((2..<6).contains(count))
    let said = try shell.run("\(Self.sweep) \(options) --into s")
    #expect(said[0].hasPrefix("6 runs into s, \(count) of them done before"))
    #expect(said.count { $0.contains("/6 lr=") } == 6 - count)
    // Those that were done are as they were.
    #expect(try shell.run("cat $(cat l) | cksum") == [done[count]])
    let whole = try json("\(options) --into t")
    let parts = try json("\(options) --into s")
    #expect(whole.runs.map(\.values) == parts.runs.map(\.values) && whole.best == parts.best)
  }

  /// Protects whoever stops a sweep: it ends soon, by the signal's code, and says how to go on.
  @Test func stops() throws {
    let said = try shell.run(
      """
      \(Self.sweep) --vary lr=0.01,0.02 --epochs 1000000 --into s > said & run=$!
      for moment in $(seq 3000); do test -s s/001-seed0/log.csv && break; sleep 0.01; done
      kill -TERM $run; wait $run; echo $?; tail -1 said; ls s/*/record.json 2> /dev/null
      """)
    #expect(
      said == ["143", "stopped: 0 of 2 runs are done; the same command goes on with the others"])
  }

  /// Protects a sweep from one of its runs: a loss that is not finite is named in the table, the others
  /// go on, and it is not tried again.
  @Test func survivesAFailure() throws {
    let options = "--vary lr=0.1,1e38,0.2 --jobs 1 --into s"
    let said = try shell.run("\(Self.sweep) \(options); echo $?")
    #expect(said.last == "0")
    #expect(said.contains { $0.hasPrefix("  2  1e38         failed ") }, "\(said)")
    #expect(said.contains { $0.hasPrefix("run 2, seed 0: the loss is not finite in step ") })
    #expect(said.count { $0.contains("/3 lr=") } == 3)
    let summary = try json(options)
    #expect(summary.runs.last?.run == 2 && summary.runs.last?.failures.map(\.seed) == [0])
    #expect(
      try shell.run("\(Self.sweep) \(options) | head -1") == [
        "3 runs into s, 3 of them done before"
      ])
  }

  /// Protects what a training takes from its data before the first step: runs of a sweep have it as
  /// `bnc train` does, numbers that normalize and a weight that whitens.
  @Test func startsFromData() throws {
    try write(
      """
      model w {
        input x: [1, 3, 3]
        target y: class(2)
        o = x | conv(4, kernel: 2) frozen(weight) as white | relu | flatten | dense(2)
        loss softmax_cross_entropy(o, y)
      }

      training {
        batch 4
        epochs 2
        optimizer sgd(lr: 0.1)
        initialize whitening on white.weight
        data normalize
      }
      """, to: "w.bn")
    let rows = (0..<24).map { row in
      ((0..<9).map { "\((row * 7 + $0 * $0 * 3) % 11)" } + ["\(row % 2)"]).joined(separator: ",")
    }
    try write(rows.joined(separator: "\n") + "\n", to: "w.csv")
    let same = try shell.run(
      """
      bnc sweep w.bn --data w.csv --vary lr=0.1 --save --into s > said
      bnc train w.bn --data w.csv --threads 1 --keep best --save w > said
      cmp w s/001-seed0/weights.safetensors && echo same
      """)
    #expect(same == ["same"])
  }

  /// Protects a sweep from a record that no training wrote: it is refused, and says what to do.
  @Test func refusesARecordWrittenByHand() throws {
    _ = try shell.run("\(Self.sweep) --vary lr=0.1 --into s")
    for change in [
      "s/\"seconds\" : [0-9.e-]*/\"seconds\" : 1e308/",
      "s/\"best_epoch\" : [0-9]*/\"best_epoch\" : -1/",
      "s/\"epochs\" : [0-9]*/\"epochs\" : 3, \"failure\" : \"x\"/",
    ] {
      let said = try shell.run(
        """
        cp s/001-seed0/record.json kept; sed -i '\(change)' s/001-seed0/record.json
        \(Self.sweep) --vary lr=0.1 --into s 2>&1 | head -1; cp kept s/001-seed0/record.json
        """)
      #expect(
        said == [
          "error: s/001-seed0/record.json: does not hold what lr=0.1 with seed 0 came to"
        ], "\(change)")
    }
  }

  /// Protects the user before anything is trained: a setting that is none, values that no model can
  /// have, a range without --random, a metric that fits nothing, a plugin; and no folder is made.
  @Test func refuses() throws {
    for (options, start) in [
      ("--vary lrr=1", "error: the model has no setting 'lrr'"),
      (
        "--vary lr=0.1,-1", "error[out-of-range]: 'lr' takes a number of at least 0, and this is -1"
      ),
      ("--vary batch=0", "error[out-of-range]: 'batch' takes a whole number from 1"),
      ("--vary width=1.5", "error[wrong-kind]: 'features' takes a whole number"),
      ("--vary schedule=none", "error[unknown-choice]: no schedule is called 'none'"),
      ("--vary 'lr=log(1e-3..1)'", "error: lr is drawn from a range"),
      ("--vary lr=1 --vary lr=2", "error: --vary names the setting 'lr' twice"),
      ("--vary lr=1 --vary optimizer.lr=2", "error: --vary names one setting twice, as 'lr' and"),
      (
        "--vary 'optimizer=sgd(lr: 5),adam(lr: 5)' --vary lr=0.1",
        "error: --vary says 'lr' twice, by 'lr' and within 'optimizer'"
      ),
      ("--vary epochs=1,2 --epochs 1", "error: --epochs says how long every run is"),
      ("--vary lr=1 --monitor r2", "error: "),
      ("--vary lr=1 --epochs 0", "Error: --epochs must be 1 or more to compare anything."),
      ("--vary lr=1 --seeds 0", "Error: --seeds must be from 1 to 10000."),
    ] {
      let said = try shell.run("\(Self.sweep) \(options) --into s 2>&1; echo $?; ls s 2> /dev/null")
      #expect(said.first?.hasPrefix(start) == true, "\(options): \(said)")
      #expect(said.last == "1", "\(options)")
    }
    _ = try shell.run("\(Self.sweep) --vary lr=0.1,0.2 --into s; mkdir full; touch full/file")
    for (options, what) in [
      (
        "--vary lr=0.1,0.3 --into s",
        "s: holds another sweep: its --vary lr is 0.1,0.2, not 0.1,0.3"
      ),
      (
        "--vary lr=0.1,0.2 --epochs 2 --into s",
        "s: holds another sweep: it has no --epochs, and now there is 2"
      ),
      ("--vary lr=0.1,0.2 --into full", "full: is no folder of a sweep, and not empty"),
    ] {
      #expect(try shell.run("\(Self.sweep) \(options) 2>&1 | head -1") == ["error: \(what)"])
    }
    #expect(
      try shell.run(
        "echo '# Another.' >> m.bn; \(Self.sweep) --vary lr=0.1,0.2 --into s 2>&1 | head -1")
        == ["error: s: holds another sweep: the text of its model is another one"])
  }
}
