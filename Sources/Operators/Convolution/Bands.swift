import IR
import Lowering

extension KernelPlanner {
  /// For how many threads a kernel that could have fewer tasks is cut.
  static let threadsWithWork = 16

  /// Bytes that a pass counts on to be in the cache while it goes over them again: of 2 MB no more than
  /// of half a megabyte, beyond which bands were no faster, or slower.
  private var bandCache: Int { min(options.target.cacheBytes, 512 << 10) }

  /// The bands of result rows that a convolution's pass makes one after the other, each for all
  /// channels; one band where its operand stays in the second-level cache, or where the weight
  /// would have to come back more often than is saved.
  ///
  /// Tile by tile of channels, a pass reads its whole operand once a tile. In bands it reads some
  /// rows of the operand twice, where windows overlap, and the weight once a band.
  ///
  /// - Parameters:
  ///   - rows: Rows of the result.
  ///   - tiles: Tiles of the result's channels.
  ///   - operand: Channels, rows and columns of what the pass reads.
  ///   - weights: Numbers of the weight.
  ///   - reach: Rows of the operand that so many rows of the result depend on.
  func bands(
    rows: Int, tiles: Int, operand: (channels: Int, rows: Int, columns: Int), weights: Int,
    reach: (Int) -> Int
  ) -> Partition {
    let bytes = options.precision.bytes
    let rowBytes = operand.channels * operand.columns * lanes * bytes
    let wholeBytes = rowBytes * operand.rows
    let weightBytes = weights * bytes
    guard wholeBytes > bandCache else { return .whole(rows) }
    let fitting = (1...max(1, rows)).last { reach($0) * rowBytes <= bandCache }
    // The threads find as much to do as they did with tiles.
    let bandsWanted = (min(Self.threadsWithWork, tiles * blocks) + blocks - 1) / blocks
    let cut = Partition(rows, limit: max(1, min(fitting ?? 1, rows / bandsWanted)))
    let inTiles = tiles * wholeBytes + weightBytes
    let inBands = cut.count * (min(reach(cut.largest), operand.rows) * rowBytes + weightBytes)
    return inBands < inTiles ? cut : .whole(rows)
  }

  /// Whether a pass over the batch reads its operand from far beyond the second-level cache: from
  /// eight times its size on, as was measured. Kernels of 2 and 3 rows are then unrolled, but for
  /// an input gradient with a stride: with a whole channel in one piece of code, a processor sees
  /// far enough ahead to fetch the next channel's rows in time, which makes them up to a quarter
  /// faster. More rows keep it busy for long enough, and with images in the cache unrolling only
  /// takes the compiler longer.
  func streams(channels: Int, plane: Int) -> Bool {
    channels * plane * lanes * blocks * options.precision.bytes > 8 * bandCache
  }

  /// How a convolution's pass goes over a block.
  struct Pass {
    var geometry: ConvolutionGeometry
    var tile: RegisterTile
    /// Whether its tiles are a depthwise convolution's own.
    var isDepthwise: Bool
    var bands: Partition

    /// Tasks a block: bands, or tiles of channels where there is one band.
    var tasks: Int { bands.count > 1 ? bands.count : geometry.groups * tile.rows.count }
  }

  /// The pass of the convolution `op` of `input` to `output`, whose sizes say by `tile` and `bands`
  /// how it goes, and by `depthwise` how if it is depthwise.
  private func pass(
    _ op: Convolution, input: Shape, output: Shape, tile: (ConvolutionGeometry) -> RegisterTile,
    depthwise: (ConvolutionGeometry) -> RegisterTile?,
    bands: (ConvolutionGeometry, Int) -> Partition
  ) -> Pass {
    var geometry = ConvolutionGeometry(op, input: input, output: output, keepsRows: true)
    // A group's tiles read nothing but its own channels: there is little to read again.
    let bands =
      op.groups > 1
      ? .whole(geometry.outputHeight) : bands(geometry, tile(geometry).rows.count)
    if bands.count == 1 {
      geometry = ConvolutionGeometry(op, input: input, output: output)
    }
    let own = depthwise(geometry)
    return Pass(
      geometry: geometry, tile: own ?? tile(geometry), isDepthwise: own != nil, bands: bands)
  }

  /// The forward pass of a convolution.
  func forwardPass(_ op: Convolution, input: Shape, output: Shape) -> Pass {
    pass(
      op, input: input, output: output,
      tile: {
        RegisterTile.search(
          rows: $0.outputChannels, columns: $0.outputWidth,
          depth: $0.inputChannels * $0.window.rows.kernel, registers: options.target.registers,
          reuse: $0.window.columns.kernel)
      },
      depthwise: { depthwiseTile($0, rows: $0.outputChannels, columns: $0.outputWidth) },
      bands: { forwardBands($0, tiles: $1) })
  }

