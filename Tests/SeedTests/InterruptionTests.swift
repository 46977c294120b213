import Foundation
import Glibc
import Testing

/// Trainings that are killed and go on, seen from outside.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler"), .serialized)
struct InterruptionTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
  }

  /// A network with all that a training remembers: running statistics, what is drawn in a step, an
  /// optimizer's slots, a rate that depends on the step or on the tests.
  private func write(_ training: String, to name: String) throws {
    let text = """
      model m {
        input x: [2]
        target y: class(2)
        o = x | dense(8) | batchnorm | relu | dropout(0.2) | dense(2)
        loss softmax_cross_entropy(o, y)
      }
      training { batch 16 epochs 5 \(training) }

      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  /// A training under way; its lines go to a file.
  private final class Run {
    let process = Process()
    private let log: URL

    init(_ arguments: String, in folder: Folder) throws {
      log = URL(fileURLWithPath: folder.path + "/log")
      try Data().write(to: log)
      process.executableURL = URL(fileURLWithPath: Place.build + "/bnc")
      process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
      process.arguments = arguments.split(separator: " ").map(String.init)
      var environment = ProcessInfo.processInfo.environment
      environment["XDG_CACHE_HOME"] = Place.build + "/seed-tests-cache"
      process.environment = environment
      process.standardOutput = try FileHandle(forWritingTo: log)
      try process.run()
    }

    /// The lines that are there, whole ones.
    var lines: [String] {
      let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
      return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map(String.init)
    }

    /// Waits for a line that begins so; false where the program ended first.
    func waits(for start: String) -> Bool {
      while process.isRunning {
        if lines.contains(where: { $0.hasPrefix(start) }) { return true }
        usleep(1000)
      }
      return false
    }

    /// Sends a signal and waits for the end.
    func end(by signal: Int32) {
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
    }
  }

  private func bytes(_ name: String) -> Data? {
    FileManager.default.contents(atPath: "\(folder.path)/\(name)")
  }

  private func epochs(_ lines: [String]) -> [String] { lines.filter { $0.hasPrefix("Epoch") } }

  /// What follows the epochs.
  private func ending(_ lines: [String]) -> [String] {
    Array(lines.drop { !$0.hasPrefix("best") && !$0.hasPrefix("stopped") })
  }

  /// How often trainings are killed; BNC_KILLS says otherwise.
  private static let mostKills =
    ProcessInfo.processInfo.environment["BNC_KILLS"].flatMap { Int($0) } ?? 200

  /// Protects long trainings from losing anything to a crash: killed at random moments, while a
  /// step runs, a checkpoint is written or one is read, and started again each time, they end with
  /// the same bits as those that nobody killed, say the same of each epoch and of their end, and
  /// leave no half of a file. It ends when all moments are spent and the last training is done.
  @Test func killedAtRandomMoments() throws {
    let trainings = [
      ("momentum(lr: 0.05) schedule plateau(patience: 0, factor: 0.5)", "--keep best"),
      ("adam(lr: 0.01, amsgrad: true) schedule cosine(per: epoch, warmup: 1)", "--metrics f1"),
      ("nadam(lr: 0.02) schedule one_cycle", "--keep best --patience 2 --monitor auc"),
    ]
    var (kills, resumes, round) = (0, 0, 0)
    while kills < Self.mostKills {
      let (training, options) = trainings[round % trainings.count]
      try write("optimizer \(training)", to: "m.bn")
      _ = try shell.run("bnc compile m.bn --target native -o plugin")
      let train = "train plugin/m.so --progress plain --threads 1 \(options)"
      let whole = try Run("\(train) --save whole", in: folder)
      whole.process.waitUntilExit()
      let expected = whole.lines
      #expect(whole.process.terminationStatus == 0 && epochs(expected).count > 2)
      let checkpoint = "checkpoint\(round)"
      let again = "\(train) --save parts --checkpoint \(checkpoint) --every 3 --resume"
      // Each of the trainings is killed, and the last one as often as is left.
      let most =
        round < trainings.count - 1
        ? Self.mostKills / trainings.count * (round + 1) : Self.mostKills
      var isDone = false
      while !isDone {
        let run = try Run(again, in: folder)
        if kills < most, run.waits(for: "no --data") {
          usleep(.random(in: 0..<100_000))
          run.end(by: SIGKILL)
        }
        run.process.waitUntilExit()
        isDone = run.process.terminationReason == .exit
        if !isDone { kills += 1 }
        #expect(epochs(run.lines).allSatisfy(expected.contains), "\(training)")
        if run.lines.contains(where: { $0.hasPrefix("goes on from") }) { resumes += 1 }
        guard isDone else { continue }
        #expect(run.process.terminationStatus == 0)
        let last = ending(run.lines).map { $0.replacing(" to parts", with: " to whole") }
        #expect(last == ending(expected), "\(training)")
        #expect(bytes("parts") == bytes("whole"), "\(training)")
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(!files.contains { $0.hasPrefix(".checkpoint\(round)") }, "\(files)")
      try FileManager.default.removeItem(atPath: "\(folder.path)/parts")
      round += 1
    }
    #expect(round >= trainings.count)
    #expect(
      resumes > Self.mostKills / 3, "hardly one of them was killed after its first checkpoint")
  }

  /// Protects whoever stops a training, or has a scheduler stop it: the step under way is done, the
  /// checkpoint is written, the exit code is the signal's, and it ends as if it had not been stopped.
  @Test(arguments: [SIGINT, SIGTERM])
  func stoppedBySignal(_ signal: Int32) throws {
    try write("optimizer adam", to: "m.bn")
    let train = "train m.bn --progress plain --threads 1 --epochs 20"
    let whole = try Run("\(train) --save whole", in: folder)
    whole.process.waitUntilExit()
    let expected = whole.lines
    let stopped = try Run("\(train) --save half --checkpoint c --every 1000000", in: folder)
    #expect(stopped.waits(for: "Epoch 2."))
    stopped.end(by: signal)
    #expect(stopped.process.terminationReason == .exit)
    #expect(stopped.process.terminationStatus == 128 + signal)
    let said = stopped.lines
    #expect(said.contains { $0.hasPrefix("stopped by ") })
    #expect(said.last == "saved the weights of the last step to half")
    let done = epochs(said).count
    #expect(done >= 3 && done < 20)
    let rest = try Run("\(train) --save parts --checkpoint c --resume", in: folder)
    rest.process.waitUntilExit()
    #expect(epochs(said) + epochs(rest.lines) == epochs(expected))
    #expect(bytes("parts") == bytes("whole"))
    // A training that is done has nothing left to do, and says what it came to.
    let nothing = try Run("\(train) --save nothing --checkpoint c --resume", in: folder)
    nothing.process.waitUntilExit()
    #expect(epochs(nothing.lines).isEmpty && bytes("nothing") == bytes("whole"))
    #expect(ending(nothing.lines).first == ending(expected).first)
  }

  /// Protects older checkpoints, of which so many are kept as were asked for, and each of which a
  /// training goes on from to the same bits; and a checkpoint that nobody asked to go on from.
  @Test func keepsTheLast() throws {
    try write("optimizer lion(lr: 0.001)", to: "m.bn")
    let train = "bnc train m.bn --epochs 2"
    _ = try shell.run("\(train) --save whole --checkpoint c --every 30 --keep-checkpoints 3")
    #expect(try shell.run("ls -A | grep c") == ["c", "c.1", "c.2"])
    #expect(try shell.run("cmp c c.1 >differs; wc -l <differs") == ["1"])
    for older in ["c.1", "c.2"] {
      _ = try shell.run("cp \(older) d && \(train) --save parts --checkpoint d --resume")
      #expect(bytes("parts") == bytes("whole"), "\(older)")
    }
    #expect(
      try shell.run("cp c e; \(train) --checkpoint c 2>&1 | tail -2; cmp c e && echo the same") == [
        "error: c: is there already: a training that starts anew would write over it",
        "help: go on from it with --resume, remove it, or name another file", "the same",
      ])
    #expect(
      try shell.run("\(train) --checkpoint new --resume | sed -n 4p")
        == ["there is no checkpoint new yet: starts anew"])
    // Weights are in it under their own names.
    #expect(
      try shell.run("bnc evaluate m.bn --weights c | head -1")
        == shell.run("bnc evaluate m.bn --weights whole | head -1"))
  }
}
