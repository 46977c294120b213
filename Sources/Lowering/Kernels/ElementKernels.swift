import IR

/// The examples brought into the lanes: bytes scaled, numbers as they are, dead lanes 0.
public struct InputLoad: Hashable, Sendable {
  public var elements: Int
  public var scale: Double
  public var y: BufferID
}

/// A function of one number.
public enum Activation: String, Hashable, Sendable {
  case relu, sigmoid
}

/// An activation where no other kernel does it.
public struct ActivationForward: Hashable, Sendable {
  public var function: Activation
  public var elements: Int
  /// Tasks a block.
  public var pieces: Int
  public var x: BufferID
  public var y: BufferID
}

/// An activation's gradient.
public struct ActivationBackward: Hashable, Sendable {
  public var function: Activation
  public var elements: Int
  public var pieces: Int
  /// What the slope is computed from: the activation's result.
  public var saved: BufferID
  public var dy: BufferID
  public var dx: BufferID
}

/// A factor and an offset for each channel: one task a channel and block.
public struct ScaleShiftForward: Hashable, Sendable {
  public var channels: Int
  public var plane: Int
  public var layer: Int
  public var x: BufferID
  public var y: BufferID
}

/// Its gradients: one task a channel.
public struct ScaleShiftBackward: Hashable, Sendable {
  public var channels: Int
  public var plane: Int
  public var layer: Int
  public var x: BufferID
  public var dy: BufferID
  /// nil where nothing before it learns.
  public var dx: BufferID?
  public var gamma: GradientDestination?
  public var beta: GradientDestination?
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
  /// Whether the kernel clips at 0.
  public var hasReLU: Bool
  public var y: BufferID
}

/// A loss and its gradient: one task a block.
public struct LossForm: Hashable, Sendable {
  /// Numbers of one example that the loss reads.
  public var outputs: Int
  /// Whether the gradient is divided by the number of examples.
  public var isMean: Bool
  public var x: BufferID
  public var gradient: BufferID
}

/// `parameter -= learning_rate * gradient`, where no other kernel does it.
public struct Update: Hashable, Sendable {
  public var tensor: TensorID
  public var count: Int
  public var gradient: BufferID
}
