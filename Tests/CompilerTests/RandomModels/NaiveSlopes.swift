import IR
import Verification

/// Gradients of an inspected step over a few examples against central differences of the naive
/// network's loss.
struct NaiveSlopes {
  private let network: NaiveNetwork
  private let sample: Sample
  /// By how much rounding moves the loss: the most of what was seen where numbers on the way are
  /// disturbed and where every operation rounds up, down or towards 0. One of these alone may happen to
  /// end near the loss.
  private let noise: Double
  /// What the loss is multiplied by to be what the gradient is of.
  private let scale: Double

  /// A number that the loss depends on.
  private enum Place {
    case parameter(String, Int)
    case input(Int, Int)
  }

  init(_ model: Model, tensors: [String: [Double]], _ sample: Sample) {
    network = NaiveNetwork(model: model, tensors: tensors)
    self.sample = sample
    scale = model.reduction == .mean ? 1 / Double(sample.count) : 1
    let network = network
    func loss(disturbance: Double = 0) -> Double {
      var disturbed = network
      disturbed.disturbance = disturbance
      return disturbed.loss(sample, training: true)
    }
    let exact = loss()
    let others =
      [loss(disturbance: 0x1p-50)]
      + RoundingDirection.allCases.map { $0.whileRounding { loss() } }
    noise = largest([others.map { $0 - exact }, [0x1p-50 * exact]])
  }

  /// What is wrong with some of the gradients that `harness` found over the sample.
  func mistakes(_ harness: PluginHarness, seed: UInt64) throws -> [String] {
    var numbers = Numbers(seed)
    var mistakes: [String] = []
    let frozen = network.model.frozenNames
    for name in harness.parameterNames {
      let gradient = try harness.gradient(of: name)
      if frozen.contains(name) {
        if gradient.contains(where: { $0 != 0 }) { mistakes.append("\(name) has a gradient") }
        continue
      }
      let index = Int(numbers.next() % UInt64(gradient.count))
      if let error = mistake(.parameter(name, index), gradient, index) {
        mistakes.append("gradient of \(name)[\(index)] \(error)")
      }
    }
    // The gradient of an input that training changes is that of what it makes of it.
    if network.model.augments { return mistakes }
    for (input, declared) in network.model.inputs.enumerated() {
      let gradient = try harness.values("\(declared.name).gradient", count: sample.count)
      let index = Int(numbers.next() % UInt64(gradient.count))
      if let error = mistake(.input(input, index), gradient, index) {
        mistakes.append("gradient of \(declared.name)[\(index)] \(error)")
      }
    }
    return mistakes
  }

  /// Why a number is not the slope at `place`, to 1e-7 of the largest of the gradient; nil where it is.
  private func mistake(_ place: Place, _ gradient: [Double], _ index: Int) -> String? {
    // A gradient of 0 may be the difference of two probabilities, where the loss is 0 without any.
    let difference = CentralDifference(
      noise: scale * noise, tolerance: 1e-7 * largest([gradient]) + scale * 0x1p-53)
    return difference.mistake(gradient[index]) { scale * loss(place, $0) }
  }

  /// The loss where the number at `place` is moved by `step`.
  private func loss(_ place: Place, _ step: Double) -> Double {
    var (network, sample) = (network, sample)
    switch place {
    case .parameter(let name, let index): network.tensors[name]?[index] += step
    case .input(let input, let index): sample.allInputs[input][index] += step
    }
    return network.loss(sample, training: true)
  }
}

extension Model {
  /// The parameters that have no gradient: those that are frozen, or held at a number.
  fileprivate var frozenNames: Set<String> {
    Set(
      layers.indices.flatMap { index in
        parameters(of: index).filter { $0.isFrozen || $0.held != nil }.map {
          "\(layers[index].name).\($0.name)"
        }
      })
  }
}
