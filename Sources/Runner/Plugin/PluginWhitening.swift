import Diagnostics
import PluginABI

/// A weight that is made of the training data: the directions of an input's patches.
package struct PluginWhitening: Sendable {
  /// The weight, [outputs, channels, rows, columns] or [outputs, channels, columns].
  package let tensor: PluginTensor
  /// Whose patches it whitens.
  package let input: Int
  /// How many examples count, the first ones.
  package let examples: Int
  let eps: Double
  /// Of a patch in channels, rows and columns, and in all.
  let channels, rows, columns: Int
  let rowDilation, columnDilation: Int
  /// Numbers of a patch.
  var patch: Int { channels * rows * columns }

  /// Eigenvectors take the third power of a patch's size.
  private static let largestPatch = 1024

  /// Reads a plugin's row.
  ///
  /// - Throws: a failure without a path when the row makes no sense.
  init(_ row: bnc_whitening, _ tensors: [PluginTensor], _ inputs: [PluginValue]) throws {
    guard tensors.indices.contains(Int(row.tensor)), inputs.indices.contains(Int(row.input)),
      (1...1 << 16).contains(row.row_dilation), (1...1 << 16).contains(row.column_dilation),
      row.eps.isFinite, row.eps > 0
    else { throw Failure("makes a weight of the data in a way that is not known here") }
    tensor = tensors[Int(row.tensor)]
    input = Int(row.input)
    examples = Int(row.examples)
    eps = row.eps
    (rowDilation, columnDilation) = (Int(row.row_dilation), Int(row.column_dilation))
    let (shape, image) = (tensor.shape, inputs[input].shape)
    guard tensor.region == .parameters, (3...4).contains(shape.count),
      image.count == shape.count - 1,
      image[0] == shape[1]
    else {
      throw Failure("whitens input '\(inputs[input].name)' by '\(tensor.name)', which does not fit")
    }
    channels = shape[1]
    rows = shape.count == 4 ? shape[2] : 1
    columns = shape[shape.count - 1]
    let height = image.count == 3 ? image[1] : 1
    guard channels * rows * columns <= Self.largestPatch,
      (rows - 1) * rowDilation < height, (columns - 1) * columnDilation < image[image.count - 1],
      shape[0] <= 2 * channels * rows * columns
    else {
      throw Failure("whitens input '\(inputs[input].name)' by '\(tensor.name)', which does not fit")
    }
  }
}
