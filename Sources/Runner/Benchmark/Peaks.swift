import Diagnostics
import Glibc

/// What this machine can do at most, measured now.
package struct Peaks: Hashable, Sendable, Encodable {
  /// Multiplications and additions per second, of all threads together.
  package var multiplyAdds: Double
  /// Bytes per second that a copy between memory larger than the caches reads and writes.
  package var copy: Double

  private typealias Probe = @convention(c) (Int64, UnsafeMutablePointer<Float>) -> Double

  /// Measures with the library at `probe`, on all threads of `pool`.
  ///
  /// - Throws: `Failure` where the library cannot be loaded, or there is no memory to copy.
  package static func measure(probe path: String, pool: ThreadPool) throws -> Peaks {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw Failure("cannot be loaded", path: path, help: "bnc cache --clear, then again")
    }
    defer { dlclose(handle) }
    guard let symbol = dlsym(handle, "bnc_peak_multiply_add") else {
      throw Failure("has no bnc_peak_multiply_add", path: path)
    }
    let probe = unsafeBitCast(symbol, to: Probe.self)
    let bytes = 64 << 20
    let from = try AlignedMemory(byteCount: bytes, zeroed: true, purpose: "a copy to measure")
    let to = try AlignedMemory(byteCount: bytes, zeroed: true, purpose: "a copy to measure")
    return Peaks(
      multiplyAdds: best(of: 5) { multiplyAdds(probe, pool: pool) },
      copy: best(of: 5) { copy(from, to, pool: pool) })
  }

  /// The larger of each.
  func better(_ other: Peaks) -> Peaks {
    Peaks(
      multiplyAdds: max(multiplyAdds, other.multiplyAdds), copy: max(copy, other.copy))
  }

  private static func best(of runs: Int, _ rate: () -> Double) -> Double {
    (0..<runs).map { _ in rate() }.max() ?? 0
  }

  /// Many short pieces, so that a thread that starts late does less and none waits long.
  private static func multiplyAdds(_ probe: @escaping Probe, pool: ThreadPool) -> Double {
    let pieces = 64
    let rounds: Int64 = 50_000
    let start = ContinuousClock.now
    pool.forEach(pieces) { _ in
      var keep: Float = 0
      _ = probe(rounds, &keep)
    }
    let took = (ContinuousClock.now - start).seconds
    var keep: Float = 0
    return probe(rounds, &keep) * Double(pieces) / took
  }

  private static func copy(_ from: AlignedMemory, _ to: AlignedMemory, pool: ThreadPool) -> Double {
    let pieces = 64
    let part = from.bytes.count / pieces
    let start = ContinuousClock.now
    pool.forEach(pieces) { index in
      to.bytes[index * part..<(index + 1) * part].copyBytes(
        from: from.bytes[index * part..<(index + 1) * part])
    }
    return 2 * Double(part * pieces) / (ContinuousClock.now - start).seconds
  }
}
