import IR

/// A stretch of scratch memory that kernels write and read.
public struct Buffer: Hashable, Sendable {
  /// Its name in the C.
  public var name: String
  /// How its numbers lie.
  public var layout: Layout
  /// What a host may call it by and read it as, where a step is laid open.
  public var taps: [Tap]

  /// How numbers lie.
  public enum Layout: Hashable, Sendable {
    /// `[blocks][elements][lanes]`: one vector for each of an example's numbers, examples in the
    /// lanes. Dead lanes, those past the last example of a short batch, hold 0.
    case lanes(Shape)
    /// Plain numbers in C order.
    case numbers([Int])
  }

  /// A name that the host can read a buffer, or a part of it, by.
  public struct Tap: Hashable, Sendable {
    /// `conv1.output`, `batchnorm1.batch_mean`
    public var name: String
    /// What it is.
    public var role: Role
    /// The layer that owns it; nil for the input.
    public var layer: Int?
    /// The shape, batch left out.
    public var shape: [Int]
    /// Numbers of the buffer that come before it.
    public var offset: Int

    /// What a tapped buffer is.
    public enum Role: Hashable, Sendable {
      case value, valueGradient, batchMean, batchVariance
    }
  }
}

/// A buffer of a kernel plan.
public struct BufferID: Hashable, Sendable {
  /// Its place in `KernelPlan.buffers`.
  public var index: Int
}
