extension Regions {
  /// Starts every parameter, every running statistic and all that the optimizer keeps as the
  /// plugin's table says. Each tensor has a stream of its own, so that adding one does not change
  /// how the others start.
  package func initialize(_ description: PluginDescription, seed: UInt64) {
    for (index, tensor) in description.tensors.enumerated() where tensor.region != .scratch {
      var generator = RandomGenerator(seed: seed, purpose: .parameters, index: UInt64(index))
      fill(bytes(of: tensor), as: description.elementType) {
        switch tensor.initializer {
        case .constant(let value): value
        case .normal(let mean, let deviation): mean + deviation * generator.normal()
        case .uniform(let lower, let upper): generator.uniform(lower, upper)
        case .nothing: 0
        }
      }
    }
  }
}

private func fill(
  _ bytes: UnsafeMutableRawBufferPointer, as type: NumberType, _ next: () -> Double
) {
  for offset in stride(from: 0, to: bytes.count, by: type.size) {
    if type == .float64 {
      bytes.storeBytes(of: next(), toByteOffset: offset, as: Double.self)
    } else {
      bytes.storeBytes(of: Float(next()), toByteOffset: offset, as: Float.self)
    }
  }
}