  /// The pass of a convolution's input gradient.
  func inputGradientPass(_ op: Convolution, input: Shape, output: Shape) -> Pass {
    pass(
      op, input: input, output: output,
      tile: {
        RegisterTile.search(
          rows: $0.inputChannels, columns: $0.width,
          depth: $0.outputChannels * $0.window.rows.kernel, registers: options.target.registers,
          unit: $0.window.columns.stride, reuse: $0.window.columns.kernel)
      },
      depthwise: {
        depthwiseTile($0, rows: 1, columns: $0.width, unit: $0.window.columns.stride)
      },
      bands: { inputGradientBands($0, tiles: $1) })
  }

  /// The bands of a convolution's forward pass.
  func forwardBands(_ geometry: ConvolutionGeometry, tiles: Int) -> Partition {
    bands(
      rows: geometry.outputHeight, tiles: tiles,
      operand: (geometry.inputChannels, geometry.height, geometry.width),
      weights: geometry.weights
    ) { ($0 - 1) * geometry.window.rows.stride + geometry.window.rows.extent }
  }

  /// The bands of a convolution's input gradient.
  func inputGradientBands(_ geometry: ConvolutionGeometry, tiles: Int) -> Partition {
    bands(
      rows: geometry.height, tiles: tiles,
      operand: (geometry.outputChannels, geometry.outputHeight, geometry.outputWidth),
      weights: geometry.weights
    ) { ($0 + geometry.window.rows.extent - 2) / geometry.window.rows.stride + 1 }
  }

  /// How the weight's gradient goes over images that no cache holds, of any level; nil where one
  /// does, where the kernel's columns do not fit one tile, or where no grouping leaves enough to do
  /// and fits.
  ///
  /// A task of g output and h input channels reads g + h planes for g * h * kernel * kernel sums:
  /// the larger its groups, the less is read in all, and the fewer tasks there are. The search
  /// takes what reads least, leaves work for sixteen threads, and keeps its sums within an eighth
  /// of the second-level cache and a band within the whole of it, as it was measured: what of a
  /// band is pushed out is soon read again.
  func weightGradientGroups(
    _ geometry: ConvolutionGeometry, outputTile: Partition, inputTile: Partition, taps: Partition
  ) -> ConvolutionWeightGradient.Groups? {
    let window = geometry.window
    let vector = lanes * options.precision.bytes
    let cache = bandCache
    func bandBytes(_ rows: Int, _ outputTiles: Int, _ inputTiles: Int) -> Int {
      let read = (rows - 1) * window.rows.stride + window.rows.extent
      return vector
        * (outputTiles * outputTile.largest * rows * geometry.outputWidth
          + inputTiles * inputTile.largest * read * geometry.width)
    }
    let batchBytes = bandBytes(geometry.outputHeight, outputTile.count, inputTile.count) * blocks
    // The last level holds some sixty times as much as the second, of which the operands of other
    // kernels leave half: from there on grouping gained a quarter, below it nothing.
    guard geometry.groups == 1, taps.count == 1, batchBytes > 32 * cache else { return nil }
    // Each sum with what rounding took from it.
    let sums =
      2 * outputTile.largest * inputTile.largest * taps.largest * window.rows.kernel * vector
    let room = cache / 8 / sums
    var best: (reads: Int, outputs: Partition, inputs: Partition)?
    for outputLimit in 1...max(1, min(outputTile.count, room)) {
      for inputLimit in 1...max(1, min(inputTile.count, room / outputLimit)) {
        let outputs = Partition(outputTile.count, limit: outputLimit)
        let inputs = Partition(inputTile.count, limit: inputLimit)
        guard outputs.count * inputs.count >= Self.threadsWithWork,
          outputs.largest * inputs.largest <= room,
          bandBytes(1, outputs.largest, inputs.largest) <= cache
        else { continue }
        let reads = inputs.count * outputTile.length + outputs.count * inputTile.length
        if reads < best?.reads ?? .max { best = (reads, outputs, inputs) }
      }
    }
    guard let best else { return nil }
    let fitting = (1...geometry.outputHeight).last {
      bandBytes($0, best.outputs.largest, best.inputs.largest) <= cache
    }
    return .init(
      outputs: best.outputs, inputs: best.inputs,
      bands: Partition(
        geometry.outputHeight,
        limit: min(fitting ?? 1, max(1, LongSum.partOfTile / geometry.outputWidth))))
  }
}
