import IR

/// What a kernel of an inference plan does: it works on one example, its channels in the lanes.
package protocol InferenceForm: KernelForm {
  /// The buffers that the kernel reads and writes, and what it takes them for.
  var values: [(buffer: BufferID, layout: ChannelLayout)] { get }

  /// What must hold of the kernel's tiles.
  func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)]

  /// What `prepare` computes for the kernel; nil where it needs nothing.
  var preparation: Preparation? { get }
}

extension InferenceForm {
  package func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] { [] }
  package var preparation: Preparation? { nil }
}

/// A factor and an offset for each channel, which `prepare` folds into what comes before.
package struct ChannelStep: Hashable, Sendable {
  /// The layer: a batch norm, or half of one.
  package var layer: Int
  /// Its conventions; nil of `scale_shift`, which has no statistics.
  package var normalization: NormalizationConvention?
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
  /// The weight that is packed, and how; nil where there is none.
  package var packing: Packing?

  /// How a weight is packed: its outputs in the lanes, vectors of outputs in tiles.
  package struct Packing: Hashable, Sendable {
    package var weight: TensorID
    /// Vectors of outputs, in tiles.
    package var tiles: Cut
    /// Numbers of x that each output is a sum over.
    package var depth: Int
    /// The sizes that the statements name, as `enum` members of C.
    package var dimensions: [Dimension]
    /// How the packed weight lies, tiles and lanes apart: `[5][5][20]`.
    package var layout: String
    /// C that packs output `o`, in lane `l` of `w`, `size` vectors from one number to the next.
    package var statements: [String]

    package init(
      weight: TensorID, tiles: Cut, depth: Int, dimensions: [Dimension], layout: String,
      statements: [String]
    ) {
      self.weight = weight
      self.tiles = tiles
      self.depth = depth
      self.dimensions = dimensions
      self.layout = layout
      self.statements = statements
    }

    /// A name and a size.
    package struct Dimension: Hashable, Sendable {
      package var name: String
      package var size: Int

      package init(_ name: String, _ size: Int) {
        self.name = name
        self.size = size
      }
    }
  }
}
