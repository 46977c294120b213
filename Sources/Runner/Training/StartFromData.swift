extension Network {
  /// Computes what a training takes from its examples before the first step, unless `loaded` has it: the
  /// numbers that normalize the inputs, then the weights that whiten what is so normalized. A line says
  /// of each what it is.
  ///
  /// - Throws: a failure that names weights with one half of such numbers, or examples that none can be
  ///   computed of.
  package func startFromData(_ examples: Examples, loaded: LoadedWeights?) throws -> [String] {
    let normalized = try normalizeInputs(by: examples, loaded: loaded)
    let whitened = try whiten(by: examples, loaded: loaded)
    return normalized.map(\.note) + whitened.map(\.note)
  }
}
