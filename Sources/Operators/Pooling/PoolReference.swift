import IR

extension Window {
  /// What `combine` makes of the numbers of each window that lie in the image.
  func reference(_ inputs: ReferenceInputs, _ combine: ([Double]) -> Double) -> [Double] {
    let (x, input, output) = (inputs.operands[0], inputs.shapes[0], inputs.result)
    var y: [Double] = []
    for plane in 0..<inputs.count * input.channels {
      for i in 0..<output.height {
        for j in 0..<output.width {
          var numbers: [Double] = []
          forEachTap(row: i, column: j, in: input) { _, _, row, column in
            numbers.append(x[(plane * input.height + row) * input.width + column])
          }
          y.append(combine(numbers))
        }
      }
    }
    return y
  }
}
