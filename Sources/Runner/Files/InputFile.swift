import Diagnostics
import Files
import Glibc

/// A file read from its start to its end, raw or, when it begins as gzip does, inflated.
package final class InputFile {
  /// Where it is.
  package let path: String
  private let descriptor: Int32
  private let fileSize: Int
  private var inflation: Inflation?

  /// Opens a regular file; with `mayBeGzipped` false its bytes are taken as they are, for formats
  /// whose first bytes may happen to be gzip's.
  ///
  /// A pipe does not make this wait: it is opened without blocking, and refused.
  ///
  /// - Throws: a failure that names the file when it cannot be opened or is not a regular file.
  package init(_ path: String, mayBeGzipped: Bool = true) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Failure.system("cannot be opened", path: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Failure("is not a regular file", path: path)
    }
    fileSize = Int(status.st_size)
    var magic: (UInt8, UInt8) = (0, 0)
    if mayBeGzipped, pread(descriptor, &magic, 2, 0) == 2, magic == (0x1F, 0x8B) {
      inflation = try Inflation(path: path)
    }
  }

  deinit { close(descriptor) }

  /// Whether the bytes are inflated on their way.
  package var isCompressed: Bool { inflation != nil }

  /// The most bytes that can come: the file's size, or what deflate could at best make of it. A
  /// file that declares more is lying, and nothing is allocated for it.
  package var largestSize: Int {
    let deflateRatio = 1032
    return isCompressed
      ? fileSize.multipliedReportingOverflow(by: deflateRatio).partialValue : fileSize
  }

  /// Fills `buffer` as far as the file goes, and returns how many bytes came.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let inflation {
      return try inflation.inflate(into: buffer) { try self.readStored(into: $0) }
    }
    return try readStored(into: buffer)
  }

  /// Fills `buffer` or fails, naming `what` the file should hold.
  func readExactly(into buffer: UnsafeMutableRawBufferPointer, what: String) throws {
    let count = try read(into: buffer)
    guard count == buffer.count else {
      throw Failure("ends after \(count) of the \(buffer.count) bytes of its \(what)", path: path)
    }
  }

  /// The `count` bytes from byte `start` on as pages of the file; nil where they are inflated, begin
  /// where no vector may, or are few. The file must stay as long as it is while they are used.
  func map(from start: Int, count: Int) -> AlignedMemory? {
    let few = 1 << 20
    guard !isCompressed, start % 64 == 0, count >= few, fileSize >= start + count else {
      return nil
    }
    return AlignedMemory(mapping: descriptor, from: start, count: count)
  }

  /// The next `count` bytes, few of them, for headers.
  func readBytes(_ count: Int, what: String) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try readExactly(into: $0, what: what) }
    return bytes
  }

  /// All bytes of the file at `path`, as they are.
  ///
  /// - Throws: a failure that names the file, also where it is larger than 2 GiB.
  package static func bytes(of path: String) throws -> [UInt8] {
    let file = try InputFile(path, mayBeGzipped: false)
    guard file.fileSize <= Int(Int32.max) else {
      throw Failure("is larger than 2 GiB", path: path)
    }
    return try file.readBytes(file.fileSize, what: "content")
  }

  /// Fails unless every byte has been read.
  func expectEnd(after what: String) throws {
    var extra: UInt8 = 0
    let count = try withUnsafeMutableBytes(of: &extra) { try read(into: $0) }
    if count > 0 { throw Failure("holds more than the \(what) that it declares", path: path) }
  }

  private func readStored(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count, let base = buffer.baseAddress {
      let count = Glibc.read(descriptor, base + filled, buffer.count - filled)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure.system("cannot be read", path: path) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}
