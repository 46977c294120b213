extension Regions {
  /// Starts every parameter, every running statistic and all that the optimizer keeps as the
  /// plugin's table says. Each tensor has a stream of its own, so that adding one does not change
  /// how the others start.
  package func initialize(_ description: PluginDescription, seed: UInt64) {
    for (index, tensor) in description.tensors.enumerated() where tensor.region != .scratch {
      var generator = RandomGenerator(seed: seed, purpose: .parameters, index: UInt64(index))
      let bytes = bytes(of: tensor)
      let type = description.elementType
      switch tensor.initializer {
      case .constant(let value): fill(bytes, as: type) { value }
      case .normal(let mean, let deviation):
        fill(bytes, as: type) { mean + deviation * generator.normal() }
      case .uniform(let lower, let upper):
        fill(bytes, as: type) { generator.uniform(lower, upper) }
      case .truncatedNormal(let deviation, let bound):
        fill(bytes, as: type) { generator.truncatedNormal(deviation: deviation, bound: bound) }
      case .orthogonal(let gain):
        let rows = tensor.shape.first ?? 1
        var numbers = orthogonalMatrix(
          rows: rows, columns: tensor.count / rows, generator: &generator
        ).makeIterator()
        fill(bytes, as: type) { gain * (numbers.next() ?? 0) }
      case .dirac(let rest, let groups):
        var numbers = dirac(shape: tensor.shape, groups: groups).makeIterator()
        fill(bytes, as: type) {
          guard let number = numbers.next() else { return 0 }
          return number ?? (rest > 0 ? generator.uniform(-rest, rest) : 0)
        }
      case .listed(let values):
        var numbers = values.makeIterator()
        fill(bytes, as: type) { numbers.next() ?? 0 }
      case .nothing: fill(bytes, as: type) { 0 }
      }
    }
    startAverages(description)
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

/// A weight `[out, in, window...]` that makes each output of a group its input, as far as there are
/// both: 1 in the middle of the window; nil in the outputs beyond. Of an even window the middle is the
/// later of two, as PyTorch's `dirac_` has it.
private func dirac(shape: [Int], groups: Int) -> [Double?] {
  guard shape.count >= 2 else { return Array(repeating: 0, count: shape.reduce(1, *)) }
  let window = shape[2...].reduce(1, *)
  let middle = shape[2...].reduce(0) { $0 * $1 + $1 / 2 }
  return (0..<shape[0]).flatMap { output -> [Double?] in
    let channel = output % (shape[0] / groups)
    guard channel < shape[1] else { return Array(repeating: nil, count: shape[1] * window) }
    var numbers: [Double?] = Array(repeating: 0, count: shape[1] * window)
    numbers[channel * window + middle] = 1
    return numbers
  }
}
