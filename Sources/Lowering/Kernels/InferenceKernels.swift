import IR

/// What a kernel of an inference plan does: one case a template. Each works on one example, its
/// channels in the lanes.
package enum InferenceForm: Hashable, Sendable {
  case load(InferenceLoad)
  case convolution(InferenceConvolution)
  case dense(InferenceDense)
  case affine(InferenceAffine)
  case pool(InferencePool)
  case activation(InferenceActivation)
  case sum(InferenceSum)
  case flatten(InferenceFlatten)
}

/// How a value lies where channels are in the lanes: `[height][width][stride]`. A vector is an image
/// of one position.
package struct ChannelLayout: Hashable, Sendable {
  package var channels: Int
  /// Rows that are there: those that something reads.
  package var height: Int
  /// Columns that are there.
  package var width: Int
  /// Numbers from one position to the next: the channels rounded up to whole vectors, or the channels
  /// alone where the value is only read number by number.
  package var stride: Int

  /// Pixels.
  package var positions: Int { height * width }
  /// Numbers in all.
  package var count: Int { positions * stride }
  /// The same numbers as one row.
  var asRow: ChannelLayout {
    ChannelLayout(channels: channels, height: 1, width: positions, stride: stride)
  }
}

/// A factor and an offset for each channel, which `prepare` folds into what comes before.
package struct ChannelStep: Hashable, Sendable {
  /// The layer: a batch norm, or half of one.
  package var layer: Int
  /// Its conventions; nil of `scale_shift`, which has no statistics.
  package var normalization: BatchNorm?
  /// Whether its gamma takes part.
  package var hasGamma: Bool
  /// Whether its beta does.
  package var hasBeta: Bool
}

/// What `prepare` computes for one kernel: its weight and bias with the steps folded in, or the
/// steps' own factor and offset.
package struct Preparation: Hashable, Sendable {
  /// The C function.
  package var name: String
  /// The kernel's first layer.
  package var layer: Int
  /// All layers that run in the kernel, in order.
  package var members: [Int]
  /// Its bias; nil where it has none.
  package var bias: TensorID?
  /// What follows, in order.
  package var steps: [ChannelStep]
  /// Output channels.
  package var channels: Int
  /// Vectors of output channels.
  package var vectors: Int
}

/// The example brought into `[height][width][stride]`: bytes scaled, numbers as they are.
package struct InferenceLoad: Hashable, Sendable {
  package var layout: ChannelLayout
  package var scale: Double
  package var y: BufferID
}

/// A convolution: a task makes some output rows of one tile of output channels. Numbers of x are
/// broadcast, the weight lies as `[tile][ky][kx][ci][vectors of the tile]`.
package struct InferenceConvolution: Hashable, Sendable {
  package var window: Window
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var tile: ChannelTile
  /// Output rows a task.
  package var rows: Cut
  package var weight: TensorID
  package var preparation: Preparation
  /// Whether the kernel clips at 0.
  package var hasReLU: Bool
  package var x: BufferID
  package var y: BufferID

  /// The output columns whose whole window lies within the image.
  package var innerColumns: Range<Int> {
    window.innerColumns(count: output.width, width: input.width)
  }

  /// Numbers of x that each output is a sum over.
  package var depth: Int { window.kernel * window.kernel * input.channels }
}

/// A dense layer: a task makes one tile of outputs. The weight lies as `[tile][in][vectors of the
/// tile]`, its inputs in the order in which x lies.
package struct InferenceDense: Hashable, Sendable {
  /// How x lies: an image where the layer reads what was flattened.
  package var input: ChannelLayout
  package var outputs: Int
  /// Vectors of outputs a tile.
  package var vectors: Cut
  /// Independent sums of each output, so that no multiply-add waits for the one before it.
  package var sums: Int
  package var weight: TensorID
  package var preparation: Preparation
  package var hasReLU: Bool
  package var x: BufferID
  package var y: BufferID

  /// Numbers of x.
  package var inputs: Int { input.positions * input.channels }
}

/// A factor and an offset for each channel, where they follow nothing that they could be folded into.
package struct InferenceAffine: Hashable, Sendable {
  /// Rows and columns of x; they may be more than those of the result.
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var preparation: Preparation
  package var hasReLU: Bool
  package var x: BufferID
  package var y: BufferID
}

/// A pool.
package struct InferencePool: Hashable, Sendable {
  package var kind: Pool.Kind
  package var window: Window
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var x: BufferID
  package var y: BufferID
}

/// An activation where no other kernel does it.
package struct InferenceActivation: Hashable, Sendable {
  package var function: Activation
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var x: BufferID
  package var y: BufferID
}

/// Values of one shape added up.
package struct InferenceSum: Hashable, Sendable {
  /// The sum, and the ReLU that runs with it.
  package var members: [Int]
  package var inputs: [ChannelLayout]
  package var output: ChannelLayout
  package var hasReLU: Bool
  package var parts: [BufferID]
  package var y: BufferID
}

/// An image as a vector in the order of the model, channels outermost; only where something other
/// than a dense layer reads it, whose weight `prepare` reorders instead.
package struct InferenceFlatten: Hashable, Sendable {
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var x: BufferID
  package var y: BufferID
}

extension InferenceForm {
  /// What `prepare` computes for the kernel.
  package var preparation: Preparation? {
    switch self {
    case .convolution(let form): form.preparation
    case .dense(let form): form.preparation
    case .affine(let form): form.preparation
    case .load, .pool, .activation, .sum, .flatten: nil
    }
  }

  /// The weight that `prepare` packs for the kernel.
  package var weight: TensorID? {
    switch self {
    case .convolution(let form): form.weight
    case .dense(let form): form.weight
    case .load, .affine, .pool, .activation, .sum, .flatten: nil
    }
  }
}
