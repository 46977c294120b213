import IR

/// What a kernel of an inference plan does: one case a template. Each works on one example, its
/// channels in the lanes.
public enum InferenceForm: Hashable, Sendable {
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
public struct ChannelLayout: Hashable, Sendable {
  public var channels: Int
  /// Rows that are there: those that something reads.
  public var height: Int
  /// Columns that are there.
  public var width: Int
  /// Numbers from one position to the next: the channels rounded up to whole vectors, or the channels
  /// alone where the value is only read number by number.
  public var stride: Int

  /// Pixels.
  public var positions: Int { height * width }
  /// Numbers in all.
  public var count: Int { positions * stride }
  /// The same numbers as one row.
  var asRow: ChannelLayout {
    ChannelLayout(channels: channels, height: 1, width: positions, stride: stride)
  }
}

/// A factor and an offset for each channel, which `prepare` folds into what comes before.
public struct ChannelStep: Hashable, Sendable {
  /// The layer: a batch norm, or half of one.
  public var layer: Int
  /// Its conventions; nil of `scale_shift`, which has no statistics.
  public var normalization: BatchNorm?
  /// Whether its gamma takes part.
  public var hasGamma: Bool
  /// Whether its beta does.
  public var hasBeta: Bool
}

/// What `prepare` computes for one kernel: its weight and bias with the steps folded in, or the
/// steps' own factor and offset.
public struct Preparation: Hashable, Sendable {
  /// The C function.
  public var name: String
  /// The kernel's first layer.
  public var layer: Int
  /// All layers that run in the kernel, in order.
  public var members: [Int]
  /// Its bias; nil where it has none.
  public var bias: TensorID?
  /// What follows, in order.
  public var steps: [ChannelStep]
  /// Output channels.
  public var channels: Int
  /// Vectors of output channels.
  public var vectors: Int
}

/// The example brought into `[height][width][stride]`: bytes scaled, numbers as they are.
public struct InferenceLoad: Hashable, Sendable {
  public var layout: ChannelLayout
  public var scale: Double
  public var y: BufferID
}

/// A convolution: a task makes some output rows of one tile of output channels. Numbers of x are
/// broadcast, the weight lies as `[tile][ky][kx][ci][vectors of the tile]`.
public struct InferenceConvolution: Hashable, Sendable {
  public var window: Window
  public var input: ChannelLayout
  public var output: ChannelLayout
  public var tile: ChannelTile
  /// Output rows a task.
  public var rows: Cut
  public var weight: TensorID
  public var preparation: Preparation
  /// Whether the kernel clips at 0.
  public var hasReLU: Bool
  public var x: BufferID
  public var y: BufferID

  /// The output columns whose whole window lies within the image.
  public var innerColumns: Range<Int> {
    window.innerColumns(count: output.width, width: input.width)
  }

  /// Numbers of x that each output is a sum over.
  public var depth: Int { window.kernel * window.kernel * input.channels }
}

/// A dense layer: a task makes one tile of outputs. The weight lies as `[tile][in][vectors of the
/// tile]`, its inputs in the order in which x lies.
public struct InferenceDense: Hashable, Sendable {
  /// How x lies: an image where the layer reads what was flattened.
  public var input: ChannelLayout
  public var outputs: Int
  /// Vectors of outputs a tile.
  public var vectors: Cut
  /// Independent sums of each output, so that no multiply-add waits for the one before it.
  public var sums: Int
  public var weight: TensorID
  public var preparation: Preparation
  public var hasReLU: Bool
  public var x: BufferID
  public var y: BufferID

  /// Numbers of x.
  public var inputs: Int { input.positions * input.channels }
}

/// A factor and an offset for each channel, where they follow nothing that they could be folded into.
public struct InferenceAffine: Hashable, Sendable {
  /// Rows and columns of x; they may be more than those of the result.
  public var input: ChannelLayout
  public var output: ChannelLayout
  public var preparation: Preparation
  public var hasReLU: Bool
  public var x: BufferID
  public var y: BufferID
}

/// A pool.
public struct InferencePool: Hashable, Sendable {
  public var kind: Pool.Kind
  public var window: Window
  public var input: ChannelLayout
  public var output: ChannelLayout
  public var x: BufferID
  public var y: BufferID
}

/// An activation where no other kernel does it.
public struct InferenceActivation: Hashable, Sendable {
  public var function: Activation
  public var input: ChannelLayout
  public var output: ChannelLayout
  public var x: BufferID
  public var y: BufferID
}

/// Values of one shape added up.
public struct InferenceSum: Hashable, Sendable {
  /// The sum, and the ReLU that runs with it.
  public var members: [Int]
  public var inputs: [ChannelLayout]
  public var output: ChannelLayout
  public var hasReLU: Bool
  public var parts: [BufferID]
  public var y: BufferID
}

/// An image as a vector in the order of the model, channels outermost; only where something other
/// than a dense layer reads it, whose weight `prepare` reorders instead.
public struct InferenceFlatten: Hashable, Sendable {
  public var input: ChannelLayout
  public var output: ChannelLayout
  public var x: BufferID
  public var y: BufferID
}

extension InferenceForm {
  /// What `prepare` computes for the kernel.
  public var preparation: Preparation? {
    switch self {
    case .convolution(let form): form.preparation
    case .dense(let form): form.preparation
    case .affine(let form): form.preparation
    case .load, .pool, .activation, .sum, .flatten: nil
    }
  }

  /// The weight that `prepare` packs for the kernel.
  public var weight: TensorID? {
    switch self {
    case .convolution(let form): form.weight
    case .dense(let form): form.weight
    case .load, .affine, .pool, .activation, .sum, .flatten: nil
    }
  }
}
