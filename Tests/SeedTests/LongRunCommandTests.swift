import Foundation
import Testing

/// Long runs of the program: what it holds of the system after many epochs.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler"))
struct LongRunCommandTests {
  /// Bytes of memory and open files of a process that is stopped for a moment.
  private func held(by process: Int32) throws -> (memory: Int, files: Int) {
    kill(process, SIGSTOP)
    defer { kill(process, SIGCONT) }
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    let kilobytes = try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first)
    let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
    return (1024 * (Int(kilobytes) ?? 0), files.count)
  }

  /// Protects runs of weeks from what little each epoch may keep: with a validation, checkpoints, a log,
  /// augmentation, dropout and a schedule, 200 epochs leave memory and open files where epoch 2 had
  /// them. What an epoch came to is kept, which is less than a kilobyte.
  @Test func keepsNothingOfAnEpoch() throws {
    let folder = try Folder()
    let model = """
      model m {
        input x: [1, 1, 2]
        target y: class(2)
        o = x | flatten | dense(8) | batchnorm | relu | dropout(0.2) | dense(2)
        loss softmax_cross_entropy(o, y)
      }
      training { batch 16 epochs 230 augment noise(0.1) optimizer adam(lr: 0.01) schedule cosine(warmup: 5) }

      """
    try Data(model.utf8).write(to: URL(fileURLWithPath: folder.path + "/m.bn"))
    let rows = (0..<400).map { "0.\($0 * 37 % 1000),0.\($0 * 91 % 1000),\($0 % 2)\n" }.joined()
    try Data(rows.utf8).write(to: URL(fileURLWithPath: folder.path + "/d.csv"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Place.build + "/bnc")
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let command: String = """
      train m.bn --data d.csv --validation 0.2 --keep best --checkpoint c --every 7 \
      --keep-checkpoints 3 --log l.csv --progress plain --threads 2
      """
    process.arguments = command.split(separator: " ").map(String.init)
    var environment = ProcessInfo.processInfo.environment
    environment["XDG_CACHE_HOME"] = Place.build + "/seed-tests-cache"
    process.environment = environment
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    defer { if process.isRunning { process.terminate() } }
    var text = ""
    func waits(for start: String) throws {
      while !text.contains("\n" + start) {
        let more = output.fileHandleForReading.availableData
        try #require(!more.isEmpty, "it ended before '\(start)': \(text.suffix(300))")
        text += String(decoding: more, as: UTF8.self)
      }
    }
    try waits(for: "Epoch 2.")
    let early = try held(by: process.processIdentifier)
    try waits(for: "Epoch 200.")
    let late = try held(by: process.processIdentifier)
    // The records of 200 epochs, and what they make larger of a checkpoint while it is written.
    #expect(late.memory - early.memory < 2 << 20, "\(early.memory) and \(late.memory) bytes")
    // A checkpoint may be open at that moment, and the folder that it is in.
    #expect(late.files <= early.files + 3, "\(early.files) and \(late.files) files")
    while !output.fileHandleForReading.availableData.isEmpty {}
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// Protects reviews of the generated C: it is the same bytes whatever the language, the time zone and
  /// the folder of the machine.
  @Test func sameCEverywhere() throws {
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    _ = try shell.run("mkdir -p one 'an other/place'")
    // Of another processor's, so that nothing is made of it here.
    for name in ["mnist_augmented", "sensor"] {
      let model = "\(Place.root)/Sources/ExampleModels/\(name).bn"
      _ = try shell.run("cp \(model) one; cp \(model) 'an other/place'")
      let compile = "bnc compile --host --target aarch64"
      _ = try shell.run(
        "(cd one; LC_ALL=C LANG=C TZ=UTC0 \(compile) \(name).bn -o out >log 2>&1)")
      _ = try shell.run(
        "(cd 'an other/place'; LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 LANGUAGE=de LC_NUMERIC=de_DE.UTF-8 "
          + "TZ=Asia/Kathmandu HOME=$PWD TMPDIR=$PWD \(compile) \(name).bn -o out >log 2>&1)")
      let said = try shell.run(
        "ls one/out | wc -l; for f in one/out/*.[ch]; do cmp $f \"an other/place/out/${f##*/}\"; done"
      )
      #expect(Int(said.first ?? "") ?? 0 >= 5, "\(said)")
      #expect(said.count == 1, "\(name): \(said)")
    }
  }
}
