import Testing

@testable import Runner

/// Files of other formats under the name of one that is read.
struct ForeignFormatTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The start of a zip archive whose first member is called `name`.
  private static func archive(_ name: String) -> [UInt8] {
    Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 22)
      + [UInt8(name.utf8.count), 0, 0, 0] + Array(name.utf8) + [UInt8](repeating: 7, count: 99)
  }

  private static let page = Array("\n<!DOCTYPE html>\n<html><body>404</body></html>\n".utf8)

  /// Protects whoever has the weights in another format: what it is, and how to convert it.
  @Test(arguments: [
    (archive("model/data.pkl"), "a file of torch.save", "torch.load"),
    (
      [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20], "a file of torch.save", "torch"
    ),
    (archive("arr_0.npy"), "an NPZ archive of several arrays", "numpy.load"),
    (
      Array("\u{89}HDF\r\n\u{1A}\n........".unicodeScalars.map { UInt8($0.value) }), "HDF5", "array"
    ),
    (archive("metadata.json"), "a Keras archive", "array"),
    ([0x80, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0, 0], "a Python pickle", "array"),
    ([0x93] + Array("NUMPY.......".utf8), "an NPY file of one array", "array"),
    ([0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6], "gzipped", "gunzip"),
    (archive("readme.txt"), "a zip archive", "unpack"),
    (page, "an HTML page, so its download failed", "download it again"),
  ])
  func weights(_ bytes: [UInt8], _ name: String, _ help: String) throws {
    let path = try scratch.file("weights", bytes)
    let message = failure { _ = try SafeTensors(path) }
    #expect(message.hasPrefix("\(path): is ") && message.contains(name), "\(message)")
    #expect(message.contains(", not a safetensors file\nhelp: ") && message.contains(help))
  }

  /// Protects whoever downloaded an error page: each reader of data says so.
  @Test func pages() throws {
    let path = try scratch.file("data", Self.page)
    let words = "\(path): is an HTML page, so its download failed; expected "
    for (message, wanted) in [
      (failure { _ = try IDX.read(path) }, "an IDX file"),
      (failure { _ = try NPY.read(path) }, "an NPY file"),
      (failure { _ = try CSV(path) }, "a CSV file"),
      (failure { _ = try CIFAR.read([path], .ten, classes: 10) }, "a binary file of CIFAR"),
    ] {
      #expect(message.hasPrefix(words + wanted + "\nhelp: "), "\(message)")
    }
    let arrays = try scratch.file("arrays.npy", Self.archive("arr_0.npy"))
    #expect(failure { _ = try NPY.read(arrays) }.contains("numpy.save(name + '.npy'"))
  }

  /// Protects damaged files of the right format from being called a wrong one.
  @Test func itself() throws {
    let cut = try scratch.file("cut", [200, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":".utf8))
    #expect(failure { _ = try SafeTensors(cut) }.contains("declares a header of 200 bytes"))
  }
}
