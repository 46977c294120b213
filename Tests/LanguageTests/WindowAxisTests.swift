import IR
import Testing

/// Windows over one axis.
@Suite struct WindowAxisTests {
  /// Protects the first window that lies in the padding alone, which is found without a look at
  /// each of millions.
  @Test func emptyWindowsAreFound() {
    for (kernel, dilation, size) in product([1, 2, 3], [1, 3, 5], [1, 2, 7]) {
      for (stride, before, after) in product([1, 2, 4], [0, 1, 2, 5, 9], [0, 1, 2, 5, 9]) {
        for roundsUp in [false, true] {
          let axis = WindowAxis(
            kernel: kernel, stride: stride, before: before, after: after, dilation: dilation,
            roundsUp: roundsUp)
          let empty = (0..<axis.count(in: size)).first { window in
            !(0..<kernel).contains { (0..<size).contains(axis.place(window: window, tap: $0)) }
          }
          #expect(axis.emptyWindow(in: size) == empty, "\(axis) over \(size)")
        }
      }
    }
  }

  /// Protects how many windows there are, here counted: whole ones, and with `ceil` also the first that
  /// reaches past what is there, be it the only one, but none that starts in the padding behind. Expected
  /// numbers of windows larger than all that is there are PyTorch 2.15's of `max_pool1d`.
  @Test func windowsAreCounted() {
    for (kernel, dilation, size) in product([1, 2, 3, 5], [1, 3], [1, 2, 3, 7, 8]) {
      for (stride, before, after) in product([1, 2, 3, 4], [0, 1, 2], [0, 1, 2]) {
        for roundsUp in [false, true] {
          let axis = WindowAxis(
            kernel: kernel, stride: stride, before: before, after: after, dilation: dilation,
            roundsUp: roundsUp)
          let all = before + size + after
          var count = 0
          while count * stride + axis.extent <= all { count += 1 }
          let isNear = count * stride + axis.extent < all + stride
          if roundsUp, isNear { count += 1 }
          if roundsUp, count > 0, (count - 1) * stride >= before + size { count -= 1 }
          #expect(axis.count(in: size) == count, "\(axis) over \(size)")
        }
      }
    }
    func large(_ kernel: Int, _ stride: Int, _ size: Int) -> Int {
      WindowAxis(kernel: kernel, stride: stride, roundsUp: true).count(in: size)
    }
    #expect([large(2, 2, 1), large(3, 3, 1), large(3, 3, 2)] == [1, 1, 1])
    #expect([large(3, 2, 1), large(2, 1, 1), large(5, 3, 2)] == [0, 0, 0])
  }

  private func product(_ a: [Int], _ b: [Int], _ c: [Int]) -> [(Int, Int, Int)] {
    a.flatMap { a in b.flatMap { b in c.map { (a, b, $0) } } }
  }
}
