import Diagnostics
import IR
import Lowering

/// The C of a network: what `bnc compile` writes.
package struct PluginSource: Hashable, Sendable {
  /// `<model>.c`: the network.
  package var network: String
  /// `<model>.h`: the interface.
  package var header: String
  /// `<model>_main.c`: a plain C program around it.
  package var host: String
  /// `<model>_trainer.h` and `<model>_trainer.c`, which train it in a program of the caller's; nil where
  /// the network is not for training.
  package var trainer: Trainer?

  /// What trains a network without bnc.
  package struct Trainer: Hashable, Sendable {
    package var header, source: String
  }

  /// All that the C is made of beside the network: the templates' names and texts.
  package static var templates: String { TemplateLibrary.embedded.contents }

  /// The C of a plan whose buffers have their places.
  ///
  /// - Parameters:
  ///   - sources: The names, without folders, of the model file and those that it includes; they
  ///     stand in comments.
  ///   - hash: A hash of the model and the flags, in hexadecimal.
  ///   - trainingHash: That of the same training on one process, where it is for several.
  ///   - version: bnc's version.
  /// - Throws: `Failure` where the network needs more scratch than the C can count.
  package init(
    rendering placed: PlacedPlan, sources: [String], hash: String, trainingHash: String? = nil,
    version: String
  ) throws(Failure) {
    let (plan, memory) = (placed.kernels, placed.memory)
    let numbers = memory.size / plan.options.precision.bytes
    guard numbers < Int(Int32.max) else {
      throw Failure(
        "the network needs \(numbers) numbers of scratch memory, and the C counts to \(Int32.max)",
        help: "a smaller batch: `--batch N` or `batch N` in the training block")
    }
    let library = TemplateLibrary.embedded
    let names = CodegenContext(plan: plan, memory: memory, sources: sources)
    network = LineBreaks.applied(
      to: library.render(
        NetworkContext(
          names: names, memory: memory, hash: hash, trainingHash: trainingHash, version: version,
          library: library)))
    header = LineBreaks.applied(
      to: library.render(
        HeaderContext(
          model: plan.model.name, version: version, interface: library.interface)))
    host = LineBreaks.applied(
      to: library.render(
        HostContext(
          model: plan.model.name, headerName: "\(plan.model.name).h",
          compileLines: NetworkContext.compileLines(plan, forHost: true),
          inputCount: plan.model.inputs.count, targetCount: plan.model.targets.count,
          outputCount: plan.model.outputs.count)))
    guard plan.options.purpose == .training else { return }
    let trainer = TrainerContext(names: names, memory: memory, hash: hash, version: version)
    self.trainer = Trainer(
      header: LineBreaks.applied(to: library.render(TrainerHeaderContext(trainer))),
      source: LineBreaks.applied(
        to: TrainerSourceContext.parts(trainer).map(library.render).joined(separator: "\n")))
  }
}

extension PluginSource: Stage {
  /// None of the files is cut short.
  package func verify() throws(Failure) {
    let trainers = [trainer?.header, trainer?.source].compactMap { $0 }.map { ("trainer", $0) }
    for (name, text) in [("network", network), ("header", header), ("host", host)] + trainers {
      guard text.hasSuffix("\n") else {
        throw Failure("the C of the \(name) is not whole")
      }
    }
  }

  package var text: String { network }
}

struct HeaderContext: TemplateContext {
  var template: String { "File/network.h.mustache" }
  let model, version, interface: String
}

struct HostContext: TemplateContext {
  var template: String { "File/host_main.c.mustache" }
  let model, headerName: String
  let compileLines: [String]
  let inputCount, targetCount, outputCount: Int
}
