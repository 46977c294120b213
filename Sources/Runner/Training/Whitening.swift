import Diagnostics

/// A weight that was made of the training data.
package struct WhitenedWeight: Hashable, Sendable {
  /// The weight and the input.
  package let name, input: String
  /// Rows and columns of a patch, and how many examples they were taken of.
  package let rows, columns, examples: Int
  /// Whether a weights file has it, and nothing was made.
  package let isLoaded: Bool

  /// A line that says so.
  package var note: String {
    "'\(name)' whitens patches of \(rows) x \(columns) of input '\(input)', "
      + (isLoaded
        ? "as the weights say"
        : "by \(examples) \(examples == 1 ? "example" : "examples") of the training part")
  }
}

extension Network {
  /// Makes the weights that are the directions of the training data's patches, unless `loaded` has them;
  /// after `normalizeInputs`, whose numbers it reads.
  package func whiten(by examples: Examples, loaded: LoadedWeights? = nil) throws
    -> [WhitenedWeight]
  {
    let description = plugin.description
    let notes = try description.whitenings.map { whitening in
      let isLoaded = loaded.map { !$0.isToBeComputed(whitening.tensor.name) } ?? false
      let count = min(whitening.examples, examples.count)
      if !isLoaded {
        regions.store(
          try weight(whitening, examples: examples, count: count), in: whitening.tensor)
      }
      return WhitenedWeight(
        name: whitening.tensor.name, input: description.inputs[whitening.input].name,
        rows: whitening.rows, columns: whitening.columns, examples: count, isLoaded: isLoaded)
    }
    if !notes.isEmpty { regions.startAverages(description) }
    return notes
  }

  /// Eigenvectors over the roots of their eigenvalues, the largest first, and the same with the other
  /// sign. Each eigenvector's largest number is positive.
  private func weight(_ whitening: PluginWhitening, examples: Examples, count: Int) throws
    -> [Double]
  {
    let moments = patchMoments(whitening, examples: examples, count: count)
    guard moments.allSatisfy(\.isFinite) else {
      throw Failure(
        "the patches of input '\(plugin.description.inputs[whitening.input].name)' are not finite, and "
          + "'\(whitening.tensor.name)' cannot be made of them")
    }
    let (values, vectors) = eigenvectors(symmetric: moments, size: whitening.patch)
    let size = whitening.patch
    return (0..<whitening.tensor.shape[0]).flatMap { output in
      let index = output % size
      let vector = vectors[index]
      let largest = vector.max { abs($0) < abs($1) } ?? 1
      let sign = (largest < 0) == (output < size) ? -1.0 : 1.0
      // A rounded 0 may be below it.
      let length = (max(values[index], 0) + whitening.eps).squareRoot()
      return vector.map { sign * $0 / length }
    }
  }

  /// The mean of x x^T over the patches x of the first `count` examples.
  private func patchMoments(_ whitening: PluginWhitening, examples: Examples, count: Int)
    -> [Double]
  {
    let input = plugin.description.inputs[whitening.input]
    let size = whitening.patch
    let (height, width) = PluginView.sides(input.shape)
    let places = patchPlaces(whitening, width: width)
    let downs = height - (whitening.rows - 1) * whitening.rowDilation
    let rights = width - (whitening.columns - 1) * whitening.columnDilation
    var sums = [Double](repeating: 0, count: size * size)
    var patch = [Double](repeating: 0, count: size)
    for example in 0..<count {
      let numbers = normalized(examples, example, whitening.input)
      for down in 0..<downs {
        for right in 0..<rights {
          let start = down * width + right
          for k in 0..<size { patch[k] = numbers[start + places[k]] }
          add(patch, to: &sums)
        }
      }
    }
    let total = Double(max(count * downs * rights, 1))
    return (0..<size * size).map { place in
      let (row, column) = (place / size, place % size)
      return sums[max(row, column) * size + min(row, column)] / total
    }
  }

  /// Adds the lower half of x x^T.
  private func add(_ patch: [Double], to sums: inout [Double]) {
    patch.withUnsafeBufferPointer { x in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<x.count {
          let (number, start) = (x[row], row * x.count)
          for column in 0...row { sums[start + column] += number * x[column] }
        }
      }
    }
  }

  /// Where the numbers of a patch lie, seen from its first one.
  private func patchPlaces(_ whitening: PluginWhitening, width: Int) -> [Int] {
    let plane = plugin.description.inputs[whitening.input].count / whitening.channels
    return (0..<whitening.channels).flatMap { channel in
      (0..<whitening.rows).flatMap { row in
        (0..<whitening.columns).map { column in
          channel * plane + row * whitening.rowDilation * width + column * whitening.columnDilation
        }
      }
    }
  }

  /// An example of an input after what scales and normalizes it.
  private func normalized(_ examples: Examples, _ example: Int, _ index: Int) -> [Double] {
    let description = plugin.description
    let (input, tensor) = (description.inputs[index], examples.inputs[index])
    let scale = tensor.type == .uint8 || input.scalesReals ? input.scale : 1
    let start = examples.row(of: example) * input.count
    let bytes = UnsafeRawBufferPointer(tensor.bytes)
    var numbers = (start..<start + input.count).map {
      scale * tensor.type.number(in: bytes, at: $0 * tensor.type.size)
    }
    guard let (gamma, beta) = description.normalization(of: input) else { return numbers }
    let (factors, offsets) = (regions.values(of: gamma), regions.values(of: beta))
    let plane = input.count / factors.count
    for place in numbers.indices {
      numbers[place] = factors[place / plane] * numbers[place] + offsets[place / plane]
    }
    return numbers
  }
}
