import IR

/// The examples brought into the lanes: bytes scaled, numbers as they are, dead lanes 0.
public struct InputLoad: Hashable, Sendable {
  public var elements: Int
  public var scale: Double
  public var y: BufferID
}

/// ReLU where no other kernel does it.
public struct ReluForward: Hashable, Sendable {
  public var elements: Int
  /// Tasks a block.
  public var pieces: Int
  public var x: BufferID
  public var y: BufferID
}

/// ReLU's gradient, masked by its input.
public struct ReluBackward: Hashable, Sendable {
  public var elements: Int
  public var pieces: Int
  public var x: BufferID
  public var dy: BufferID
  public var dx: BufferID
}

/// A pool where no other kernel does it: one task a channel and block.
public struct PoolForward: Hashable, Sendable {
  public var pool: Pool
  public var x: BufferID
  public var y: BufferID
}

/// A pool's gradient: one task a channel and block.
public struct PoolBackward: Hashable, Sendable {
  public var pool: Pool
  /// The pool's input, which says where each maximum was.
  public var x: BufferID
  public var dy: BufferID
  public var dx: BufferID
}

/// Values of one shape added up: `+`, and gradients that several users contribute.
public struct Sum: Hashable, Sendable {
  public var elements: Int
  public var pieces: Int
  public var parts: [BufferID]
  public var y: BufferID
}

/// The loss and its gradient: one task a block.
public struct SoftmaxCrossEntropy: Hashable, Sendable {
  public var classes: Int
  public var isMean: Bool
  public var logits: BufferID
  public var gradient: BufferID
}

/// `parameter -= learning_rate * gradient`, where no other kernel does it.
public struct Update: Hashable, Sendable {
  public var tensor: TensorID
  public var count: Int
  public var gradient: BufferID
}
