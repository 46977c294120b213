import Diagnostics
import IR

// What is said about shapes and sizes, and what is worth knowing about a model that is right.
extension Diagnostic {
  static func invalidShape(_ shape: ShapeSyntax) -> Diagnostic {
    Diagnostic(
      .invalidShape,
      "a shape has one to four sizes, and this one has \(shape.dimensions.count)", at: shape.range,
      help:
        "write '[features]', '[channels, length]' or '[channels, height, width]'; the batch is left "
        + "out")
  }

  static func shapeMismatch(
    _ error: ShapeError, at range: SourceRange, uses: [Scope.Use]
  ) -> Diagnostic {
    Diagnostic(.shapeMismatch, error.message, at: range, notes: within(uses), help: error.help)
  }

  static func tensorTooLarge(_ dimensions: [Int], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .tooLarge,
      "\(Shape(dimensions)) is too large: a tensor has fewer than 2^31 elements", at: range,
      help: "smaller sizes, or a pool before it")
  }

  static func parameterTooLarge(
    _ name: String, _ shape: [Int], at range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      .tooLarge,
      "the \(name) of this layer, \(Shape(shape)), is too large: a tensor has fewer than 2^31 elements",
      at: range, help: "fewer outputs, or fewer numbers before it")
  }

  static func tooManyParameters(_ count: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .tooLarge, "with this layer the model has \(count) parameters; fewer than 2^31 are allowed",
      at: range, help: "fewer channels or features")
  }

  static func batchTooLarge(_ shape: Shape, batch: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .tooLarge,
      "a batch of \(batch) times \(shape) is too large: a tensor has fewer than 2^31 elements",
      at: range, help: "a smaller batch")
  }

  static func tooManyLayers(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .tooLarge,
      "with this the model has more than \(Limits.layers) layers, uses of blocks and repetitions",
      at: range, help: "fewer repetitions")
  }

  static func oneValuePerChannel(_ layer: Layer) -> Diagnostic {
    Diagnostic(
      .oneValuePerChannel,
      "in a batch of 1, '\(layer.name)' has one value per channel, so its result does not depend on it",
      at: layer.range,
      help: "train with a batch of 2 or more")
  }

  static func inertBias(_ layer: Layer, norm: Layer) -> Diagnostic {
    Diagnostic(
      .inertBias,
      "the bias of '\(layer.name)' does not learn: the batch norm after it takes every shift out, "
        + "so the bias's gradient is exactly 0",
      severity: .note, at: layer.range, notes: [Note("the batch norm", at: norm.range)],
      help: "'bias: false' leaves the bias out")
  }

  static func fixedGamma(_ layer: Layer) -> Diagnostic {
    Diagnostic(
      .fixedGamma, "the gamma of '\(layer.name)' is held at 1 and does not learn", severity: .note,
      at: layer.range, help: "'fix_gamma: false' lets it learn")
  }

  static func windowLeftOut(
    _ axes: [String], of shape: Shape, isAllOfIt: Bool, at range: SourceRange, uses: [Scope.Use]
  ) -> Diagnostic {
    Diagnostic(
      .windowLeftOut,
      "the window that 'ceil' would add along \(axes.joined(separator: " and ")) of \(shape) starts in the "
        + "padding behind, and is left out, as in PyTorch", severity: .note, at: range,
      notes: within(uses), help: isAllOfIt ? "'ceil: false' says the same" : nil)
  }

  static func momentumConvention(
    _ momentum: Double, at range: SourceRange, uses: [Scope.Use]
  ) -> Diagnostic {
    // Without the last digits, in which 1 - 0.07 is not 0.93.
    let other = plain(((1 - momentum) * 1e12).rounded() / 1e12)
    return Diagnostic(
      .momentumConvention,
      "momentum is the weight of the old running value, and PyTorch's is that of the new one: "
        + "\(plain(momentum)) keeps little of the old", severity: .warning, at: range,
      notes: within(uses),
      help: "PyTorch's \(plain(momentum)) is 'momentum: \(other)'")
  }

  static func paddingConvention(
    _ axes: [(axis: WindowAxis, size: Int)], at range: SourceRange, uses: [Scope.Use]
  ) -> Diagnostic {
    func text(_ values: [String]) -> String {
      Set(values).count == 1 ? values[0] : values.joined(separator: " x ")
    }
    let own = text(axes.map { "\($0.axis.before)" })
    let stride = text(axes.map { "\($0.axis.stride)" })
    let sides = axes.map {
      let total = $0.axis.paddingOfCeil($0.size)
      return "by \(total / 2) before and \(total - total / 2) after"
    }
    let sizes = axes.map { "\($0.size)" }.joined(separator: " x ")
    let other =
      Set(sides).count == 1
      ? "\(sizes) \(sides[0])"
      : "\(axes[0].size) rows \(sides[0]), \(axes[1].size) columns \(sides[1])"
    return Diagnostic(
      .paddingConvention,
      "'same' pads by \(own) on every side; at stride \(stride) Keras and TensorFlow pad \(other)",
      severity: .note, at: range, notes: within(uses),
      help: "'padding: same_upper' pads as they do, and 'padding: \(own)' says that this is meant")
  }

  static func nothingToFreeze(_ frozen: FrozenSyntax, layers: [String]) -> Diagnostic {
    Diagnostic(
      .nothingToFreeze,
      layers.isEmpty
        ? "this has no layer to freeze"
        : "\(list(Array(layers.prefix(8)), "and")) \(layers.count == 1 ? "has" : "have") no parameters "
          + "to freeze",
      at: frozen.range, help: "take 'frozen' out, or put it behind the layer that is meant")
  }

  static func unknownParameter(_ name: NameSyntax, known: [String]) -> Diagnostic {
    Diagnostic(
      .nothingToFreeze, "there is no parameter '\(name.text.abbreviated)' to freeze",
      at: name.range,
      help: didYouMean(Suggestion.closest(to: name.text, in: known))
        ?? "there \(known.count == 1 ? "is" : "are") \(list(known, "and"))")
  }

  static func nothingToLearn(at range: SourceRange, isFrozen: Bool) -> Diagnostic {
    Diagnostic(
      .nothingToLearn,
      isFrozen
        ? "all parameters of the model are frozen, so training changes nothing"
        : "the model has no parameters, so training changes nothing",
      severity: .warning, at: range)
  }
}
