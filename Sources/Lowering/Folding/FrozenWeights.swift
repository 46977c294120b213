import Diagnostics
import IR

/// The weights of a network that stands alone: what its kernels read, batch norms folded in, packed as
/// they read it. It is computed in double and rounded once, so that it is the same on every machine.
package struct FrozenWeights: Sendable {
  /// In the order in which they lie one behind the other: first what is packed, in whole vectors.
  package let arrays: [Array]

  /// One member of C's struct of weights.
  package struct Array: Sendable {
    /// The layer that it is of, and what it is to it: `weight`, `bias`, `scale`.
    package let layer: Int
    package let role: String
    /// How it lies: `[3 tiles][5][5][20][3 or 2][8]`.
    package let layout: String
    /// Whether it is made of whole vectors, and not of a parameter's plain numbers.
    package let isPacked: Bool
    package let numbers: [Float]
  }

  /// Numbers in all.
  package var count: Int { arrays.reduce(0) { $0 + $1.numbers.count } }

  /// What the kernels of `plan` read.
  ///
  /// - Parameter values: The numbers of a parameter or a statistic, in canonical order.
  /// - Throws: `Failure` where a number is not finite, or no float holds it once batch norms are
  ///   folded in.
  package init(of plan: KernelPlan, _ values: (TensorID) throws -> [Double]) throws {
    var packed: [Array] = []
    for kernel in plan.kernels {
      guard let weights = kernel.spec.packedWeights else { continue }
      packed += try Self.packed(weights, of: kernel, lanes: plan.lanes, values)
    }
    let plain = try plan.parametersAsTheyAre.map { tensor in
      Array(
        layer: tensor.layer, role: tensor.role.rawValue,
        layout: plan.model.declaration(of: tensor).shape.map { "[\($0)]" }.joined(),
        isPacked: false, numbers: try values(tensor).map(Float.init))
    }
    arrays = packed + plain
    for array in arrays where !array.numbers.allSatisfy(\.isFinite) {
      let layer = plan.model.layers[array.layer].name
      throw Failure(
        "the \(array.role) of '\(layer)' becomes infinite or no number where batch norms are folded in",
        help: "`bnc calibrate` computes running statistics anew")
    }
  }

  /// What `prepare` of a plugin computes for a kernel.
  private static func packed(
    _ weights: PackedWeights, of kernel: Kernel, lanes: Int, _ values: (TensorID) throws -> [Double]
  ) throws -> [Array] {
    let factors = try affine(weights, values)
    let whole = weights.vectors * lanes
    func array(_ role: String, _ layout: String, _ numbers: [Double]) -> Array {
      Array(
        layer: weights.layer, role: role, layout: layout, isPacked: true,
        numbers: numbers.map(Float.init))
    }
    func row(_ role: String, _ numbers: [Double]) -> Array {
      array(
        role, "[\(weights.vectors)][\(lanes)]",
        numbers + [Double](repeating: 0, count: whole - numbers.count))
    }
    let slopes = try weights.slope.map { slope in
      let numbers = try values(slope.tensor)
      return row("slope", (0..<weights.channels).map { numbers[slope.isPerChannel ? $0 : 0] })
    }
    let last = [slopes].compactMap { $0 }
    guard let packing = weights.packing, let spec = kernel.spec as? any FreezingSpec else {
      if weights.isSlopes { return last }
      return [row("scale", factors.map(\.scale)), row("shift", factors.map(\.shift))] + last
    }
    let canonical = try values(packing.weight)
    var numbers = [Double](repeating: 0, count: packing.depth * whole)
    for (output, factor) in factors.enumerated() {
      for index in 0..<packing.ownDepth {
        numbers[spec.place(of: index, output: output, lanes: lanes)] =
          canonical[spec.canonicalPlace(of: index, output: output, depth: packing.ownDepth)]
          * factor.scale
      }
    }
    return [
      array("weight", packing.weightLayout(lanes: lanes), numbers),
      row("bias", factors.map(\.shift)),
    ] + last
  }

  /// What becomes of each output channel's number: `x * scale + shift`.
  private static func affine(
    _ weights: PackedWeights, _ values: (TensorID) throws -> [Double]
  ) throws -> [(scale: Double, shift: Double)] {
    let bias = try weights.bias.map(values)
    var factors = (0..<weights.channels).map { (scale: 1.0, shift: bias?[$0] ?? 0) }
    for step in weights.steps {
      func numbers(_ role: TensorDeclaration.Role, if takesPart: Bool) throws -> [Double]? {
        takesPart ? try values(TensorID(layer: step.layer, role: role)) : nil
      }
      let norm = step.normalization
      let gamma = try numbers(.gamma, if: step.hasGamma)
      let beta = try numbers(.beta, if: step.hasBeta)
      let mean = try numbers(.runningMean, if: norm != nil)
      let variance = try numbers(.runningVariance, if: norm != nil)
      for c in factors.indices {
        var factor = gamma?[c] ?? 1
        if let norm, let variance {
          switch norm.epsPlace {
          case .variance: factor /= (variance[c] + norm.eps).squareRoot()
          case .deviation: factor /= variance[c].squareRoot() + norm.eps
          }
        }
        factors[c].scale *= factor
        factors[c].shift = (factors[c].shift - (mean?[c] ?? 0)) * factor + (beta?[c] ?? 0)
      }
    }
    return factors
  }
}

extension Kernel {
  /// The parameters that it reads as they are, for it has nothing packed of them.
  package var parametersAsTheyAre: [TensorID] {
    effects.compactMap { effect in
      guard effect.reads, case .parameter(let tensor) = effect.resource,
        spec.packedWeights?.holds(tensor) != true
      else { return nil }
      return tensor
    }
  }
}

extension KernelPlan {
  /// The parameters that kernels read as they are, for they have nothing packed, in order.
  package var parametersAsTheyAre: [TensorID] {
    var found: [TensorID] = []
    for tensor in kernels.flatMap(\.parametersAsTheyAre) where !found.contains(tensor) {
      found.append(tensor)
    }
    return found
  }
}
