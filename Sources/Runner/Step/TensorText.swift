/// A tensor in brackets, as NumPy prints it: the first and last three of each axis where there are
/// more than a thousand numbers.
public struct TensorText: CustomStringConvertible {
  /// The text.
  public let description: String

  /// The text of `tensor`.
  public init(_ tensor: Tensor) {
    let printer = Printer(tensor)
    description = printer.text(axis: 0, offset: 0)
  }

  private struct Printer {
    private let shape: [Int]
    private let strides: [Int]
    private let number: (Int) -> String
    private let isShortened: Bool

    init(_ tensor: Tensor) {
      shape = tensor.shape
      var strides = [Int](repeating: 1, count: shape.count)
      for axis in shape.indices.dropLast().reversed() {
        strides[axis] = strides[axis + 1] * shape[axis + 1]
      }
      self.strides = strides
      isShortened = tensor.count > 1000
      let digits = tensor.type == .float64 ? 16 : 8
      number = { shortest(tensor[$0], digits: digits) }
    }

    func text(axis: Int, offset: Int) -> String {
      guard axis < shape.count else { return number(offset) }
      let isLast = axis == shape.count - 1
      let separator =
        isLast ? " " : "\n" + String(repeating: " ", count: axis + 1)
      var parts: [String] = []
      let edge = 3
      for index in 0..<shape[axis] {
        if isShortened, shape[axis] > 2 * edge, index == edge { parts.append("...") }
        if isShortened, shape[axis] > 2 * edge, index >= edge, index < shape[axis] - edge {
          continue
        }
        parts.append(text(axis: axis + 1, offset: offset + index * strides[axis]))
      }
      return "[" + parts.joined(separator: separator) + "]"
    }
  }
}
