import IR

/// Forward: each task makes a tile of output features for the whole batch.
public struct DenseForward: Hashable, Sendable {
  public var inputs: Int
  public var outputs: Int
  /// Rows: output features. Columns: blocks of the batch.
  public var tile: RegisterTile
  public var weight: TensorID
  public var bias: TensorID?
  public var x: BufferID
  public var y: BufferID
  /// Where the blocks' statistics go.
  public var partial: BufferID?
}

/// The input's gradient: each task makes a tile of input features for the whole batch.
public struct DenseInputGradient: Hashable, Sendable {
  public var inputs: Int
  public var outputs: Int
  /// Rows: input features. Columns: blocks of the batch.
  public var tile: RegisterTile
  public var weight: TensorID
  public var dy: BufferID
  public var dx: BufferID
}

/// The input as rows, one example each: the weight's gradient wants features in the lanes, so that
/// no sum runs across lanes.
public struct DenseRows: Hashable, Sendable {
  public var inputs: Int
  /// Numbers a row: `inputs` rounded up to whole vectors, zeros at the end.
  public var stride: Int
  public var x: BufferID
  public var rows: BufferID
}

/// The weight's gradient: each task makes a tile of output features times all inputs.
public struct DenseWeightGradient: Hashable, Sendable {
  public var inputs: Int
  public var outputs: Int
  public var stride: Int
  /// Rows: output features. Columns: vectors of input features.
  public var tile: RegisterTile
  public var weight: TensorID
  public var rows: BufferID
  public var dy: BufferID
  public var destination: GradientDestination
}
