import ArgumentParser
import Diagnostics
import Driver
import Lowering
import Runner

/// `bnc bench`: how fast each kernel is, beside what the machine can do at most.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Times each kernel of a training step beside the machine's peaks.",
    discussion: """
      Kernels are timed one by one in a run of their own, the input's load apart from the first \
      layer; the step and the evaluation are timed whole. Of MODEL.bn the plans for evaluation and for \
      inference are compiled too: an evaluation's calls run beside each other, one on each thread; \
      inference is timed one example a call; kernels of both on one thread. Examples are made up. Times are medians; a machine that does other things at the same time shows it in them. \
      The peaks are measured before and after, and the better ones count.

      Under mpirun the processes train together, and what is timed is their step: how long it takes, what \
      they send each other, and how long they wait.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(
    help: ArgumentHelp(
      """
      The machine to write MODEL.bn for, \(TargetMachine.listed), as far as this one can run it; the peaks \
      are those of its vectors, and its second-level cache is what kernels count on.
      """, valueName: "target"))
  var target = "native"

  @Option(help: "How long to measure.")
  var seconds = 4.0

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds must be more than 0 and at most 3600.")
    }
  }

  func run() throws {
    let target = try TargetMachine.named(target)
    guard !target.isForeign else {
      throw Failure(
        "\(target.name) is another kind of machine, and this one cannot run its code",
        help: "bench it there; 'bnc compile --target \(target.name)' writes the C")
    }
    if let processes = try JoinedProcesses.join() {
      try run(among: processes, for: target)
      return JoinedProcesses.leave()
    }
    let plugin = try network.load(needs: .init(target: target, trains: false))
    let pool = try network.makePool()
    var bench = try Benchmark.run(
      plugin, pool: pool,
      peaks: {
        try PluginCache.standard.withPeakProbe(compiler: .find(named: network.cc), for: target) {
          try .measure(probe: $0, pool: pool)
        }
      }, seconds: seconds)
    if let evaluating = try network.loadEvaluation(for: target) {
      try bench.evaluate(evaluating, pool: pool, seconds: seconds / 4)
    }
    if let inferring = try network.loadInference(for: target) {
      try bench.infer(inferring, pool: pool, seconds: seconds / 4)
    }
    if json {
      print(try JSONText.of(bench, isIndented: true))
    } else {
      print(bench.text, terminator: "")
    }
  }

  /// The same, as one of several processes.
  private func run(among processes: MPIProcesses, for target: TargetMachine) throws {
    let plugin = try network.load(among: processes, needs: .init(target: target, trains: false))
    let pool = try network.makePool(of: processes)
    let bench = try ProcessBenchmark.run(
      plugin, among: processes, host: .init(pool: pool, among: processes), seconds: seconds)
    Terminal.write(json ? try JSONText.of(bench, isIndented: true) + "\n" : bench.text)
  }
}
