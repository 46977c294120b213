import IR

extension Window {
  /// What `combine` makes of the numbers of each window that lie in the image, and of where the
  /// window is.
  func reference(
    _ inputs: ReferenceInputs, _ combine: (_ numbers: [Double], _ row: Int, _ column: Int) -> Double
  ) -> [Double] {
    let (x, input) = (inputs.operands[0], inputs.shapes[0])
    var y: [Double] = []
    for plane in 0..<inputs.count * input.channels {
      for i in 0..<rows.count(in: input.height) {
        for j in 0..<columns.count(in: input.width) {
          var numbers: [Double] = []
          forEachTap(row: i, column: j, in: input) { _, _, row, column in
            numbers.append(x[(plane * input.height + row) * input.width + column])
          }
          y.append(combine(numbers, i, j))
        }
      }
    }
    return y
  }
}
