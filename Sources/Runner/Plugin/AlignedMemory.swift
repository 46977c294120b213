import Diagnostics
import Glibc
import PluginABI

/// A block of memory at an address that suits vectors, freed with its last owner.
///
/// Whoever creates a block fills it; after that it is shared as it is. Only a plugin's regions go
/// on changing, and those have one owner.
package final class AlignedMemory: @unchecked Sendable {
  /// Every byte of the block.
  package let bytes: UnsafeMutableRawBufferPointer
  /// The pages of a file that `bytes` lie in, where they are no memory of their own.
  private let mapping: UnsafeMutableRawBufferPointer?

  /// Whether the bytes are a file's, brought in as they are looked at.
  package var isMapped: Bool { mapping != nil }

  /// A block of `byteCount` bytes, all zero when `zeroed`, for `purpose` in the message.
  ///
  /// - Throws: a failure that names `purpose` when there is no such memory.
  package init(byteCount: Int, zeroed: Bool = false, purpose: String = "data") throws {
    // Large blocks on whole huge pages: a step walks megabytes, and fewer TLB misses show.
    let hugePage = 2 << 20
    let isLarge = byteCount >= 2 * hugePage
    let alignment = isLarge ? hugePage : Int(BNC_ALIGNMENT)
    var base: UnsafeMutableRawPointer?
    guard byteCount >= 0, posix_memalign(&base, alignment, max(byteCount, 1)) == 0, let base else {
      throw Failure("there is no memory for \(byteCount) bytes of \(purpose)")
    }
    if isLarge { _ = madvise(base, byteCount & ~(hugePage - 1), MADV_HUGEPAGE) }
    if zeroed { memset(base, 0, byteCount) }
    mapping = nil
    bytes = UnsafeMutableRawBufferPointer(start: base, count: byteCount)
  }

  /// The `count` bytes of a file from byte `start` on, mapped: a write stays in memory, and does not
  /// reach the file. nil where the system does not map it.
  init?(mapping descriptor: Int32, from start: Int, count: Int) {
    guard count > 0,
      let base = mmap(nil, start + count, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0),
      base != MAP_FAILED
    else { return nil }
    mapping = UnsafeMutableRawBufferPointer(start: base, count: start + count)
    bytes = UnsafeMutableRawBufferPointer(start: base + start, count: count)
  }

  deinit {
    if let mapping {
      munmap(mapping.baseAddress, mapping.count)
    } else {
      free(bytes.baseAddress)
    }
  }
}
