import IR
import Lowering

extension KernelPlanner {
  /// How the weight gradient of `geometry` goes over the batch: in the cheapest way of those with
  /// work for sixteen threads, or with as much as there is.
  func winogradGradientPass(_ geometry: WinogradGeometry) -> WinogradGradientPass {
    let most = Self.threadsWithWork
    let tiles = geometry.tileRows * geometry.tileColumns * blocks
    let tile = RegisterTile.search(
      rows: geometry.results, columns: geometry.channels, depth: most,
      registers: options.target.registers)
    func pass(outputs: Int, inputs: Int, shares: Int) -> WinogradGradientPass {
      var pass = WinogradGradientPass(
        outputTile: tile.rows, inputTile: tile.columns,
        outputs: Partition(tile.rows.count, pieces: outputs),
        inputs: Partition(tile.columns.count, pieces: inputs),
        shares: Partition(tiles, pieces: shares), strip: 1)
      let bytesOfTile =
        geometry.planes * (pass.outputChannels + pass.inputChannels) * lanes
        * options.precision.bytes
      // As long as the planes are not far beyond the second-level cache, long strips have the fewer
      // sums of lanes.
      pass.strip = min(
        pass.shares.largest, max(8, min(16, 8 * options.target.cacheBytes / bytesOfTile)))
      return pass
    }
    var best: (pass: WinogradGradientPass, cost: Double)?
    for outputs in 1...min(most, tile.rows.count) {
      for inputs in 1...min(most, tile.columns.count) {
        for shares in 1...min(most, tiles) {
          let pass = pass(outputs: outputs, inputs: inputs, shares: shares)
          let idle = Double(max(0, most - pass.tasks))
          let cost = pass.cost(geometry, on: options.target) * (1 + idle)
          if cost < best?.cost ?? .infinity { best = (pass, cost) }
        }
      }
    }
    return best?.pass ?? pass(outputs: 1, inputs: 1, shares: 1)
  }

  /// The kernels of a convolution's weight gradient by Winograd's products.
  mutating func planWinogradGradient(
    _ geometry: WinogradGeometry, of index: Int, dy: BufferID, x: BufferID,
    destination: GradientDestination
  ) {
    let pass = winogradGradientPass(geometry)
    let weight = TensorID(layer: index, role: .weight)
    let name = model.layers[index].name + "_weight_gradient"
    let products = makeBuffer(
      name + "_products",
      .numbers([pass.shares.count, geometry.results, geometry.planes, geometry.channels]))
    add(
      name + "_sums", layers: [index], .backward, .fixed(pass.tasks),
      WinogradWeightGradient(
        geometry: geometry, pass: pass, x: x, dy: dy, products: products),
      [.read(x), .read(dy), .write(products)], operations: geometry.operations)
    add(
      name, layers: [index], .backward, .fixed(pass.outputTile.count),
      WinogradGradientWeights(
        geometry: geometry, pass: pass, products: products, weight: weight,
        destination: destination),
      [.read(products)] + destination.effects(of: weight), operations: 0)
  }
}
