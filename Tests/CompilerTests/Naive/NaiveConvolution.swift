import IR

/// `y[n, co, i, j] = bias[co] + sum of weight[co, ci, ky, kx] * x[n, ci, i s + ky - p, j s + kx - p]`,
/// 0 outside of the image.
func naiveConvolution(
  _ op: Convolution, _ x: [Double], of input: Shape, to output: Shape, count: Int,
  weight: [Double], bias: [Double]?
) -> [Double] {
  let window = op.window
  var y: [Double] = []
  for n in 0..<count {
    for co in 0..<output.channels {
      for i in 0..<output.height {
        for j in 0..<output.width {
          var sum = bias?[co] ?? 0
          for ci in 0..<input.channels {
            for ky in 0..<window.kernel {
              for kx in 0..<window.kernel {
                let row = i * window.stride + ky - window.padding
                let column = j * window.stride + kx - window.padding
                guard (0..<input.height).contains(row), (0..<input.width).contains(column) else {
                  continue
                }
                let tap = ((co * input.channels + ci) * window.kernel + ky) * window.kernel + kx
                sum +=
                  weight[tap]
                  * x[
                    ((n * input.channels + ci) * input.height + row)
                      * input.width + column]
              }
            }
          }
          y.append(sum)
        }
      }
    }
  }
  return y
}
