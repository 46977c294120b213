import Synchronization

/// Atomic numbers that do not share cache lines: threads that write one must not slow those that
/// read another. Two lines each, because processors fetch them in pairs.
struct Counters: ~Copyable, @unchecked Sendable {
  private let base: UnsafeMutablePointer<Atomic<UInt64>>
  private let count: Int
  private static let stride = 128 / MemoryLayout<Atomic<UInt64>>.stride

  /// `count` numbers, all 0.
  init(count: Int) {
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(byteCount: count * 128, alignment: 128)
    base = raw.bindMemory(to: Atomic<UInt64>.self, capacity: count * Self.stride)
    for index in 0..<count * Self.stride { (base + index).initialize(to: Atomic(0)) }
  }

  deinit {
    base.deinitialize(count: count * Self.stride)
    UnsafeMutableRawPointer(base).deallocate()
  }

  /// Number `index`.
  subscript(index: Int) -> Atomic<UInt64> {
    _read { yield base[index * Self.stride] }
  }
}
