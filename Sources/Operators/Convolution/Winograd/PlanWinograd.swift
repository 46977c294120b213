import IR
import Lowering

extension KernelPlanner {
  /// The sizes of a forward pass by Winograd's products, or of the input gradient by them; nil where
  /// the sums themselves are taken.
  func winograd(
    _ op: Convolution, input: Shape, output: Shape, turned: Bool = false
  ) -> WinogradGeometry? {
    winograd { side in
      let forward = WinogradGeometry(op, input: input, output: output, side: side)
      return turned ? forward?.turned : forward
    } cost: {
      $0.cost(on: options.target, blocks: options.purpose.foldsWeights ? nil : blocks)
    }
  }

  /// The sizes of a weight gradient by them; nil where the sums themselves are taken.
  func winogradGradient(_ op: Convolution, input: Shape, output: Shape) -> WinogradGeometry? {
    winograd {
      WinogradGeometry(op, input: input, output: output, side: $0)
    } cost: {
      winogradGradientPass($0).cost($0, on: options.target) / Double(blocks)
    }
  }

  /// Of the tiles of each side, those that the options name, or the cheapest, if their `cost` for a
  /// block is less than that of the sums themselves.
  ///
  /// A step that is inspected, or whose numbers are double, is for looking at gradients: their sums
  /// are those of the formula. So they are where a training has to fit into a given memory: the planes
  /// of the products would lie outside it.
  private func winograd(
    _ passes: (Int) -> WinogradGeometry?, cost: (WinogradGeometry) -> Double
  ) -> WinogradGeometry? {
    guard options.purpose.reusesMemory, options.memory == nil else { return nil }
    // A network that has room for its sums is not refused for want of room for products.
    func tiles(_ side: Int) -> WinogradGeometry? {
      passes(side).flatMap { $0.weightProducts <= WinogradGeometry.mostWeightProducts ? $0 : nil }
    }
    switch options.products {
    case .exact, .channelGradients: return nil
    case .tilesOf2: return tiles(2)
    case .tilesOf4: return tiles(4)
    case .fast:
      guard options.precision == .float else { return nil }
      let choices = WinogradGeometry.sides.compactMap(tiles).map { ($0, cost($0)) }
      guard let cheapest = choices.min(by: { $0.1 < $1.1 }) else { return nil }
      return cheapest.1 < cheapest.0.costOfSums(on: options.target) ? cheapest.0 : nil
    }
  }

  /// How the tiles of `geometry` are cut.
  func winogradPass(_ geometry: WinogradGeometry) -> WinogradPass {
    let bands = winogradBands(geometry)
    let tiles = (geometry.tileRows * geometry.tileColumns + bands.count - 1) / bands.count
    let tile = RegisterTile.search(
      rows: geometry.results, columns: tiles, depth: geometry.channels,
      registers: options.target.registers)
    let group = tile.columns.largest
    let bytesOfGroup =
      geometry.planes * (geometry.channels + geometry.results) * group * lanes
      * options.precision.bytes
    let groupsOfBand = (tiles + group - 1) / group
    let fitting = max(1, options.target.cacheBytes / 2 / bytesOfGroup)
    return WinogradPass(
      tile: tile.rows, group: group, strip: group * min(fitting, groupsOfBand), bands: bands)
  }

  /// Bands of rows, of which sixteen threads find enough, and each of which has tiles enough for the
  /// weight that it reads. Each has whole tiles, and as many rows as any other, so that their
  /// statistics weigh alike: a part of a tile is not cut off.
  private func winogradBands(_ geometry: WinogradGeometry) -> Partition {
    let rows = geometry.tileRows
    guard geometry.resultHeight % geometry.side == 0 else { return .whole(geometry.resultHeight) }
    let wanted = min((16 + blocks - 1) / blocks, rows * geometry.tileColumns / 8)
    guard wanted > 1 else { return .whole(geometry.resultHeight) }
    let count = (min(wanted, rows)...rows).first { rows % $0 == 0 } ?? rows
    return Partition(geometry.resultHeight, limit: geometry.side * rows / count)
  }

  /// The kernel that brings a weight into the products' place, in front of the one that reads it.
  mutating func addWinogradWeights(
    _ geometry: WinogradGeometry, _ pass: WinogradPass, of index: Int, _ phase: Kernel.Phase
  ) -> BufferID {
    let name = model.layers[index].name + (geometry.isTurned ? "_turned_weight" : "_weight")
    let weight = TensorID(layer: index, role: .weight)
    let products = makeBuffer(
      name + "_products",
      .numbers([geometry.planes, geometry.results * geometry.channels + WinogradPass.weightSkew]))
    add(
      name + "_transform", layers: [index], phase, .fixed(pass.tile.count),
      WinogradWeights(geometry: geometry, tile: pass.tile, weight: weight, products: products),
      [.read(.parameter(weight)), .write(products)],
      operations: 0)
    return products
  }
}

extension KernelPlanner {
  /// The kernels of a convolution's forward pass by Winograd's products.
  mutating func planWinograd(
    _ geometry: WinogradGeometry, _ operation: ConvolutionOperation, _ node: Graph.Node
  ) {
    guard let index = node.head, let tail = node.layers.last else { return }
    let pass = winogradPass(geometry)
    let weights = operation.folded.map {
      packedWeights(of: node, folding: $0, packing: .of(geometry, layer: index), isPlain: true)
    }
    let products = weights == nil ? addWinogradWeights(geometry, pass, of: index, .forward) : nil
    let x = place(.activation(model.layers[index].operands[0]))
    let second = operation.second.map { $0.placed(in: self) }
    let sums = operation.keepsIntermediate ? makeIntermediate(of: node) : nil
    let y = makeResult(of: tail, head: sums == nil ? index : tail)
    let partial = makeBlockStatistics(node, bands: pass.bands)
    let name = model.layers[index].name
    let bias =
      operation.convolution.hasBias ? TensorID(layer: index, role: .bias) : nil
    add(
      "\(name)_forward", layers: node.layers, .forward, .perBlock(pass.bands.count),
      WinogradConvolution(
        geometry: geometry, pass: pass, products: products, weights: weights, bias: bias,
        second: second, activation: operation.activation, x: x, sums: sums, y: y, partial: partial),
      [
        .read(x),
        products.map { .read($0) } ?? .read(.parameter(.init(layer: index, role: .weight))),
      ]
        + [bias].compactMap { $0.map { .read(.parameter($0)) } }
        + operation.activation.effects + [second].compactMap { $0.map { .read($0.buffer) } }
        + [sums, y, partial].compactMap { $0.map { .write($0) } },
      replaces: second?.replaced(beside: x), operations: geometry.operations)
  }

  /// The kernels of a convolution's input gradient by them.
  mutating func planWinograd(
    _ geometry: WinogradGeometry, _ node: Graph.Node, dy: BufferID, epilogue: GradientEpilogue?,
    dx: BufferID
  ) {
    guard let index = node.head else { return }
    let pass = winogradPass(geometry)
    let products = addWinogradWeights(geometry, pass, of: index, .backward)
    let name = model.layers[index].name
    add(
      "\(name)_input_gradient", layers: node.layers, .backward, .perBlock(pass.bands.count),
      WinogradConvolution(
        geometry: geometry, pass: pass, products: products, epilogue: epilogue, x: dy, y: dx),
      GradientEpilogue.effects(epilogue, reading: [dy, products]) + [.write(dx)],
      operations: geometry.operations
        + GradientEpilogue.operations(epilogue)
        * Double(geometry.results * geometry.resultHeight * geometry.resultWidth))
  }
}
