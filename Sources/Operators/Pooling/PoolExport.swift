import Exporting
import IR

extension AveragePool: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let x = layer.operands[0]
    if sizes.kernel.isEmpty {
      return layer.node("Flatten", [layer.node("GlobalAveragePool", [x])])
    }
    let window = WindowAxes(window(over: layer.shapes[0]), over: layer.shapes[0])
    let reachesPast = window.needed != window.after
    // What a last window has past the padding never counts: where zeros of the padding do, they are
    // put there first.
    let padsFirst = reachesPast && countsPadding && window.isPadded
    let operand = padsFirst ? try layer.pad(x, window.before, window.after, with: 0) : x
    let before = padsFirst ? window.before.map { _ in 0 } : window.before
    let after = padsFirst ? zip(window.needed, window.after).map(-) : window.needed
    let counts = countsPadding && !reachesPast && (before + after).contains { $0 > 0 }
    return layer.node(
      "AveragePool", [operand],
      [
        "kernel_shape": .integers(window.kernel),
        "strides": .sizes(window.strides, unless: 1),
        "pads": .sizes(before + after, unless: 0),
        "count_include_pad": counts ? .integer(1) : nil,
      ])
  }
}

extension MaxPool: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let x = layer.operands[0]
    if sizes.kernel.isEmpty {
      return layer.node("Flatten", [layer.node("GlobalMaxPool", [x])])
    }
    let window = WindowAxes(window(over: layer.shapes[0]), over: layer.shapes[0])
    // Runtimes refuse padding as wide as the kernel, dilation left out.
    let isWide = zip(window.before + window.needed, window.kernel + window.kernel).contains {
      $0 >= $1
    }
    let operand =
      isWide ? try layer.pad(x, window.before, window.needed, with: -.infinity) : x
    return layer.node(
      "MaxPool", [operand],
      [
        "kernel_shape": .integers(window.kernel),
        "strides": .sizes(window.strides, unless: 1),
        "pads": isWide ? nil : .sizes(window.before + window.needed, unless: 0),
        "dilations": .sizes(window.dilations, unless: 1),
      ])
  }
}

extension ONNXLayer {
  /// `x` with `number` around the axes behind its channels.
  fileprivate mutating func pad(
    _ x: String, _ before: [Int], _ after: [Int], with number: Double
  ) throws -> String {
    let pads = integers("pads", [0, 0] + before + [0, 0] + after)
    return node("Pad", [x, pads, try self.number(number)])
  }
}

extension AveragePool: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let x = layer.operands[0]
    let rank = layer.shapes[0].dimensions.count
    if sizes.kernel.isEmpty { return "\(x).mean(dim=\(Python.tuple(Array(2...rank))))" }
    let window = WindowAxes(window(over: layer.shapes[0]), over: layer.shapes[0])
    let name = "F.avg_pool\(window.axes.count)d"
    if window.isSymmetric {
      return layer.pool(
        name, x, window,
        [
          sizes.roundsUp ? "ceil_mode=True" : nil,
          countsPadding || !window.isPadded ? nil : "count_include_pad=False",
        ])
    }
    // Of other padding PyTorch knows nothing: the mean is that over that of a mask of what counts.
    let ones = "torch.ones_like(\(x))"
    let counted =
      countsPadding
      ? PyTorchLayer.padded(ones, before: window.before, after: window.after, "value=1.0") : ones
    let none = window.before.map { _ in 0 }
    let mask =
      countsPadding
      ? PyTorchLayer.padded(
        counted, before: none, after: zip(window.needed, window.after).map(-))
      : PyTorchLayer.padded(counted, before: window.before, after: window.needed)
    let whole = PyTorchLayer.padded(x, before: window.before, after: window.needed)
    let means = layer.pool(name, whole, window, [], isPadded: true)
    if countsPadding, window.needed == window.after { return means }
    return "\(means) / \(layer.pool(name, mask, window, [], isPadded: true))"
  }
}

extension MaxPool: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let x = layer.operands[0]
    let rank = layer.shapes[0].dimensions.count
    if sizes.kernel.isEmpty { return "\(x).amax(dim=\(Python.tuple(Array(2...rank))))" }
    let window = WindowAxes(window(over: layer.shapes[0]), over: layer.shapes[0])
    let name = "F.max_pool\(window.axes.count)d"
    let dilation =
      window.dilations.allSatisfy { $0 == 1 } ? nil : "dilation=\(Python.sizes(window.dilations))"
    // More padding than half of the kernel, dilation left out, PyTorch does not take.
    let isNarrow = zip(window.before, window.kernel).allSatisfy { $0 <= $1 / 2 }
    if window.isSymmetric, isNarrow {
      return layer.pool(name, x, window, [dilation, sizes.roundsUp ? "ceil_mode=True" : nil])
    }
    let whole = PyTorchLayer.padded(
      x, before: window.before, after: window.needed, "value=-torch.inf")
    return layer.pool(name, whole, window, [dilation], isPadded: true)
  }
}

extension PyTorchLayer {
  /// Python for a pool of `x`.
  ///
  /// - Parameter isPadded: Whether `x` has its padding already.
  fileprivate func pool(
    _ name: String, _ x: String, _ window: WindowAxes, _ more: [String?], isPadded: Bool = false
  ) -> String {
    let padding = isPadded || !window.isPadded ? nil : "padding=\(Python.sizes(window.before))"
    return Python.call(
      name,
      [
        x, Python.sizes(window.kernel),
        window.strides == window.kernel ? nil : "stride=\(Python.sizes(window.strides))", padding,
      ] + more)
  }
}
