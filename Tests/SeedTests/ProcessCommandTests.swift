import Foundation
import Glibc
import Runner
import Testing

/// `bnc train` under mpirun, seen from outside.
@Suite(.enabled(if: Place.hasCompiler && MPI.isThere, Comment(rawValue: MPI.missing)), .serialized)
struct ProcessCommandTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
  }

  /// Networks without kinks, on either side of which float's rounding could put a number.
  private static let models = [
    """
    input x: [2]
    target y: class(2)
    o = x | dense(8) | batchnorm | tanh | dense(2)
    loss softmax_cross_entropy(o, y)
    """,
    """
    input x: [1, 8, 8]
    target y: class(10)
    o = x | conv(4, kernel: 3, bias: false) | batchnorm | silu | avgpool(2)
      | dropout(0.1) | flatten | dense(10)
    loss softmax_cross_entropy(o, y, label_smoothing: 0.1) + l2(0.001) on *.weight
    """,
    """
    input x: [3]
    target y: [2]
    o = x | dense(16) | batchnorm(sync: true) | tanh | dense(2)
    loss mean_squared_error(o, y)
    """,
  ]

  private func write(_ model: String, _ training: String, to name: String = "m.bn") throws {
    let text = "model m {\n\(model)\n}\ntraining { \(training) }\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  private func weights(_ name: String) throws -> [(name: String, values: [Double])] {
    let file = try SafeTensors("\(folder.path)/\(name)")
    return try file.names.map { ($0, try #require(try file.tensor($0)).values) }
  }

  /// Protects what several processes come to: within 1e-5 of what one comes to, for three kinds of
  /// network and batches that no number of processes divides, the last of an epoch ragged too; the
  /// same bits when it is done again, with sums in the background. One of them alone prints, and says how many there are.
  @Test(arguments: models.indices, [2, 4])
  func areOne(_ model: Int, _ count: Int) throws {
    try write(Self.models[model], "batch 37 epochs 5 optimizer sgd(lr: 0.02)")
    let columns = [2, 64, 3][model]
    for part in ["train", "test"] {
      let rows = (0..<400).map { row in
        let inputs = (0..<columns).map {
          "\(Double((row * 31 + $0 * 17 + row * $0) % 101) / 50 - 1)"
        }
        let targets = [["\(row % 2)"], ["\(row % 10)"], ["\(row % 3)", "\(row % 5)"]][model]
        return (inputs + targets).joined(separator: ",") + "\n"
      }
      try Data(rows.joined().utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(part).csv"))
    }
    let train = "bnc train m.bn --data . --progress plain"
    _ = try shell.run("\(train) --save one")
    let said = try shell.run("\(MPI.run(count)) \(train) --save several 2>&1")
    #expect(said.filter { $0.hasPrefix("Epoch 0") }.count == 1, "\(said)")
    #expect(said.contains { $0.hasPrefix("batch 37 across \(count) processes") }, "\(said)")
    for (one, several) in zip(try weights("one"), try weights("several")) {
      let largest = one.values.map(abs).max() ?? 0
      for (a, b) in zip(one.values, several.values) {
        #expect(abs(a - b) <= 1e-5 * max(largest, 1e-3), "\(one.name)")
      }
    }
    // By the thread that sums between hosts.
    _ = try shell.run("BNC_MPI_BACKGROUND=1 \(MPI.run(count)) \(train) --save again 2>&1")
    #expect(try shell.run("cmp several again && echo same") == ["same"])
  }

  /// Protects a cluster from waiting for a process that is gone: killed, it ends the others within
  /// seconds, and the training goes on from its checkpoint with another number of processes.
  @Test func aProcessIsKilled() throws {
    try write(Self.models[0], "batch 16 epochs 400 optimizer adam")
    let train = "bnc train m.bn --progress plain --checkpoint c --every 20"
    let start = "\(MPI.run(3)) \(train) > log 2>&1 & run=$!"
    _ = try shell.run(start)
    var waited = 0
    while try shell.run("ls c 2>/dev/null").isEmpty, waited < 600 {
      usleep(100_000)
      waited += 1
    }
    // mpirun's children are the processes.
    let children = try shell.run("pgrep -P $run bnc")
    #expect(children.count == 3)
    let began = ContinuousClock.now
    _ = try shell.run("kill -9 \(children.last ?? "") ; wait $run; echo $? > code")
    #expect(ContinuousClock.now - began < .seconds(20))
    #expect(try shell.run("cat code") != ["0"])
    #expect(try shell.run("grep -c 'rank' log || true") != ["0"], "mpirun names the rank")
    let said = try shell.run(
      "\(MPI.run(2)) bnc train m.bn --progress plain --epochs 3 --checkpoint c --resume 2>&1; echo $?"
    )
    #expect(said.contains { $0.hasPrefix("goes on from c") }, "\(said)")
    #expect(said.last == "0")
  }

  /// Protects the messages: a process with other data, or none, ends all with its rank and reason,
  /// once, and exit code 1; a signal stops all after the same step, and the checkpoint is there.
  @Test func differencesAndFailures() throws {
    try write(Self.models[0], "batch 16 epochs 2 optimizer adam")
    for name in ["a", "b"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
      let rows = (0..<40).map { "\($0 % 7),\($0 % 3 + (name == "b" ? 1 : 0)),\($0 % 2)\n" }
      for part in ["train", "test"] {
        try Data(rows.joined().utf8).write(
          to: URL(fileURLWithPath: "\(folder.path)/\(name)/\(part).csv"))
      }
    }
    func each(_ one: String, _ other: String) throws -> [String] {
      try shell.run(
        "\(MPI.run(2)) sh -c 'if [ $OMPI_COMM_WORLD_RANK = 1 ]; then exec bnc train m.bn --data \(other); "
          + "else exec bnc train m.bn --data \(one); fi' 2>&1; echo $?")
    }
    #expect(try each("a", "a").last == "0")
    let others = try each("a", "b")
    #expect(others.filter { $0.hasPrefix("error: ") }.count == 1, "\(others)")
    #expect(
      others.contains { $0.contains("process 1 on") && $0.contains("checksum of the examples") })
    #expect(others.last == "1")
    let missing = try each("a", "nowhere")
    #expect(missing.contains { $0.hasPrefix("error: process 1 on") && $0.contains("nowhere") })
    #expect(missing.last == "1")
    // Only process 0 has a checkpoint to go on from.
    let start = "bnc train m.bn --data a --epochs 1 --progress none"
    _ = try shell.run("\(start) --checkpoint c")
    let alone = try shell.run(
      "\(MPI.run(2)) sh -c 'cd $(if [ $OMPI_COMM_WORLD_RANK = 1 ]; then mkdir -p far && cp -r m.bn a far "
        + "&& echo far; else echo .; fi) && exec \(start) --checkpoint c --resume' 2>&1; echo $?")
    #expect(
      alone.contains { $0.contains("process 1 on") && $0.contains("its place to go on from") },
      "\(alone)")
    #expect(alone.last == "1")
    // A model with a mistake is told of once, with what is wrong.
    _ = try shell.run("sed 's/batchnorm/batchnrom/' m.bn > wrong.bn")
    let wrong = try shell.run("\(MPI.run(2)) bnc train wrong.bn 2>&1; echo $?")
    #expect(
      wrong.filter { $0.contains("unknown") || $0.contains("batchnrom") }.count >= 1, "\(wrong)")
    #expect(wrong.filter { $0.hasPrefix("error: process") }.count == 1 && wrong.last == "1")
    let input = try shell.run("\(MPI.run(2)) bnc train - < m.bn 2>&1; echo $?")
    #expect(input.contains { $0.contains("standard input is one process's alone") }, "\(input)")
    let everywhere = try each("nowhere", "nowhere")
    #expect(everywhere.filter { $0.hasPrefix("error: ") }.count == 1, "\(everywhere)")
  }

  /// Protects a training on two hosts, whose gradients travel in a thread of their own: it has the bits of
  /// the same two processes on one, and a failure names the host.
  @Test(.enabled(if: MPI.hasHosts, "needs root, for hosts' names")) func twoHosts() throws {
    try write(Self.models[0], "batch 37 epochs 5 optimizer sgd(lr: 0.02)")
    try Data(MPI.remoteShell.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/remote"))
    let run = "chmod +x remote; \(MPI.runOnTwoHosts(agent: "\(folder.path)/remote"))"
    let train = "bnc train m.bn --progress plain"
    _ = try shell.run("\(MPI.run(2)) \(train) --save one 2>&1")
    let said = try shell.run("\(run) \(train) --save two 2>&1")
    #expect(said.contains { $0.hasPrefix("batch 37 across 2 processes") }, "\(said)")
    #expect(try shell.run("cmp one two && echo same") == ["same"])
    let failed = try shell.run(
      "\(run) sh -c 'if [ $(hostname) = hostb ]; then data=\"--data nowhere\"; fi; exec bnc train m.bn $data' "
        + "2>&1; echo $?")
    #expect(failed.contains { $0.hasPrefix("error: process 1 on hostb") && $0.contains("nowhere") })
    #expect(failed.last == "1", "\(failed)")
  }

  /// Protects a cluster where one host has another bnc: it is named before the first step.
  @Test func anotherProgram() throws {
    try write(Self.models[0], "batch 16 epochs 1 optimizer adam")
    _ = try shell.run("cp $(command -v bnc) other && printf x >> other")
    let said = try shell.run(
      "\(MPI.run(2)) sh -c 'if [ $OMPI_COMM_WORLD_RANK = 1 ]; then exec ./other train m.bn; "
        + "else exec bnc train m.bn; fi' 2>&1; echo $?")
    #expect(said.contains { $0.contains("process 1 on") && $0.contains("checksum of the program") })
    #expect(said.last == "1")
  }

  /// Protects a program of somebody else's: a plugin for several processes in C, whose sums are
  /// MPI's own, comes to what the plugin for one comes to.
  @Test func aHostInC() throws {
    try write(Self.models[0], "batch 24 optimizer sgd(lr: 0.05)")
    try Data(processHostSource.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/host.c"))
    var losses: [[Double]] = []
    for count in [1, 3] {
      _ = try shell.run("bnc compile m.bn --target generic --processes \(count) -o p\(count)")
      let built = try shell.run(
        "mpicc -std=c11 -O1 -Ip\(count) host.c p\(count)/m.c -lm -o host\(count) 2>&1")
      #expect(built.isEmpty, "\(built)")
      losses.append(try shell.run("\(MPI.run(count)) ./host\(count)").compactMap(Double.init))
    }
    #expect(losses[0].count == 30)
    for (one, several) in zip(losses[0], losses[1]) {
      #expect(abs(one - several) <= 1e-5 * abs(one))
    }
    #expect((losses[0].last ?? 1) < 0.8 * (losses[0].first ?? 0))
  }
}

/// The same without any MPI.
@Suite struct ProcessMessageTests {
  /// Protects whoever has no MPI where several processes were started: they do not train the same thing
  /// each by itself and write over each other, and the message says what to install.
  @Test func saysWhatIsMissing() throws {
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    _ = try shell.run("bnc new mnist_mlp")
    for variables in [
      "OMPI_COMM_WORLD_SIZE=3", "PMI_SIZE=3", "SLURM_STEP_NUM_TASKS=3 PMIX_RANK=0",
      "OMPI_COMM_WORLD_SIZE=3 PMI_SIZE=1",
    ] {
      let said = try shell.run(
        "\(variables) BNC_MPICC=no-such-compiler bnc train mnist_mlp.bn 2>&1; echo $?")
      #expect(said.first == "error: `no-such-compiler`, which BNC_MPICC names, was not found")
      #expect(said.contains { $0.contains("openmpi-bin libopenmpi-dev") })
      #expect(said.last == "1")
    }
    // One of one, a shell that srun started, and whoever says so, are alone.
    for variables in [
      "OMPI_COMM_WORLD_SIZE=1 SLURM_STEP_NUM_TASKS=3 PMIX_RANK=0", "SLURM_STEP_NUM_TASKS=3",
      "SLURM_STEP_NUM_TASKS=3 PMIX_RANK=0 SLURM_PTY_PORT=1",
      "OMPI_COMM_WORLD_SIZE=3 BNC_PROCESSES=1",
    ] {
      let said = try shell.run(
        "\(variables) BNC_MPICC=no-such-compiler bnc train mnist_mlp.bn --epochs 0 2>&1; echo $?")
      #expect(said.last == "0", "\(said)")
    }
  }

  /// Protects the article's job script and manifest from mistakes that a shell and a reader of YAML
  /// find without a cluster: bash takes the script, its options stand before its first command, and the
  /// manifest is indented by spaces.
  @Test func theClusterFilesAreWellFormed() throws {
    let article = try String(
      contentsOfFile: Place.root + "/Sources/Driver/Driver.docc/Processes.md", encoding: .utf8)
    func block(_ language: String) throws -> String {
      let start = try #require(article.range(of: "```\(language)\n"))
      let end = try #require(article[start.upperBound...].range(of: "```"))
      return String(article[start.upperBound..<end.lowerBound])
    }
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    let script = try block("sh")
    try Data(script.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/job.sh"))
    #expect(try shell.run("bash -n job.sh 2>&1; echo $?") == ["0"])
    let lines = script.split(separator: "\n")
    let options = lines.dropFirst().prefix { $0.hasPrefix("#SBATCH --") }
    #expect(lines.first == "#!/bin/bash" && options.count >= 5)
    #expect(!lines.dropFirst(1 + options.count).contains { $0.hasPrefix("#SBATCH") })
    let manifest = try block("yaml")
    #expect(!manifest.contains("\t") && manifest.contains("kind: MPIJob"))
    try Data(manifest.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/job.yaml"))
    let read = "python3 -c 'import yaml; yaml.safe_load(open(\"job.yaml\"))' 2>&1"
    let said = try shell.run("python3 -c 'import yaml' 2>/dev/null && \(read); echo done")
    #expect(said == ["done"])
  }
}
