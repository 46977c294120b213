import Diagnostics
import Driver
import Foundation
import Lowering
import Runner

/// Turns what the user named, MODEL.bn or PLUGIN.so, into a loaded plugin.
enum PluginResolver {
  /// What the plugin is for, and the numbers that it computes with.
  struct Needs: Hashable {
    var purpose = PlanOptions.Purpose.training
    /// What MODEL.bn is compiled for.
    var target = TargetMachine.native
    /// Whether warnings are shown; not where another plan of the model has shown them.
    var showsWarnings = true
    var precision = Precision.float
    /// Whether it is to train, and not only to show what it has learned or how fast it is.
    var trains = true
    /// Parameters that do not learn beside the model's own.
    var frozen: [String] = []
    /// Whether every product of a convolution's sums is taken.
    var isExact = false
    /// In how much memory it trains; nil: in what is fastest.
    var memory: MemoryBudget?
    /// How many processes a batch lies across.
    var processes = 1
  }

  /// Loads a plugin, compiled first, for this processor unless told otherwise, where `model` is a model's text: a file, or
  /// `-` for standard input.
  static func load(
    _ model: String, batch: Int?, compiler: String?, needs: Needs
  ) throws -> LoadedPlugin {
    if model == "-" || model.hasSuffix(".bn") {
      return try load(ModelFile.model(model), batch: batch, compiler: compiler, needs: needs)
    }
    if batch != nil {
      throw Failure(
        "is compiled already, for a batch of its own", path: model,
        help: "name the model (.bn), so that bnc compiles it for --batch")
    }
    if !needs.frozen.isEmpty {
      throw Failure(
        "is compiled already, with parameters that learn", path: model,
        help: "name the model (.bn), so that bnc compiles it for --freeze")
    }
    if needs.isExact {
      throw Failure(
        "is compiled already, with the sums that it has", path: model,
        help: "name the model (.bn), so that bnc compiles it for --exact")
    }
    if needs.memory != nil {
      throw Failure(
        "is compiled already, for memory of its own", path: model,
        help: "name the model (.bn), so that bnc compiles it for --memory")
    }
    if needs.target != .native {
      throw Failure(
        "is compiled already, for a machine of its own", path: model,
        help: "name the model (.bn), so that bnc compiles it for --target")
    }
    let plugin = try LoadedPlugin(path: model)
    if needs.precision == .double, plugin.description.elementType != .float64 {
      throw Failure(
        "computes with floats", path: model,
        help: "name the model (.bn), so that bnc compiles it with doubles")
    }
    return plugin
  }

  /// Loads the plugin of a model's text, compiled first.
  static func load(
    _ source: SourceFile, batch: Int?, compiler: String?, needs: Needs
  ) throws -> LoadedPlugin {
    var plan = PlanOptions(
      target: needs.target, precision: needs.precision, purpose: needs.purpose,
      products: needs.isExact ? .exact : .fast)
    plan.processes = needs.processes
    plan.memory = needs.memory
    let options = CompileOptions(
      plan: plan, batch: batch, frozen: needs.frozen, trains: needs.trains)
    let plugin = try PluginCache.standard.withPlugin(
      for: source, options, compiler: .find(named: compiler)
    ) { try LoadedPlugin(path: $0, expectedHash: $1, model: source.name) }
    if needs.showsWarnings {
      DiagnosticOptions.write(plugin.diagnostics.filter { $0.severity != .note }, in: source)
    }
    for warning in plugin.warnings { Terminal.writeError("warning: \(warning)") }
    return plugin.loaded
  }
}
