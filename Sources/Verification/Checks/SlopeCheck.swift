import IR

extension Verifier {
  /// The gradient of each parameter against central differences of the loss along one direction: half
  /// the gradient's own, in which all of its numbers count, and half a random one, in which those count
  /// that should not be 0.
  ///
  /// Of an activation's kink within the difference, the slope is off; the smaller the difference, the
  /// fewer there are, and the more does rounding show. So the best of several counts, of which some look
  /// to one side alone: there the other side's kinks do not matter.
  func checkSlopes() throws -> [Finding] {
    let network = try plans.network(.inspected)
    let start = plans.learned
    let base = try network.gradient(sample)
    let gradients = try movingParameters.map { try network.gradient(of: $0.name) }
    // What a gradient is of: the mean of the examples' losses, or their sum.
    let scale = model.reduction == .mean ? 1 / Double(sample.count) : 1
    let noise = max(abs(base.loss), 1e-3) * 0x1p-50 * scale
    var numbers = Numbers(settings.seed &+ 2)
    return try zip(movingParameters, gradients).map { parameter, gradient in
      let direction = self.direction(along: gradient, &numbers)
      let expected = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
      let old = start[parameter.name] ?? []
      func loss(_ step: Double) throws -> Double {
        network.learned = start.merging(
          [parameter.name: zip(old, direction).map { $0 + step * $1 }]
        ) { $1 }
        return try network.gradient(sample).loss
      }
      var best = Double.infinity
      for step in [1e-5, 1e-6, 1e-4, 1e-7, 1e-8] where best > Self.slopeError {
        // Where the gradient is as small as rounding makes the slope, that is all there is to tell.
        let size = max(norm(gradient), noise / step / Self.slopeError)
        func compare(_ difference: Double) {
          best = min(best, error([scale * difference / (2 * step)], [expected], over: size))
        }
        let (after, before) = (try loss(step), try loss(-step))
        compare(after - before)
        // Also of the second order: f'(0) = (4 f(h) - f(2 h) - 3 f(0)) / 2 h.
        for (side, near) in [(1.0, after), (-1.0, before)] where best > Self.slopeError {
          compare(side * (4 * near - (try loss(2 * side * step)) - 3 * base.loss))
        }
      }
      return Finding(.slopes, of: parameter.name, error: best, allowed: Self.slopeError)
    }
  }

  private static let slopeError = 1e-7

  /// A direction of length 1.
  private func direction(along gradient: [Double], _ numbers: inout Numbers) -> [Double] {
    let random = numbers.normals(gradient.count)
    let (length, width) = (norm(gradient), norm(random))
    let mixed = zip(gradient, random).map {
      (length > 0 ? $0 / length : 0) + (width > 0 ? $1 / width : 0)
    }
    let size = norm(mixed)
    return size > 0 ? mixed.map { $0 / size } : mixed
  }
}
