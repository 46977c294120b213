import IR

extension KernelPlan {
  /// The plan as text, one kernel a line: what `bnc compile --emit kernels` prints.
  package var text: String {
    let vectors = "\(lanes) \(options.precision.rawValue) lanes"
    let layout =
      options.purpose == .inference ? "channels in \(vectors)" : "\(blocks) blocks of \(vectors)"
    var lines = ["kernels of \(model.name): \(layout), \(options.target.name)"]
    let loading = loadingKernels
    for (index, kernel) in kernels.enumerated() {
      let reads = kernel.reads.map { self[$0].name }.joined(separator: ", ")
      let writes = kernel.writes.map { self[$0].name }.joined(separator: ", ")
      lines.append(
        "  \(kernel.phase): \(kernel.name) \(kernel.tasks.words)"
          + (kernel.form.tileText.map { ", \($0)" } ?? ""))
      if loading.contains(index) { lines.append("    loads \(model.input.name) block by block") }
      if !reads.isEmpty { lines.append("    reads \(reads)") }
      if !writes.isEmpty { lines.append("    writes \(writes)") }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Bytes of scratch that the kernels of the input and of each layer write, before buffers share
  /// places.
  package func scratchByLayer() -> [Int] {
    var bytes = [Int](repeating: 0, count: model.layers.count + 1)
    var counted: Set<BufferID> = []
    for kernel in kernels {
      for buffer in kernel.writes where counted.insert(buffer).inserted {
        bytes[(kernel.layer ?? -1) + 1] += elementCount(of: self[buffer]) * options.precision.bytes
      }
    }
    return bytes
  }
}

extension Kernel.Tasks {
  private static func count(_ tasks: Int) -> String { tasks == 1 ? "1 task" : "\(tasks) tasks" }

  fileprivate var words: String {
    switch self {
    case .serial: "in one task"
    case .fixed(let count): "in \(Self.count(count))"
    case .inTurn(let count): "in \(Self.count(count)), one after the other"
    case .perBlock(let count): "in \(Self.count(count)) a block"
    case .perGroup(let count, let blocks): "in \(Self.count(count)) for \(blocks) blocks"
    }
  }
}

extension Kernel.Form {
  /// The register tile, where the kernel has one.
  fileprivate var tileText: String? {
    func text(_ rows: Cut, _ columns: Cut) -> String {
      "tiles of \(rows.largest) x \(columns.largest)"
    }
    return switch self {
    case .convolutionForward(let form):
      text(form.tile.rows, form.tile.columns) + form.bands.bandText
    case .convolutionInputGradient(let form):
      text(form.tile.rows, form.tile.columns) + form.bands.bandText
    case .convolutionWeightGradient(let form):
      text(form.outputTile, form.inputTile) + " x \(form.taps.largest)"
        + (form.groups.map {
          ", groups of \($0.outputs.largest) x \($0.inputs.largest)" + $0.bands.bandText
        } ?? "")
    case .denseForward(let form): text(form.tile.rows, form.tile.columns)
    case .denseInputGradient(let form): text(form.tile.rows, form.tile.columns)
    case .denseInputGradientProduct(let form): "the host's products of \(form.panel) columns"
    case .denseWeightGradient(let form): text(form.tile.rows, form.tile.columns)
    case .inputLoad, .biasGradient, .denseRows, .normalizationStatistics, .normalizationMoments,
      .normalizationRunning, .normalizationForward, .normalizationSums, .normalizationGradient,
      .normalizationBackward, .normalizationMove, .scaleShiftForward, .scaleShiftBackward,
      .activationForward, .activationBackward, .poolForward,
      .poolBackward, .sum, .softmaxCrossEntropy, .linearRegression, .binaryCrossEntropy, .update:
      nil
    case .inference(let form): form.tileText
    }
  }
}

extension InferenceForm {
  /// The register tile, where the kernel has one.
  fileprivate var tileText: String? {
    switch self {
    case .convolution(let form):
      "tiles of \(form.tile.vectors.largest) x \(form.tile.columns.largest)"
    case .dense(let form): "tiles of \(form.vectors.largest) x \(form.sums)"
    case .load, .affine, .pool, .activation, .sum, .flatten: nil
    }
  }
}

extension Cut {
  /// What a task makes of so many rows, if not all of them.
  fileprivate var bandText: String {
    count > 1 ? ", bands of \(largest) \(largest == 1 ? "row" : "rows")" : ""
  }
}
