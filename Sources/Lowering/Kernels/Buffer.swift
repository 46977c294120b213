import IR

/// A stretch of scratch memory that kernels write and read.
package struct Buffer: Hashable, Sendable {
  /// Its name in the C.
  package var name: String
  /// How its numbers lie.
  package var layout: Layout
  /// What its numbers are.
  package var element: Precision
  /// What a host may call it by and read it as, where a step is inspected.
  package var probes: [Probe]
  /// Where in another buffer it lies; nil where it has a place of its own.
  package var part: BufferPart?

  /// How numbers lie.
  package enum Layout: Hashable, Sendable {
    /// `[blocks][elements][lanes]`: one vector for each of an example's numbers, examples in the
    /// lanes. Inactive lanes, those past the last example of a short batch, hold 0.
    case lanes(Shape)
    /// One example's, channels in the lanes.
    case channels(ChannelLayout)
    /// Plain numbers in C order.
    case numbers([Int])
  }

  /// A name that the host can read a buffer, or a part of it, by.
  package struct Probe: Hashable, Sendable {
    /// `conv1.output`, `batchnorm1.batch_mean`
    package var name: String
    /// What it is.
    package var role: Role
    /// The layer that owns it; nil for the input.
    package var layer: Int?
    /// The shape, batch left out.
    package var shape: [Int]
    /// Numbers of the buffer that come before it.
    package var offset: Int

    /// What a probed buffer is.
    package enum Role: Hashable, Sendable {
      case value, valueGradient, batchMean, batchVariance
    }
  }
}

extension Buffer {
  /// Its enumerator in the C, which begins as no other name does.
  var enumerator: String { "b_\(name)" }
}

/// A buffer of a kernel plan.
package struct BufferID: Hashable, Sendable {
  /// Its place in `KernelPlan.buffers`.
  package var index: Int

  package init(index: Int) { self.index = index }
}
