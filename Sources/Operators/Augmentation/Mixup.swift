import Foundation
import IR
import Lowering

/// `augment mixup(0.2)`: examples become mixtures of two, and so do their targets (Zhang et al., "mixup:
/// Beyond Empirical Risk Minimization", 2018).
///
///     y[n] = share * x[n] + (1 - share) * x[count - 1 - n]
///     loss[n] = share * loss(y[n], target[n]) + (1 - share) * loss(y[n], target[count - 1 - n])
///
/// The share is of a Beta(alpha, alpha) distribution, drawn once for each step, as in the authors' code;
/// that an epoch has another order of examples makes the pairs. It follows from the seed, the epoch and
/// the step: u^(1/alpha) over the sum of two such powers, where that is at most 1 (Jöhnk, 1964).
package struct Mixup: MixingAugmentation {
  // Of a larger one hardly any two powers add up to so little.
  private static let alphaKey = Key.real(
    "alpha", atLeast: 0.01, atMost: 4, default: 1,
    "of the Beta distribution of the share that an example keeps: near 0 all or nothing of it, with 1 any "
      + "share, above 1 mostly halves")

  package static let definition = Definition<any Augmentation>(
    "mixup", "each example mixed with another of its batch, its targets with them",
    positional: [alphaKey.parameter]
  ) { arguments throws(ArgumentError) in Mixup(alpha: try arguments.value(alphaKey)) }

  package let keyword = "mixup"
  package var stream = 0
  package var movesPlaces: Bool { false }
  let alpha: Double

  package init(alpha: Double) { self.alpha = alpha }

  package var attributes: [AttributeValue] { [AttributeValue(Self.alphaKey, alpha)] }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  package var formula: String {
    "y[n] = share * x[n] + (1 - share) * x[count - 1 - n], in training"
  }

  /// Pairs that are drawn, at most: of alpha 4 one of 70 serves.
  static let attempts = 4096

  package func share(_ draw: RandomDraw) -> Double {
    for attempt in 0..<Self.attempts {
      func power(_ unit: Int) -> Double {
        let number = draw.number(
          row: Int(truncatingIfNeeded: draw.step), unit: 4 * attempt + unit, of: self)
        return log((Double(number) + 0.5) * 0x1p-31) / alpha
      }
      let (u, v) = (power(0), power(1))
      if exp(u) + exp(v) <= 1 { return 1 / (1 + exp(v - u)) }
    }
    return 0.5
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let (x, size) = (inputs.operands[0], inputs.result.elementCount)
    guard inputs.isTraining else { return x }
    let share = share(inputs.draw)
    return x.indices.map { place in
      let other = (inputs.count - 1 - place / size) * size + place % size
      return share * x[place] + (1 - share) * x[other]
    }
  }
}

extension Mixup: LoweredMixing, LoweredAugmentation {
  var worksInPlace: Bool { false }
  package var operations: Double { 3 }
  var readsOtherExamples: Bool { true }

  func function(_ shared: inout SharedFunctions) -> String {
    Self.defineShare(&shared)
    return shared.name(SharedText("mixup", template: "Augmentation/mixup.c.mustache"))
  }

  func arguments(of shape: Shape) -> [String] {
    ["\(shape.channels)", "\(shape.planeCount)", CText.double(alpha)]
  }

  package func shareCall(_ shared: inout SharedFunctions) -> String {
    Self.defineShare(&shared)
    return "mixing_share(s, \(stream), \(CText.double(alpha)))"
  }

  private static func defineShare(_ shared: inout SharedFunctions) {
    shared.define(.philox)
    shared.define(SharedText("mixing_share", template: "Augmentation/mixing_share.c.mustache"))
  }
}
