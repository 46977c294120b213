import IR

/// The examples brought into the lanes: bytes scaled, numbers as they are, dead lanes 0.
package struct InputLoad: Hashable, Sendable {
  package var elements: Int
  package var scale: Double
  package var y: BufferID
  /// The same as rows, one example each, where the gradient of a dense layer's weight reads them;
  /// only in training, for an evaluation has no use for them.
  package var rows: Rows?

  /// Rows of examples.
  package struct Rows: Hashable, Sendable {
    package var buffer: BufferID
    /// Numbers from one row to the next.
    package var stride: Int
  }
}

/// A function of one number.
package enum Activation: String, Hashable, Sendable {
  case relu, sigmoid
}

/// An activation where no other kernel does it.
package struct ActivationForward: Hashable, Sendable {
  package var function: Activation
  package var elements: Int
  /// Tasks a block.
  package var pieces: Int
  package var x: BufferID
  package var y: BufferID
}

/// An activation's gradient.
package struct ActivationBackward: Hashable, Sendable {
  package var function: Activation
  package var elements: Int
  package var pieces: Int
  /// What the slope is computed from: the activation's result.
  package var saved: BufferID
  package var dy: BufferID
  package var dx: BufferID
}

/// A factor and an offset for each channel: one task a channel and block.
package struct ScaleShiftForward: Hashable, Sendable {
  package var channels: Int
  package var plane: Int
  package var layer: Int
  package var x: BufferID
  package var y: BufferID
}

/// Its gradients: one task a channel.
package struct ScaleShiftBackward: Hashable, Sendable {
  package var channels: Int
  package var plane: Int
  package var layer: Int
  package var x: BufferID
  package var dy: BufferID
  /// nil where nothing before it learns.
  package var dx: BufferID?
  package var gamma: GradientDestination?
  package var beta: GradientDestination?
}

/// A pool where no other kernel does it: one task a channel and block.
package struct PoolForward: Hashable, Sendable {
  package var pool: Pool
  package var x: BufferID
  package var y: BufferID
}

/// A pool's gradient: one task a channel and block.
package struct PoolBackward: Hashable, Sendable {
  package var pool: Pool
  /// The pool's input, which says where each maximum was.
  package var x: BufferID
  package var dy: BufferID
  package var dx: BufferID
}

/// Values of one shape added up: `+`, and gradients that several users contribute.
package struct Sum: Hashable, Sendable {
  package var elements: Int
  package var pieces: Int
  package var parts: [BufferID]
  /// Whether the kernel clips at 0.
  package var hasReLU: Bool
  package var y: BufferID
}

/// A loss and its gradient: one task a block.
package struct LossForm: Hashable, Sendable {
  /// Numbers of one example that the loss reads.
  package var outputs: Int
  /// Whether the gradient is divided by the number of examples.
  package var isMean: Bool
  package var x: BufferID
  package var gradient: BufferID
}

/// `parameter -= learning_rate * gradient`, where no other kernel does it.
package struct Update: Hashable, Sendable {
  package var tensor: TensorID
  package var count: Int
  package var gradient: BufferID
}
