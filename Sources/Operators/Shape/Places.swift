import IR

extension ReferenceInputs {
  /// The result of which number `[i, j, …]` is what `number` makes of the index, given the first
  /// operand's number at an index.
  func reading(
    _ number: (_ index: [Int], _ x: ([Int]) -> Double) -> Double
  ) -> [Double] {
    (0..<count).flatMap { example in
      indices(of: result).map { index in
        number(index) { self.number(of: 0, at: $0, in: example) }
      }
    }
  }

  /// A number of operand `operand`.
  func number(of operand: Int, at index: [Int], in example: Int) -> Double {
    let shape = shapes[operand]
    let place = zip(shape.dimensions, index).reduce(0) { $0 * $1.0 + $1.1 }
    return operands[operand][example * shape.elementCount + place]
  }

  /// All indices of a value, in order.
  func indices(of shape: Shape) -> [[Int]] {
    shape.dimensions.reduce([[]]) { indices, size in
      indices.flatMap { index in (0..<size).map { index + [$0] } }
    }
  }
}
