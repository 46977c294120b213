/// A convolution whose weight a host makes of the patches of an input.
///
/// Of n numbers in a patch, over all places where the window lies within an example, after scaling and
/// normalization:
///
///     C = mean of x x^T, with eigenvalues l[0] >= l[1] ... and eigenvectors v[0], v[1] ...
///     weight[k] = v[k] / sqrt(l[k] + eps)       for k < n
///     weight[n + k] = -v[k] / sqrt(l[k] + eps)
///
/// of which the layer has as many as it has outputs.
package struct Whitening: Hashable, Sendable {
  /// The layer, and the input that it reads.
  package let layer, input: Int
  package let eps: Double
  /// How many of the training examples count, the first ones.
  package let examples: Int
  /// From one tap of the window to the next.
  package let rowDilation, columnDilation: Int

  /// How many numbers a patch has at most: the eigenvectors take the third power of it.
  package static let largestPatch = 512
}

extension Model {
  /// The weights that a host makes of the training data, in the layers' order.
  package var whitenings: [Whitening] {
    layers.indices.compactMap { index in
      guard let weight = parameters(of: index).first(where: { $0.role == .weight }),
        case .whitening(let eps, let examples) = start(of: weight, in: index),
        let place = try? whitened(index)
      else { return nil }
      return Whitening(
        layer: index, input: place.input, eps: eps, examples: examples,
        rowDilation: place.window.rows.dilation, columnDilation: place.window.columns.dilation)
    }
  }

  /// The input whose patches layer `index` can whiten, and the window that makes them.
  ///
  /// - Throws: `ShapeError` that says why there are none.
  package func whitened(_ index: Int) throws(ShapeError) -> (input: Int, window: Window) {
    let layer = layers[index]
    guard let operation = layer.op.base as? any ProductOperation & WindowedOperation,
      let weight = parameters(of: index).first(where: { $0.role == .weight })
    else {
      throw ShapeError(
        "whitening starts the weight of a convolution, and '\(layer.name)' is a "
          + layer.op.base.keyword,
        help: "name the first convolution's weight, as 'on first.weight'")
    }
    guard case .input(let input) = beforeInputChanges(layer.operands[0]) else {
      throw ShapeError(
        "whitening is for a convolution that reads an input, and '\(layer.name)' reads "
          + "'\(name(of: layer.operands[0]))'",
        help: "no other layer sees the training data as they are")
    }
    let operand = shape(of: layer.operands[0])
    let patch = weight.elementCount / weight.shape[0]
    guard weight.shape[1] == operand.channels, patch <= Whitening.largestPatch else {
      throw ShapeError(
        "a patch of '\(layer.name)' must be of all \(operand.channels) channels, and of at most "
          + "\(Whitening.largestPatch) numbers, to be whitened",
        help: "'groups: 1' and a smaller kernel")
    }
    guard weight.shape[0] <= 2 * patch else {
      throw ShapeError(
        "'\(layer.name)' has \(weight.shape[0]) output channels, and the \(patch) directions of a "
          + "patch with both signs are \(2 * patch)",
        help: "conv(\(2 * patch), …) has as many, and a larger kernel more")
    }
    let window = try operation.sizes.window(keyword: operation.keyword, over: operand)
    for (axis, size) in [(window.rows, operand.height), (window.columns, operand.width)]
    where (axis.kernel - 1) * axis.dilation >= size {
      throw ShapeError(
        "the window of '\(layer.name)' lies nowhere within \(operand), so that there is no patch to whiten",
        help: "a smaller kernel, or less dilation")
    }
    return (input, window)
  }

  /// The value before what the training block puts between an input and its readers.
  private func beforeInputChanges(_ value: ValueID) -> ValueID {
    var value = value
    while let index = value.layer,
      layers[index].op.base is any Augmentation || layers[index].op.base is any InputNormalizing
    {
      value = layers[index].operands[0]
    }
    return value
  }
}
