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

  private func product(_ a: [Int], _ b: [Int], _ c: [Int]) -> [(Int, Int, Int)] {
    a.flatMap { a in b.flatMap { b in c.map { (a, b, $0) } } }
  }
}
