import IR

/// A window's axes as others list them: those of an image, or the one of a sequence.
package struct WindowAxes {
  package let axes: [WindowAxis]
  /// The operand's sizes along them.
  package let sizes: [Int]

  package init(_ window: Window, over operand: Shape) {
    axes = operand.isSequence ? [window.columns] : [window.rows, window.columns]
    sizes = Array(operand.dimensions.dropFirst())
  }

  package var kernel: [Int] { axes.map(\.kernel) }
  package var strides: [Int] { axes.map(\.stride) }
  package var dilations: [Int] { axes.map(\.dilation) }
  package var before: [Int] { axes.map(\.before) }
  package var after: [Int] { axes.map(\.after) }

  /// Numbers that the axes need behind them for the windows that there are: `after`, or more where
  /// a last window reaches past that.
  package var needed: [Int] {
    zip(axes, sizes).map { axis, size in
      let last = (axis.count(in: size) - 1) * axis.stride + axis.extent
      return max(axis.after, last - size - axis.before)
    }
  }

  /// Whether there is as much before as behind.
  package var isSymmetric: Bool { before == after }

  /// Whether any number lies before or behind.
  package var isPadded: Bool { (before + after).contains { $0 > 0 } }
}

extension ONNXNode.Value {
  /// Sizes by axis; nil, to be left out, where all are the usual one.
  package static func sizes(_ sizes: [Int], unless usual: Int? = nil) -> Self? {
    usual.map { one in sizes.allSatisfy { $0 == one } } == true ? nil : .integers(sizes)
  }
}

extension PyTorchLayer {
  /// Python for `x` with so many numbers before and behind its last axes.
  package static func padded(
    _ x: String, before: [Int], after: [Int], _ more: String? = nil
  ) -> String {
    // From the last axis on.
    let pads = zip(before, after).reversed().flatMap { [$0.0, $0.1] }
    return pads.allSatisfy { $0 == 0 } ? x : Python.call("F.pad", [x, Python.tuple(pads), more])
  }
}
