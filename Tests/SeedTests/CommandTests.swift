import Driver
import Foundation
import Lowering
import Testing

/// What the commands say and where they stop, seen from a shell.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct CommandTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  private let vectorModel = """
    model m {
      input x: [2]
      target y: class(2)
      o = x | batchnorm | dense(2)
      loss softmax_cross_entropy(o, y)
    }
    """

  /// Protects included files: they are seen from the model's folder, or from the current one where
  /// the model comes from standard input, and the C names them without folders.
  @Test func includedFiles() throws {
    _ = try shell.run("mkdir -p models/blocks")
    try write("block head { out = in | dense(2) }\n", to: "models/blocks/head.bn")
    let model = vectorModel.replacing("dense(2)", with: "head")
    try write("include \"blocks/head.bn\"\n\(model)", to: "models/m.bn")
    #expect(try shell.run("bnc check models/m.bn") == ["models/m.bn: nothing to remark"])
    #expect(try shell.run("(cd models && bnc check - < m.bn)") == ["<stdin>: nothing to remark"])
    _ = try shell.run("bnc compile models/m.bn --target native -o out")
    #expect(try shell.run("grep -o '(head.bn:1)' out/m.c | sort -u") == ["(head.bn:1)"])
    #expect(try shell.run("grep -c blocks/ out/m.c || true") == ["0"])
    #expect(
      try shell.run("bnc check - < models/m.bn 2>&1 | head -1")
        == [
          "error[unreadable-include]: \"blocks/head.bn\" cannot be included: there is no such file"
        ])
  }

  /// Protects whoever takes one plugin for another: the message says what it is for.
  @Test func pluginsForSomethingElse() throws {
    try write(vectorModel, to: "m.bn")
    try write("0,0,0\n1,1,1\n", to: "data.csv")
    try write("0,0\n1,1\n", to: "x.csv")
    try write("0\n1\n", to: "y.csv")
    for purpose in ["inference", "evaluation", "inspection", "training"] {
      _ = try shell.run("bnc compile m.bn --target native --for \(purpose) -o \(purpose)")
    }
    #expect(
      try shell.run("bnc train inference/m.so --data data.csv 2>&1")
        == [
          "error: inference/m.so: cannot train: it was compiled for inference",
          "help: compile the model with --for training, or name the model (.bn)",
        ])
    #expect(
      try shell.run("bnc train inspection/m.so --data data.csv 2>&1 | head -1")
        == ["error: inspection/m.so: cannot train: it was compiled for inspection"])
    #expect(
      try shell.run("bnc train evaluation/m.so --data data.csv 2>&1 | head -1")
        == ["error: evaluation/m.so: cannot train: it was compiled for evaluation"])
    for (folder, words) in [
      ("inference", "for inference"), ("evaluation", "for evaluation"),
      ("training", "for training"),
    ] {
      #expect(
        try shell.run("bnc step \(folder)/m.so --input x.csv --target y.csv 2>&1 | head -1")
          == ["error: \(folder)/m.so: cannot inspect a step: it was compiled \(words)"])
    }
  }

  /// Protects the C of another target where no compiler for it is: C and header, and a word about
  /// the plugin; a compiler that was named must make one. The header can be printed too.
  @Test func anotherTarget() throws {
    try write(vectorModel, to: "m.bn")
    let architecture = TargetMachine.aarch64.isForeign ? "aarch64" : "x86_64"
    let target = architecture == "x86_64" ? "x86-64" : architecture
    #expect(
      try shell.run("CC=false bnc compile m.bn --target \(target) -o c 2>said; echo $?; ls c")
        == ["wrote c/m.c", "wrote c/m.h", "0", "m.c", "m.h"])
    let said = try shell.run("cat said")
    #expect(said.first?.hasPrefix("note: passed over c/m.so: ") == true)
    #expect(said.last == "help: name a cross compiler, such as --cc \(architecture)-linux-gnu-gcc")
    #expect(
      try shell.run("bnc compile m.bn --target \(target) -o d --cc false >out 2>&1; echo $?; ls")
        == ["1", "c", "m.bn", "out", "said"])
    #expect(try shell.run("bnc compile m.bn --target \(target) --emit header | cmp - c/m.h") == [])
  }

  /// Protects folders from being taken for options of the C compiler.
  @Test func folderThatBeginsWithADash() throws {
    try write(vectorModel, to: "m.bn")
    #expect(
      try shell.run(
        "bnc compile m.bn --target native --output=-fplugin=x; echo $?; ls -- -fplugin=x")
        == [
          "wrote -fplugin=x/m.c", "wrote -fplugin=x/m.h", "wrote -fplugin=x/m.so", "0", "m.c",
          "m.h",
          "m.so",
        ])
    #expect(try shell.run("bnc train ./-fplugin=x/m.so --epochs 1 >out; echo $?") == ["0"])
  }

  /// Protects the terminal from what a data file holds: control characters are shown by their
  /// numbers.
  @Test func controlCharactersInData() throws {
    try write(vectorModel, to: "m.bn")
    try write("0,0,0\n1,\u{1B}[31m\0\u{202E},1\n", to: "data.csv")
    #expect(
      try shell.run("bnc train m.bn --data data.csv 2>&1 | head -1")
        == ["error: data.csv:2: has 'U+001B[31mU+0000U+202E' in column 2, not a number"])
  }

  /// Protects whoever saves weights: the last line says which ones.
  @Test func whichWeightsAreSaved() throws {
    // Without learning and without running statistics, every epoch is like the first.
    try write(vectorModel.replacing("| batchnorm ", with: ""), to: "m.bn")
    for (options, expected) in [
      ("--epochs 0", "saved the weights to w"),
      ("--epochs 1", "saved the weights of epoch 0, the last, to w"),
      (
        "--epochs 1 --keep best",
        "saved the weights of epoch 0, the best (test accuracy 0.822), to w"
      ),
      (
        "--epochs 3 --lr 0",
        "saved the weights of epoch 2, the last, to w; --keep best saves those of the best one"
      ),
      (
        "--epochs 3 --lr 0 --keep best",
        "saved the weights of epoch 0, the best (test accuracy 0.738), to w"
      ),
      (
        "--epochs 9 --lr 0 --keep best --patience 2 --monitor auc",
        "saved the weights of epoch 0, the best (test auc 0.842804), to w"
      ),
      (
        "--epochs 9 --lr 0 --patience 2 --monitor loss",
        "saved the weights of epoch 2, the last, to w; --keep best saves those of the best one"
      ),
    ] {
      #expect(try shell.run("bnc train m.bn \(options) --save w | tail -1") == [expected])
    }
  }

  /// Protects whoever trains on a schedule: it starts from `--lr`, and each epoch tells its last
  /// rate.
  @Test func schedules() throws {
    let training = "training { batch 1000 schedule step(factor: 0.5, every: 2) }"
    try write("\(vectorModel)\n\(training)\n", to: "m.bn")
    let lines = try shell.run("bnc train m.bn --epochs 3 --lr 0.08")
    #expect(lines[0].contains(", sgd, learning rate 0.08 on a schedule, 3 epochs, "))
    let rates = lines.filter { $0.hasPrefix("Epoch") }.compactMap { $0.split(separator: ", ").last }
    #expect(rates == ["Learning_rate 0.08", "Learning_rate 0.04", "Learning_rate 0.02"])
  }

  /// Protects data of real values, which no scale touches, from being taken for scaled.
  @Test func scaleOfRealValues() throws {
    try write(vectorModel + "\ntraining { data scale(1/255) }\n", to: "m.bn")
    try write("0,255,0\n255,128.5,1\n", to: "data.csv")
    try write("0,255\n255,128.5\n", to: "x.csv")
    try write("0\n1\n", to: "y.csv")
    let note =
      "note: the inputs are numbers of type float32, from 0 to 255, and taken as they are: "
      + "'data scale(0.00392157)' is for bytes, 'data scale(0.00392157, of: all)' for these too"
    let commands = [
      "train m.bn --data data.csv --epochs 1 --save w", "evaluate m.bn --data data.csv --weights w",
    ]
    for command in commands {
      #expect(try shell.run("bnc \(command) 2>&1 >out") == [note])
    }
    let other = note.replacing("float32", with: "float64")
    #expect(try shell.run("bnc predict m.bn --input x.csv --weights w 2>&1 >out") == [other])
    #expect(
      try shell.run("bnc step m.bn --input x.csv --target y.csv 2>&1 >out") == [other])
    #expect(try shell.run("bnc train m.bn --epochs 1 2>&1 >out") == [])
  }

  /// Protects metrics from end to end, of a network that keeps what it reads: numbers, a table, the
  /// matrix and JSON; a label that does not count is no example.
  @Test func metrics() throws {
    try write(
      """
      model m {
        input x: [2]
        target t: class(2)
        y = x | dense(2)
        loss softmax_cross_entropy(y, t, ignore: 7)
      }
      training { initialize dirac }
      """, to: "m.bn")
    try write("0,1,1\n1,0,0\n1,0,1\n0,1,7\n", to: "data.csv")
    _ = try shell.run("bnc train m.bn --data data.csv --epochs 0 --save w")
    let evaluate = "bnc evaluate m.bn --data data.csv --part train --weights w"
    let said = try shell.run("\(evaluate) --metrics accuracy,f1,auc,confusion")
    #expect(
      said.dropFirst() == [
        "accuracy 0.666667 (2 of 3)", "f1 0.666667, the mean over the classes", "auc 0.75",
        "class        f1", "    0  0.666667", "    1  0.666667", "target  0  1", "     0  1  0",
        "     1  1  1",
      ])
    let json = try shell.run("\(evaluate) --metrics accuracy,confusion --json")
    #expect(json.count == 1)
    #expect(
      json[0].hasSuffix(#""metrics":{"accuracy":0.6666666666666666,"confusion":[[1,0],[1,1]]}}"#))
    let refused = try shell.run("\(evaluate) --metrics r2 2>&1; echo $?")
    #expect(refused.last == "1")
    #expect(refused.contains { $0.contains("does not fit the target 't', which is classes") })
  }

  /// Protects from training that learns nothing: a batch of 1 over a vector is refused where it is
  /// to be trained, whoever asks for it, and evaluated all the same; a last batch of one is a note.
  @Test func oneValuePerChannel() throws {
    try write(vectorModel, to: "m.bn")
    try write("0,0,0\n0.5,1,1\n1,0.25,1\n", to: "data.csv")
    let error =
      "error[one-value-per-channel]: in a batch of 1, 'batchnorm1' has one value per channel"
    for command in [
      "bnc train m.bn --data data.csv --batch 1", "bnc compile m.bn --batch 1",
      "sed '$a training { batch 1 }' m.bn | bnc check -",
    ] {
      let said = try shell.run("\(command) 2>&1; echo $?")
      #expect(said.contains { $0.hasPrefix(error) }, "\(command)")
      #expect(said.last == "1")
    }
    let trained = try shell.run(
      "bnc train m.bn --data data.csv --batch 2 --epochs 1 --save w 2>&1; echo $?")
    #expect(trained.contains { $0.hasPrefix("note: the last batch of an epoch has 1 example") })
    #expect(trained.last == "0")
    #expect(
      try shell.run("bnc evaluate m.bn --data data.csv --batch 1 --weights w >out; echo $?") == [
        "0"
      ])
    #expect(
      try shell.run("bnc compile m.bn --for inference --batch 1 >out; echo $?") == ["0"])
  }

  /// Protects whoever has little address space: a command ends, whether it gets what it needs or
  /// not. And a text that could not be printed is no success.
  @Test func commandsEnd() throws {
    try write(vectorModel, to: "m.bn")
    for kilobytes in stride(from: 100_000, through: 400_000, by: 50_000) {
      let status = try shell.run(
        "(ulimit -v \(kilobytes); timeout 60 bnc check m.bn > check.txt 2>&1; echo $?)")
      #expect(status != ["124"], "with \(kilobytes) KB")
    }
    try write("0,0,0\n1,1,1\n", to: "data.csv")
    for command in [
      "--version", "train m.bn --data data.csv --epochs 1", "compile m.bn --emit c", "format m.bn",
    ] {
      #expect(
        try shell.run(
          "bnc \(command) 2>&1 > /dev/full | tail -1; bnc \(command) 2>&- >/dev/full; echo $?")
          == ["error: standard output: No space left on device", "1"], "\(command)")
    }
    #expect(try shell.run("bnc check nothing 2> /dev/full; echo $?") == ["1"])
  }

  /// Protects a process from a plugin that was damaged anywhere: it is refused with a reason, and
  /// one in the cache is made again with a word; emptying the cache leaves alone what another
  /// process is compiling.
  @Test func damagedPlugins() throws {
    try write(vectorModel, to: "m.bn")
    try write("0,0,0\n1,1,1\n", to: "data.csv")
    let train = "bnc train m.bn --data data.csv --epochs 1"
    #expect(try shell.run("export XDG_CACHE_HOME=$PWD/cache; \(train) > t.txt; echo $?") == ["0"])
    let cached = try #require(try shell.run("ls $PWD/cache/bnc/*.so").first)
    let size = try #require(Int(try shell.run("stat -c %s \(cached)").first ?? ""))
    for (start, count) in [(4096, size - 4096), (size / 2, 3), (size - 200, 100)] {
      _ = try shell.run(
        "cp \(cached) d.so; head -c \(count) /dev/zero | tr '\\0' '\\220' > z; "
          + "dd if=z of=d.so bs=1 seek=\(start) conv=notrunc 2> dd.txt")
      #expect(
        try shell.run("bnc train d.so --data data.csv 2>&1; echo $?") == [
          "error: d.so: is damaged: its contents are not what bnc wrote", "help: compile it again",
          "1",
        ])
    }
    _ = try shell.run("cp d.so \(cached)")
    #expect(
      try shell.run("\(train) 2>&1 | grep -c '^warning: .* is damaged.*; it is compiled again$'")
        == ["1"])
    #expect(try shell.run("\(train) 2>&1 | grep -c warning") == ["0"])
    _ = try shell.run("mkdir cache/bnc/build-$$-x cache/bnc/build-999999999-x; bnc cache --clear")
    #expect(
      try shell.run("ls cache/bnc | sed s/-[0-9]*-/-N-/; unset XDG_CACHE_HOME") == ["build-N-x"])
  }
}
