import IR
import Lowering

/// What `data normalize` puts before everything that reads an input: mean 0 and deviation 1 in each
/// channel of the training data.
///
///     y = gamma[c] * x + beta[c]   with gamma = 1 / deviation, beta = -mean / deviation
///
/// Gamma and beta are frozen parameters: a model that gives the means and deviations has them in its
/// plugin, else the host computes them from the training data, and saves them with the weights.
package struct InputNormalization: InputNormalizing {
  private static let means = numbers(
    "mean", atLeast: -.infinity,
    "of each channel, or of all, after scaling; without it computed from the training data")
  private static let deviations = numbers(
    "std", atLeast: 1e-30,
    "the standard deviation of each channel, or of all; given where 'mean' is given")

  package static let definition = Definition<DataTransform>(
    "normalize", "each channel of the inputs less its mean, divided by its standard deviation",
    keyed: [means.parameter, deviations.parameter]
  ) { arguments throws(ArgumentError) in
    let (mean, deviation) = (arguments.given(means), arguments.given(deviations))
    guard (mean == nil) == (deviation == nil) else {
      throw ArgumentError(
        mean == nil ? "std" : "mean", "is given without \(mean == nil ? "'mean'" : "'std'")",
        help: "give both, or neither to have them computed from the training data")
    }
    return DataTransform(InputNormalization(mean: mean ?? [], deviation: deviation ?? []))
  }

  package let keyword = "normalize_input"
  /// Of each channel, or one number for all; empty where the host computes them.
  package var mean: [Double]
  package var deviation: [Double]

  package init(mean: [Double] = [], deviation: [Double] = []) {
    self.mean = mean
    self.deviation = deviation
  }

  package var affine: ChannelAffine {
    ChannelAffine(normalization: nil, hasGamma: true, hasBeta: true)
  }

  package var attributes: [AttributeValue] {
    mean.isEmpty
      ? []
      : [
        AttributeValue(Self.means, mean.map { "\($0)" }.listed),
        AttributeValue(Self.deviations, deviation.map { "\($0)" }.listed),
      ]
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let channels = operands[0].channels
    for (numbers, what) in [(mean, "mean"), (deviation, "std")]
    where numbers.count > 1 && numbers.count != channels {
      throw ShapeError(
        "'\(what)' has \(numbers.count) numbers, and an input \(operands[0]) has \(channels) "
          + "\(channels == 1 ? "channel" : "channels")",
        help: "give one for each channel, or one for all")
    }
    return operands[0]
  }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let channels = operands[0].channels
    func row(
      _ role: TensorDeclaration.Role, _ fallback: Double, _ value: (Double, Double) -> Double
    )
      -> TensorDeclaration
    {
      guard !mean.isEmpty else {
        return TensorDeclaration(role, shape: [channels], start: .constant(fallback))
      }
      let values = (0..<channels).map { channel in
        value(mean[min(channel, mean.count - 1)], deviation[min(channel, deviation.count - 1)])
      }
      return TensorDeclaration(role, shape: [channels], start: .listed(values))
    }
    return [row(.gamma, 1) { 1 / $1 }, row(.beta, 0) { -$0 / $1 }]
  }

  package var formula: String { "y = gamma[c] * x + beta[c]" }

  package func reference(_ inputs: ReferenceInputs) -> [Double] { ScaleShift().reference(inputs) }

  private static func numbers(_ name: String, atLeast low: Double, _ meaning: String)
    -> Key<[Double]>
  {
    let number = Parameter.Accepted.real(atLeast: low, atMost: .infinity)
    let list = Parameter.Accepted.list(of: number, counts: 1...Limits.dimension.upperBound)
    return Key(
      parameter: Parameter(
        name: name, accepts: .anyOf([number, list]), fallback: "computed", meaning: meaning),
      fallback: nil, read: \.numbers)
  }
}

extension InputNormalization: LoweredOperation {
  package var forwardOperation: any ForwardOperation { ScaleShift() }
}
