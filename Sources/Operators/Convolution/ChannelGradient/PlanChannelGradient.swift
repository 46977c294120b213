import IR
import Lowering

extension KernelPlanner {
  /// How the weight gradient of `geometry`, which keeps its rows, goes over the batch with output
  /// channels in the lanes, if it takes less time than `costOfSums`.
  func channelGradientPass(_ geometry: ConvolutionGeometry, costOfSums: Double)
    -> ChannelGradientPass?
  {
    guard let pass = channelGradientPass(geometry) else { return nil }
    return options.products == .channelGradients
      || pass.cost(geometry, lanes: lanes) < costOfSums ? pass : nil
  }

  /// The same, whatever it takes; nil where a step is looked at, and for a given memory, outside of which
  /// the transposed band lies; of groups of channels, of numbers without lanes, of more taps than a tile
  /// has sums; and where a transposed band of rows would leave the cache, a row is too long for one part
  /// of a sum, or the sums would take more than 64 MiB.
  private func channelGradientPass(_ geometry: ConvolutionGeometry) -> ChannelGradientPass? {
    let kernel = geometry.window.columns.kernel
    // Vectors of dy come from further away than numbers of x: two of them, and as many numbers as the
    // registers have sums for.
    let most = options.target.registers * 3 / 4
    let rowNumbers = geometry.outputWidth * lanes
    guard options.purpose.reusesMemory, options.memory == nil, lanes > 1, geometry.groups == 1,
      kernel <= most, rowNumbers <= LongSum.partOfTile
    else { return nil }
    let vectors = (geometry.outputChannels + lanes - 1) / lanes
    let outputTile = Partition(vectors, limit: max(1, min(2, most / kernel)))
    let inputTile = Partition(
      geometry.inputChannels, limit: max(1, most / outputTile.largest / kernel))
    let bands = Partition(geometry.outputHeight, limit: max(1, LongSum.part / rowNumbers))
    let groups = Partition(outputTile.count, pieces: Self.threadsWithWork)
    let items = bands.count * blocks
    let pass = ChannelGradientPass(
      outputTile: outputTile, inputTile: inputTile, groups: groups, bands: bands,
      shares: Partition(
        items, pieces: min(items, (Self.threadsWithWork + groups.count - 1) / groups.count)),
      transposedVectors: bands.largest * rowNumbers
        * min(vectors, groups.largest * outputTile.largest))
    let vectorBytes = lanes * options.precision.bytes
    let sums = pass.shares.count * vectors * geometry.inputChannels * geometry.window.taps
    guard pass.transposedVectors * vectorBytes <= options.target.cacheBytes / 2,
      2 * sums * vectorBytes <= ChannelGradientPass.mostBytesOfSums
    else { return nil }
    return pass
  }

  /// The kernels of a convolution's weight gradient with output channels in the lanes.
  mutating func planChannelGradient(
    _ geometry: ConvolutionGeometry, _ pass: ChannelGradientPass, of index: Int, dy: BufferID,
    x: BufferID, destination: GradientDestination
  ) {
    let weight = TensorID(layer: index, role: .weight)
    let name = model.layers[index].name + "_weight_gradient"
    let vectors = pass.outputTile.length
    let row = geometry.inputChannels * geometry.window.taps
    let sums = makeBuffer(
      name + "_parts", .numbers([pass.shares.count, vectors, row, 2 * lanes]))
    add(
      name + "_sums", layers: [index], .backward, .fixed(pass.tasks),
      ChannelGradientSums(geometry: geometry, pass: pass, x: x, dy: dy, sums: sums),
      [.read(x), .read(dy), .write(sums)], operations: geometry.operations)
    let stretches = (row + ChannelGradientPass.stretch - 1) / ChannelGradientPass.stretch
    let tasks = Partition(vectors * stretches, pieces: Self.threadsWithWork)
    add(
      name, layers: [index], .backward, .fixed(tasks.count),
      ChannelGradientWeights(
        geometry: geometry, pass: pass, tasks: tasks, sums: sums, weight: weight,
        destination: destination),
      [.read(sums)] + destination.effects(of: weight), operations: 0)
  }

  /// What a weight gradient with examples in the lanes takes for the whole batch, in multiply-adds of a
  /// vector: as many as there are, or, where what a tile reads for each does not come in time, as long
  /// as that takes: a slot of a multiply-add brings 24 bytes from the second-level cache, where x and dy
  /// fit into it, and 9 from beyond.
  func costOfWeightGradient(
    _ geometry: ConvolutionGeometry, outputTile: Partition, inputTile: Partition, taps: Partition
  ) -> Double {
    let positions = geometry.outputHeight * geometry.outputWidth
    let vector = lanes * options.precision.bytes
    let operands =
      geometry.inputChannels * geometry.height * geometry.width
      + geometry.outputChannels * positions
    let isNear = operands * blocks * vector <= options.target.cacheBytes
    // Taps of a row share what they read.
    let (outputs, inputs) = (outputTile.largest, inputTile.largest)
    let read = outputs + inputs * min(taps.largest, geometry.window.columns.stride)
    let bytes = Double(read * vector) / Double(outputs * inputs * taps.largest)
    let products = geometry.weights * positions * blocks
    return Double(products) * max(1.2, bytes / (isNear ? 24 : 9))
  }
}
