import Diagnostics

/// How an input is normalized, and where its numbers come from.
package struct NormalizedInput: Hashable, Sendable {
  /// Where means and deviations are from.
  package enum Source: Hashable, Sendable {
    /// The model file.
    case model
    /// A weights file.
    case weights
    /// The examples that are trained on.
    case training
  }

  /// The input.
  package let name: String
  /// Of each channel.
  package let means, deviations: [Double]
  /// Where they come from.
  package let source: Source
  /// Channels whose numbers are all the same, and that are divided by 1.
  package let constantChannels: [Int]

  /// A line that says so.
  package var note: String {
    let origin =
      switch source {
      case .model: "as the model says"
      case .weights: "as the weights say"
      case .training: "of the training part"
      }
    let constant =
      constantChannels.isEmpty
      ? ""
      : "; \(constantChannels.count == 1 ? "channel" : "channels") "
        + Self.list(constantChannels.map(String.init))
        + " \(constantChannels.count == 1 ? "is" : "are") constant, and divided by 1"
    return "input '\(name)' is normalized by mean \(Self.list(means)), deviation "
      + "\(Self.list(deviations)) \(origin)\(constant)"
  }

  private static func list(_ numbers: [Double]) -> String {
    list(numbers.map { shortest($0, digits: 6) })
  }

  private static func list(_ words: [String]) -> String {
    let shown = 6
    return words.count == 1
      ? words[0]
      : "[" + words.prefix(shown).joined(separator: ", ")
        + (words.count > shown ? ", … \(words.count) in all]" : "]")
  }
}

extension PluginDescription {
  /// The tensors gamma and beta that normalize `input`, or nil where nothing does.
  func normalization(of input: PluginValue) -> (gamma: PluginTensor, beta: PluginTensor)? {
    guard let layer = input.normalization,
      let gamma = tensors.first(where: { $0.layer == layer && $0.role == .gamma }),
      let beta = tensors.first(where: { $0.layer == layer && $0.role == .beta })
    else { return nil }
    return (gamma, beta)
  }

  /// Whether the numbers of `tensor` are to be computed from training data, where no file has them.
  func isComputedFromData(_ tensor: PluginTensor) -> Bool {
    if case .listed = tensor.initializer { return false }
    if whitenings.contains(where: { $0.tensor.name == tensor.name }) { return true }
    return inputs.contains { input in
      guard let (gamma, beta) = normalization(of: input) else { return false }
      return tensor.name == gamma.name || tensor.name == beta.name
    }
  }
}

extension Network {
  /// Computes the numbers that normalize the inputs from the examples that are trained on, unless the
  /// model gives them or `loaded` has them; says of each normalized input what it is.
  ///
  /// Means and deviations are of all numbers of a channel, after scaling; the deviation is the
  /// population's. A channel of one number only is divided by 1.
  ///
  /// - Throws: a failure that names the weights where they have one half of these numbers.
  package func normalizeInputs(by examples: Examples, loaded: LoadedWeights? = nil) throws
    -> [NormalizedInput]
  {
    let description = plugin.description
    return try description.inputs.enumerated().compactMap { index, input in
      guard let (gamma, beta) = description.normalization(of: input) else { return nil }
      let isGiven = !description.isComputedFromData(gamma)
      let isLoaded = loaded.map { !$0.isToBeComputed(gamma.name) } ?? false
      if let loaded, !isGiven, loaded.isToBeComputed(beta.name) == isLoaded {
        let (has, lacks) = isLoaded ? (gamma, beta) : (beta, gamma)
        throw Failure(
          "holds '\(has.name)' without '\(lacks.name)'", path: loaded.path,
          help: "load both, or neither to have them computed from the training data")
      }
      if isGiven || isLoaded {
        let factors = regions.values(of: gamma)
        return NormalizedInput(
          name: input.name,
          means: zip(regions.values(of: beta), factors).map { -$0 / $1 },
          deviations: factors.map { 1 / $0 },
          source: isLoaded ? .weights : .model, constantChannels: [])
      }
      let moments = examples.moments(of: index, input)
      let constant = moments.deviations.indices.filter { moments.deviations[$0] == 0 }
      let deviations = moments.deviations.map { $0 == 0 ? 1 : $0 }
      regions.store(deviations.map { 1 / $0 }, in: gamma)
      regions.store(zip(moments.means, deviations).map { -$0 / $1 }, in: beta)
      return NormalizedInput(
        name: input.name, means: moments.means, deviations: deviations, source: .training,
        constantChannels: constant)
    }
  }
}

extension Regions {
  /// A tensor's numbers.
  func values(of tensor: PluginTensor) -> [Double] {
    let bytes = UnsafeRawBufferPointer(bytes(of: tensor))
    return (0..<tensor.count).map { elementType.number(in: bytes, at: $0 * elementType.size) }
  }

  /// Puts numbers into a tensor.
  func store(_ values: [Double], in tensor: PluginTensor) {
    let bytes = bytes(of: tensor)
    for (index, value) in values.enumerated() {
      if elementType == .float64 {
        bytes.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
      } else {
        bytes.storeBytes(of: Float(value), toByteOffset: index * 4, as: Float.self)
      }
    }
  }
}
