/// When a buffer holds numbers that are still read: stretches of kernels, by their places in the
/// order in which they run, from one that writes it to the last that touches it. There are several
/// where a kernel runs again to make them anew; in between others may lie in its place.
package struct BufferLife: Hashable, Sendable {
  /// In order, none touching another.
  package private(set) var stretches: [ClosedRange<Int>]

  init(_ stretches: [ClosedRange<Int>] = []) { self.stretches = stretches }

  /// The kernel that writes it first.
  var first: Int? { stretches.first?.lowerBound }

  /// Kernel `index` touches it; one that makes it anew begins a stretch.
  mutating func touch(_ index: Int, beginsAnew: Bool = false) {
    if let last = stretches.last, !beginsAnew {
      stretches[stretches.count - 1] = last.lowerBound...max(last.upperBound, index)
    } else {
      stretches.append(index...index)
    }
  }

  /// Keeps what it holds at kernel `index` until then.
  mutating func last(until index: Int) {
    guard let place = stretches.lastIndex(where: { $0.lowerBound <= index }) else { return }
    stretches[place] = stretches[place].lowerBound...max(stretches[place].upperBound, index)
  }

  /// Whether it holds at kernel `index` what was made before.
  func holds(at index: Int) -> Bool {
    stretches.contains { $0.lowerBound < index && index <= $0.upperBound }
  }

  /// Whether it holds numbers at a time when another does.
  package func overlaps(_ other: BufferLife) -> Bool {
    stretches.contains { own in other.stretches.contains { $0.overlaps(own) } }
  }

  /// The life of what takes both their places.
  func union(_ other: BufferLife) -> BufferLife {
    var joined: [ClosedRange<Int>] = []
    for next in (stretches + other.stretches).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, next.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, next.upperBound)
      } else {
        joined.append(next)
      }
    }
    return BufferLife(joined)
  }
}
