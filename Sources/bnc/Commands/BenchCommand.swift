import ArgumentParser
import Diagnostics
import Driver
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
    if let processes = try JoinedProcesses.join() {
      try run(among: processes)
      return JoinedProcesses.leave()
    }
    let plugin = try network.load(needs: .init(trains: false))
    let pool = try network.makePool()
    var bench = try Benchmark.run(
      plugin, pool: pool,
      peaks: {
        try PluginCache.standard.withPeakProbe(compiler: .find(named: network.cc)) {
          try .measure(probe: $0, pool: pool)
        }
      }, seconds: seconds)
    if let evaluating = try network.loadEvaluation() {
      try bench.evaluate(evaluating, pool: pool, seconds: seconds / 4)
    }
    if let inferring = try network.loadInference() {
      try bench.infer(inferring, pool: pool, seconds: seconds / 4)
    }
    if json {
      print(try JSONText.of(bench, isIndented: true))
    } else {
      print(bench.text, terminator: "")
    }
  }

  /// The same, as one of several processes.
  private func run(among processes: MPIProcesses) throws {
    let plugin = try network.load(among: processes, needs: .init(trains: false))
    let pool = try network.makePool(of: processes)
    let bench = try ProcessBenchmark.run(
      plugin, among: processes, host: .init(pool: pool, among: processes), seconds: seconds)
    Terminal.write(json ? try JSONText.of(bench, isIndented: true) + "\n" : bench.text)
  }
}
