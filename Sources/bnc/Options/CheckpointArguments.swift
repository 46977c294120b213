import ArgumentParser
import Runner

/// Where a training writes what it can go on from, on the command line.
struct CheckpointArguments: ParsableArguments {
  @Option(
    help:
      "Where to write checkpoints, which a training that was stopped goes on from (safetensors).",
    completion: .file())
  var checkpoint: String?

  @Option(help: "How many steps there are from one checkpoint to the next; an epoch's if left out.")
  var every: Int?

  @Option(
    help:
      """
      How many checkpoints to keep: FILE is the newest, FILE.1 the one before it, and so on.
      """)
  var keepCheckpoints = 1

  @Flag(
    help:
      """
      Goes on from the checkpoint, if there is one: the run ends with the same weights, bit for bit, \
      as one that was never stopped.
      """)
  var resume = false

  func validate() throws {
    if let every, every < 1 { throw ValidationError("--every must be 1 or more.") }
    guard (1...1000).contains(keepCheckpoints) else {
      throw ValidationError("--keep-checkpoints must be from 1 to 1000.")
    }
    if checkpoint == nil, every != nil || keepCheckpoints > 1 || resume {
      throw ValidationError(
        "--every, --keep-checkpoints and --resume are about a checkpoint: name it with --checkpoint."
      )
    }
  }

  /// Nil where no checkpoints are asked for.
  ///
  /// - Parameter writes: Whether this process is the one that writes them.
  func options(writes: Bool = true) throws -> CheckpointOptions? {
    try checkpoint.map {
      try CheckpointOptions(
        path: $0, interval: every, count: keepCheckpoints, resumes: resume, writes: writes)
    }
  }

  /// Prepares what is said of the checkpoints where the compiled code crashes.
  func tellOfCrashes(_ options: CheckpointOptions?) {
    guard let path = options?.path else {
      return CrashReport.setNote(
        "note: with --checkpoint FILE a training goes on from its last checkpoint")
    }
    let command = ["bnc"] + CommandLine.arguments.dropFirst() + (resume ? [] : ["--resume"])
    CrashReport.setNote(
      "note: the checkpoint \(path) is whole; to go on from it: \(shellCommand(command))",
      where: path, else: "note: the checkpoint \(path) was not written yet")
  }
}
