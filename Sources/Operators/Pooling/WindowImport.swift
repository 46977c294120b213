import IR
import Importing

/// A window as a node of ONNX says it, by the axes behind the channels.
struct ImportedWindow {
  var kernel, strides, dilations, before, after: [Int]
  /// Whether a last window may reach past the padding.
  var roundsUp = false
  /// The operand's sizes along the axes, with what is around it until the window takes that.
  private(set) var sizes: [Int]

  /// - Parameters:
  ///   - kernel: The kernel where the node's weight tells it.
  ///   - view: What the window lies over, an image or a sequence.
  init(_ node: ImportNode, kernel: [Int]? = nil, over view: ImportedView) throws {
    sizes = view.shape.dimensions.indices.dropFirst().map(view.size(ofAxis:))
    let axes = sizes.count
    guard let taps = node.integers("kernel_shape") ?? kernel, taps.count == axes,
      kernel == nil || taps == kernel
    else {
      throw ImportError("its kernel is not of the \(axes) axes behind the channels")
    }
    self.kernel = taps
    strides = node.integers("strides") ?? taps.map { _ in 1 }
    dilations = node.integers("dilations") ?? taps.map { _ in 1 }
    let pads = node.integers("pads") ?? [Int](repeating: 0, count: 2 * axes)
    guard strides.count == axes, dilations.count == axes, pads.count == 2 * axes else {
      throw ImportError("its strides, dilations or pads are not of \(axes) axes")
    }
    guard (taps + strides + dilations).allSatisfy(Limits.kernel.contains) else {
      throw ImportError(
        "its window is \(taps), \(strides) apart, \(dilations) between taps, and each is 1 to "
          + "\(Limits.kernel.upperBound) in the language")
    }
    guard pads.allSatisfy({ (0...Limits.dimension.upperBound).contains($0) }) else {
      throw ImportError("its pads are \(pads), and the language has them from 0 on")
    }
    (before, after) = (Array(pads[..<axes]), Array(pads[axes...]))
  }

  /// The axes of the window.
  var axes: [WindowAxis] {
    kernel.indices.map {
      WindowAxis(
        kernel: kernel[$0], stride: strides[$0], before: before[$0], after: after[$0],
        dilation: dilations[$0], roundsUp: roundsUp)
    }
  }

  /// Works out the padding that `auto_pad` means.
  mutating func pad(_ node: ImportNode) throws {
    switch node.text("auto_pad") ?? "NOTSET" {
    case "NOTSET", "": return
    case "VALID": (before, after) = (kernel.map { _ in 0 }, kernel.map { _ in 0 })
    case "SAME_UPPER": distribute(isUpper: true)
    case "SAME_LOWER": distribute(isUpper: false)
    case let other: throw ImportError("its auto_pad is '\(other)'")
    }
  }

  private mutating func distribute(isUpper: Bool) {
    for (index, axis) in axes.enumerated() {
      let total = axis.paddingOfCeil(sizes[index])
      (before[index], after[index]) =
        isUpper ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
    }
  }

  /// Takes what lies around the operand as padding of the window's own.
  mutating func take(_ margin: ImportedView.Margin) {
    for index in kernel.indices {
      before[index] += margin.before[index + 1]
      after[index] += margin.after[index + 1]
      sizes[index] -= margin.before[index + 1] + margin.after[index + 1]
    }
  }

  /// Whether each axis has at most `limit` of its extent before and behind.
  func isPadded(atMost limit: (Int) -> Int) -> Bool {
    axes.allSatisfy { max($0.before, $0.after) <= limit($0.extent) }
  }

  /// Key and word or numbers of the padding; none where there is none.
  var padding: [ImportedArgument] {
    guard (before + after).contains(where: { $0 > 0 }) else { return [] }
    let isSame = axes.allSatisfy {
      $0.extent % 2 == 1 && $0.before == $0.extent / 2 && $0.after == $0.extent / 2
    }
    if isSame { return [.key("padding", .word("same"))] }
    if before == after { return [.key("padding", .sizes(before))] }
    for isUpper in [true, false] {
      var other = self
      other.distribute(isUpper: isUpper)
      if other.before == before, other.after == after {
        return [.key("padding", .word(isUpper ? "same_upper" : "same_lower"))]
      }
    }
    let cells = zip(before, after).flatMap { [$0, $1] }
    return [.key("padding", .list(cells.map(Constant.whole)))]
  }
}
