/// The random numbers of a step, each by its place alone: Philox4x32-10 (Salmon et al., Parallel
/// Random Numbers: As Easy as 1, 2, 3, 2011). Nothing is kept between two numbers, so that they can
/// be drawn in any order, on any thread, and again.
package struct Philox: Hashable, Sendable {
  /// What is told apart: the halves of the training's seed.
  package let key: (UInt32, UInt32)

  package init(key: (UInt32, UInt32)) { self.key = key }

  package static func == (left: Philox, right: Philox) -> Bool { left.key == right.key }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(key.0)
    hasher.combine(key.1)
  }

  /// The four numbers of a counter.
  package func numbers(at counter: [UInt32]) -> [UInt32] {
    var (c, k) = (counter, key)
    for _ in 0..<10 {
      let first = c[0].multipliedFullWidth(by: 0xd251_1f53)
      let second = c[2].multipliedFullWidth(by: 0xcd9e_8d57)
      c = [second.high ^ c[1] ^ k.0, second.low, first.high ^ c[3] ^ k.1, first.low]
      k = (k.0 &+ 0x9e37_79b9, k.1 &+ 0xbb67_ae85)
    }
    return c
  }
}
