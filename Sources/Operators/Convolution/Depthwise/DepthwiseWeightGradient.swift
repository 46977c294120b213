import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a depthwise convolution's weight gradient; false of another, and where the kernel is so
  /// large that its loops could not be written out.
  mutating func planDepthwiseWeightGradient(
    _ geometry: ConvolutionGeometry, of index: Int, dy: BufferID, x: BufferID,
    destination: GradientDestination
  ) -> Bool {
    let columns = geometry.columns(min(geometry.outputWidth, 4))
    guard geometry.isDepthwise, geometry.window.taps <= 256, columns > 0 else { return false }
    let weight = TensorID(layer: index, role: .weight)
    let window = geometry.window
    // Beside the sums there are numbers of dy, and the one of x that is at hand.
    let fitting = (options.target.registers - columns - 2) / window.columns.kernel
    add(
      "\(model.layers[index].name)_weight_gradient", layers: [index], .backward,
      .fixed(geometry.groups * geometry.outputChannels),
      DepthwiseWeightGradient(
        geometry: geometry,
        kernelRows: Partition(window.rows.kernel, limit: max(1, fitting)).largest,
        columns: columns, parts: .init(geometry, blocks: blocks), weight: weight, x: x, dy: dy,
        destination: destination),
      [.read(x), .read(dy)] + destination.effects(of: weight), operations: geometry.operations)
    return true
  }
}

/// The gradient of a depthwise convolution's weight: each task makes one channel's kernel, over the
/// whole batch, so that no partial sums have to be added.
struct DepthwiseWeightGradient: KernelSpec {
  var geometry: ConvolutionGeometry
  /// Rows of the kernel whose sums are in registers at a time.
  var kernelRows: Int
  /// Numbers of dy beside them.
  var columns: Int
  /// What of a batch is summed up before it goes into a long sum.
  var parts: ConvolutionWeightGradient.Parts
  var weight: TensorID
  var x: BufferID
  var dy: BufferID
  var destination: GradientDestination

  var pitched: [BufferID] { [x] }

  var tileSums: Int { max(kernelRows * geometry.window.columns.kernel, columns) }

  var tileText: String? {
    "tiles of \(kernelRows) x \(geometry.window.columns.kernel) taps, \(columns) columns"
  }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    shared.define(.edges)
    let sizes = ConvolutionNames(geometry: geometry, names: names, layer: kernel.head)
    let geometry = sizes.sizes(sharing: &shared)
    let tile = shared.name(
      SharedText(
        "depthwise_weight_gradient_tile",
        template: "Convolution/depthwise_weight_gradient_tile.c.mustache"))
    let addRows = shared.name(DepthwiseWeightGradientRows(tile: tile))
    let function = shared.name(
      DepthwiseWeightGradientTask(
        update: destination.moves, isPart: names.isPart(x), taps: self.geometry.window.taps,
        addRows: addRows,
        target: destination.target,
        store: names.store(
          "lanes_sum(sums[k].total)", into: destination.target, at: "at", destination)))
    return ConvolutionWeightGradientContext(
      kernel, sizes, destination, pieceText: "a channel's kernel",
      call: shared.call(
        function,
        [
          "s", "task", geometry, "\(parts.blocks)", "\(parts.rows)", "\(kernelRows)", "\(columns)",
        ] + names.pitched(x) + [names.lanes(dy), names.place(of: weight, destination)]))
  }
}

struct DepthwiseWeightGradientRows: SharedFunction {
  var template: String { "Convolution/depthwise_weight_gradient_rows.c.mustache" }
  var stem: String { "depthwise_weight_gradient_rows" }
  var name = ""
  let tile: String
}

struct DepthwiseWeightGradientTask: SharedFunction {
  var template: String { "Convolution/depthwise_weight_gradient_task.c.mustache" }
  var stem: String { "depthwise_weight_gradient" }
  var name = ""
  let update, isPart: Bool
  /// Sums: those of one channel's kernel.
  let taps: Int
  let addRows, target, store: String
}
