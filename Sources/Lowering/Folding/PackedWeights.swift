import IR

/// A factor and an offset for each channel, made of running statistics and of learned numbers.
package struct ChannelAffineStep: Hashable, Sendable {
  /// The layer: a batch norm, or half of one.
  package var layer: Int
  /// Its conventions; nil of `scale_shift`, which has no statistics.
  package var normalization: NormalizationConvention?
  /// Whether its gamma takes part.
  package var hasGamma: Bool
  /// Whether its beta does.
  package var hasBeta: Bool

  /// What layer `index` does to each channel in evaluation; nil where it does something else.
  package init?(_ operation: any Operation, layer index: Int) {
    guard let affine = (operation as? any ChannelAffineOperation)?.affine else { return nil }
    self.init(affine, layer: index)
  }

  package init(_ affine: ChannelAffine, layer index: Int) {
    layer = index
    normalization = affine.normalization
    hasGamma = affine.hasGamma
    hasBeta = affine.hasBeta
  }
}

/// What `prepare` computes for one kernel: its weight, packed, and its bias, with the steps folded
/// in, or the steps' own factor and offset.
package struct PackedWeights: Hashable, Sendable {
  /// The C function.
  package var name: String
  /// The kernel's first layer.
  package var layer: Int
  /// All layers that run in the kernel, in order.
  package var members: [Int]
  /// Its bias; nil where it has none.
  package var bias: TensorID?
  /// What follows, in order.
  package var steps: [ChannelAffineStep]
  /// The activation's slope that goes with them, in vectors of channels; nil where there is none, or the
  /// kernel reads it as it is.
  package var slope: Activation.Slope?
  /// Output channels.
  package var channels: Int
  /// Vectors of output channels.
  package var vectors: Int
  /// The weight that is packed, and how; nil where there is none.
  package var packing: Packing?
  /// Whether all of it lies as plain numbers, for a kernel with examples in the lanes, and not in
  /// vectors of channels.
  package var isPlain = false

  /// How a weight is packed: its outputs in the lanes, vectors of outputs in tiles.
  package struct Packing: Hashable, Sendable {
    package var weight: TensorID
    /// Vectors of outputs, in tiles.
    package var tiles: Partition
    /// Numbers of x that each output is a sum over.
    package var depth: Int
    /// How many of those the weight has numbers for: the others are of other groups.
    package var ownDepth: Int
    /// How the packed weight lies, tiles and lanes apart: `[5][5][20]`.
    package var layout: String
    /// Numbers of the packed weight, where they are plain.
    package var plainNumbers = 0

    package init(weight: TensorID, tiles: Partition, depth: Int, layout: String) {
      self.weight = weight
      self.tiles = tiles
      self.depth = depth
      ownDepth = depth
      self.layout = layout
    }

    /// A weight that lies as `numbers` plain numbers of the layout `layout`, and has `depth` of its own
    /// for each output.
    package init(weight: TensorID, depth: Int, numbers: Int, layout: String) {
      self.init(weight: weight, tiles: .whole(1), depth: depth, layout: layout)
      plainNumbers = numbers
    }
  }
}

extension PackedWeights {
  /// Whether there is nothing but an activation's slopes.
  var isSlopes: Bool { packing == nil && steps.isEmpty && slope != nil }

  /// Whether the kernel has what it needs of a parameter here.
  func holds(_ tensor: TensorID) -> Bool {
    tensor == packing?.weight || tensor == bias || tensor == slope?.tensor
      || steps.contains { $0.layer == tensor.layer }
  }

  /// C for the slopes, where there are any.
  package func slopeArguments(_ names: CodegenContext) -> [String] {
    slope == nil ? [] : ["\(names.prepared(layer))_slope"]
  }
}

/// What a kernel computes of a weight that is packed before an evaluation.
package protocol PackingSpec: KernelSpec {
  /// The C function that packs one output's weights, and its first arguments: sizes, and the tiles.
  func packing(_ names: CodegenContext, sharing shared: inout SharedFunctions) -> (
    function: String, arguments: [String]
  )
}

/// What a kernel computes of a weight that can be packed beforehand, for C that stands alone.
package protocol FreezingSpec: PackingSpec {
  /// Which number of the packed weight number `index` of output `output` is, in canonical order: what
  /// that function does, for vectors of `lanes` numbers.
  func place(of index: Int, output: Int, lanes: Int) -> Int

  /// Which number of the weight, in canonical order, that is: each output has `depth` of its own.
  func canonicalPlace(of index: Int, output: Int, depth: Int) -> Int
}

extension FreezingSpec {
  package func canonicalPlace(of index: Int, output: Int, depth: Int) -> Int {
    output * depth + index
  }
}
