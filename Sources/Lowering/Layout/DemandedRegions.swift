import IR

/// An operation that takes numbers of its operands as they are.
package protocol ChannelBoxOperation: Operation {
  /// Whether each number of its result is one of the same row and column of an operand of `shape`.
  func keepsPositions(of shape: Shape) -> Bool
}

/// The part of each value that something reads. A pool over an odd side drops cells, and what makes
/// them need not: neither they nor what they are made of.
struct DemandedRegions {
  /// 0 x 0 for what nothing reads.
  private var values: ValueTable<Extent>

  /// The first rows and columns of an image.
  struct Extent: Hashable {
    var height = 0
    var width = 0
  }

  subscript(id: ValueID) -> Extent { values[id] }

  /// What is read of each value of `model`, so that the losses' operands are whole.
  init(of model: Model) {
    values = ValueTable(of: model) { _ in Extent() }
    for output in model.outputs { need(Self.whole(model.shape(of: output)), of: output) }
    for (index, layer) in model.layers.enumerated().reversed() {
      let extent = self[.result(of: index)]
      guard extent.height > 0 else { continue }
      for operand in layer.operands {
        let shape = model.shape(of: operand)
        let op = layer.op.base
        if let windowed = op as? any WindowedOperation {
          need(Self.covered(by: extent, windowed.window(over: shape), in: shape), of: operand)
        } else if Self.isOfEachNumber(op)
          || (op as? any ChannelBoxOperation)?.keepsPositions(of: shape) == true,
          Self.sharesAxes(shape, with: layer.shape)
        {
          // An operand that has one number for a whole axis has no more of them.
          let own = Self.whole(shape)
          need(
            Extent(
              height: min(extent.height, own.height), width: min(extent.width, own.width)),
            of: operand)
        } else {
          need(Self.whole(shape), of: operand)
        }
      }
    }
    // The caller's rows lie as they lie.
    for (index, input) in model.inputs.enumerated() {
      values[.input(index)] = Self.whole(input.shape)
    }
  }

  private mutating func need(_ extent: Extent, of id: ValueID) {
    values[id].height = max(values[id].height, extent.height)
    values[id].width = max(values[id].width, extent.width)
  }

  private static func isOfEachNumber(_ op: any Operation) -> Bool {
    op is any ElementwiseOperation || op is any ChannelAffineOperation || op is any RandomOperation
  }

  /// Whether the rows and columns of an operand are those of the result: [5, 4], which goes with
  /// [5, 4, 1], has columns where that has rows.
  private static func sharesAxes(_ operand: Shape, with result: Shape) -> Bool {
    operand.planeCount == 1 || operand.dimensions.count == result.dimensions.count
  }

  private static func whole(_ shape: Shape) -> Extent {
    Extent(height: shape.height, width: shape.width)
  }

  /// What the first windows lie over. A window that lies in the padding alone reads nothing, but no
  /// image is empty.
  private static func covered(by extent: Extent, _ window: Window, in shape: Shape) -> Extent {
    func end(_ count: Int, _ axis: WindowAxis, _ size: Int) -> Int {
      max(1, min(size, axis.place(window: count - 1, tap: axis.kernel - 1) + 1))
    }
    return Extent(
      height: end(extent.height, window.rows, shape.height),
      width: end(extent.width, window.columns, shape.width))
  }
}
