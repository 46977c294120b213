import Diagnostics
import Runner

/// Turns what the user named, MODEL.bn or PLUGIN.so, into a loaded plugin.
enum PluginSource {
  /// What the plugin is for: training alone, or laying a step open too.
  struct Needs: Hashable {
    var gradient = false
    var doublePrecision = false
  }

  /// Loads a plugin, compiled for this processor first where `model` is a model's text.
  static func load(_ model: String, needs: Needs = Needs()) throws -> LoadedPlugin {
    if model.hasSuffix(".bn") {
      // DRIVER: compile `model` for this processor, or take it from the cache, as `needs` say;
      // then `return try LoadedPlugin(path: path, expectedHash: hash)`.
      throw Failure("models are not compiled here yet", path: model, help: "name a PLUGIN.so")
    }
    let plugin = try LoadedPlugin(path: model)
    if needs.doublePrecision, plugin.description.elementType != .float64 {
      throw Failure(
        "computes with floats", path: model,
        help: "name the model (.bn), so that bnc compiles it with doubles")
    }
    return plugin
  }
}
