import IR

/// What `combine` makes of the numbers of each window that lie in the image.
func naivePool(
  _ window: Window, _ x: [Double], of input: Shape, to output: Shape, count: Int,
  _ combine: ([Double]) -> Double
) -> [Double] {
  var y: [Double] = []
  for plane in 0..<count * input.channels {
    for i in 0..<output.height {
      for j in 0..<output.width {
        var numbers: [Double] = []
        for ky in 0..<window.kernel {
          for kx in 0..<window.kernel {
            let row = i * window.stride + ky - window.padding
            let column = j * window.stride + kx - window.padding
            guard (0..<input.height).contains(row), (0..<input.width).contains(column) else {
              continue
            }
            numbers.append(x[(plane * input.height + row) * input.width + column])
          }
        }
        y.append(combine(numbers))
      }
    }
  }
  return y
}
