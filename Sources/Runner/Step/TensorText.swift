import Diagnostics

/// A tensor in brackets, as NumPy prints it: the first and last three of each axis where there are
/// more than a thousand numbers.
package struct TensorText: CustomStringConvertible {
  /// The text.
  package let description: String

  /// The text of `tensor`.
  package init(_ tensor: Tensor) {
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
      let edge = 3
      let isCut = isShortened && shape[axis] > 2 * edge
      var parts: [String] = []
      for index in 0..<shape[axis] {
        if isCut, index == edge { parts.append("...") }
        if isCut, (edge..<shape[axis] - edge).contains(index) { continue }
        parts.append(text(axis: axis + 1, offset: offset + index * strides[axis]))
      }
      let indentation = "\n" + String(repeating: " ", count: axis + 1)
      let isRow = axis == shape.count - 1
      return "["
        + (isRow
          ? wrapped(parts, indentation: indentation) : parts.joined(separator: indentation)) + "]"
    }

    /// The numbers of a row, on as many lines as they need.
    private func wrapped(_ numbers: [String], indentation: String) -> String {
      var text = ""
      var column = indentation.count
      for number in numbers {
        if text.isEmpty {
          text = number
        } else if column + 1 + number.count > 79 {
          text += indentation + number
          column = indentation.count
        } else {
          text += " " + number
          column += 1
        }
        column += number.count
      }
      return text
    }
  }
}
