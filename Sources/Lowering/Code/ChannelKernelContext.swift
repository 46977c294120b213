import IR

/// What fills in a kernel whose channels are in the lanes: what its layers compute, and the call of
/// the function that it shares with others of its kind.
package struct ChannelKernelContext: TemplateContext {
  package var template: String { "Shared/channels.c.mustache" }
  let name, layers, source, shapes, call: String
  let formulas: [String]
  /// What a task makes; nil where one makes all.
  let task: String?
  let ignoresTask: Bool

  /// - Parameters:
  ///   - folds: Whether what follows the first layer is folded into its weight, if it can be.
  ///   - shapes: The shapes of what is read and written, in words.
  ///   - usesTask: Whether the call names the task.
  ///   - task: What a task makes; nil where one makes all.
  package init(
    _ kernel: Kernel, _ names: CodegenContext, folds: Bool = false, shapes: String,
    usesTask: Bool = false,
    task: String? = nil,
    call: String
  ) {
    name = names.function(kernel)
    layers = names.layers(kernel.layers)
    source = names.line(of: kernel.head)
    formulas = kernel.layers.enumerated().map { position, layer in
      let operation = names.plan.model.layers[layer].op.base
      let isFolded = folds && position > 0 && ChannelAffineStep(operation, layer: layer) != nil
      return operation.formula + (isFolded ? ", folded into the weight and the bias" : "")
    }
    self.shapes = shapes
    self.task = task
    ignoresTask = !usesTask
    self.call = call
  }
}

extension ChannelLayout {
  /// `[13][13][24]`
  package var text: String { "[\(height)][\(width)][\(numbers)]" }

  /// Vectors of a position.
  package func vectors(of lanes: Int) -> Int { numbers / lanes }

  /// A `struct pitch` that says how far rows and positions lie apart.
  package func pitch(of lanes: Int) -> String {
    "(struct pitch){\(row / lanes), \(stride / lanes)}"
  }

  /// How far positions lie apart, as C.
  package func apart(of lanes: Int) -> String { "\(stride / lanes)" }
}
