import ArgumentParser
import Diagnostics
import Driver
import Runner
import Verification

/// `bnc verify`: a compiled network held against formulas, slopes and its other plans.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Proves the C of a model on this machine: gradients, plans, threads, a step.",
    discussion: """
      Every plan that bnc makes of the model is compiled for this processor and run over a few \
      made-up examples: inspection, training, evaluation, inference, and the C of bnc freeze. Outputs and \
      losses are held against the operators' formulas, computed number by number in double; gradients \
      against central differences of the loss; fused kernels against one kernel an operator; float \
      against double; running statistics and one step of the optimizer against their formulas; several \
      threads and a short batch against the same bits. Errors are relative to the largest number of what \
      is compared. The exit code is 1 where something does not hold.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(
    help: "Weights (safetensors) to verify the network with; left out, made-up ones.",
    completion: .file())
  var weights: String?

  @Option(help: "Where made-up examples and weights start.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "A check to run, and no others; can be given again.", valueName: "check"))
  var only: [VerificationCheck] = []

  @Flag(help: "Print every line, and not only the worst of each check.")
  var all = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    guard network.model == "-" || network.model.hasSuffix(".bn") else {
      throw Failure(
        "is compiled already, and what it was compiled from is what it is held against",
        path: network.model, help: "name the model (.bn)")
    }
    // Before anything is compiled.
    let threads = max(2, try network.makePool().threads)
    let source = try ModelFile.model(network.model)
    let verifier = try Verifier(
      source,
      .init(
        batch: network.batch, seed: seed, threads: threads,
        isExact: network.exact, learned: try learned(source)),
      compiler: .find(named: network.cc))
    let checks = VerificationCheck.allCases.filter { only.isEmpty || only.contains($0) }
    let findings = try verifier.run(checks) { progress in
      if json { return }
      let left = progress.secondsLeft.map { ", about \(Int($0.rounded(.up))) s left" } ?? ""
      StandardError.write(
        "\(progress.number) of \(progress.count): \(progress.check.title)\(left)\n")
    }
    let report = VerificationReport(model: verifier.model.name, checks: checks, findings: findings)
    Terminal.write(try json ? JSONText.of(report, isIndented: true) + "\n" : report.text(all: all))
    if !report.holds { throw ExitCode(1) }
  }

  /// The numbers of the weights' file.
  private func learned(_ source: SourceFile) throws -> [String: [Double]] {
    guard let weights else { return [:] }
    let plugin = try PluginResolver.load(
      source, batch: network.batch, compiler: network.cc,
      needs: .init(purpose: .inference, showsWarnings: false, trains: false))
    let loaded = try Network(plugin, host: Host(pool: try ThreadPool(threads: 1)))
    noteWeights(try loaded.loadWeights(from: weights))
    return Dictionary(
      uniqueKeysWithValues: plugin.description.savedTensors.map {
        ($0.name, loaded.regions.numbers(of: $0))
      })
  }
}

extension VerificationCheck: ExpressibleByArgument {}
