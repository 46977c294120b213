import Foundation
import Testing

@testable import Runner

/// Images, held against Tests/References/Data/images, which `python3 Tests/References/make_images.py`
/// writes.
struct ImageTests {
  private static let folder = Fixture.root + "/Tests/References/Data/images"
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// What Pillow makes of a file.
  private struct Pixels: Decodable {
    let grey: [[Int]]?
    let colour: [[[Int]]]?

    private enum CodingKeys: String, CodingKey {
      case grey = "L"
      case colour = "RGB"
    }
  }

  private func expected() throws -> [String: Pixels] {
    try JSONDecoder().decode(
      [String: Pixels].self,
      from: Data(contentsOf: URL(fileURLWithPath: Self.folder + "/pixels.json")))
  }

  private func decode(_ name: String, _ shape: [Int], resizes: Bool = false) throws -> [Int] {
    try ImageFile.tensor("\(Self.folder)/\(name)", shape: shape, resizes: resizes).values.map {
      Int($0)
    }
  }

  /// Protects every kind of PNG and JPEG, and the way from colours to grey: the bytes that Pillow has.
  @Test func decodesAsPillowDoes() throws {
    let files = try expected()
    #expect(files.count == 9)
    for (name, pixels) in files.sorted(by: { $0.key < $1.key }) {
      if let grey = pixels.grey {
        #expect(try decode(name, [1, 6, 9]) == grey.flatMap(\.self), "\(name)")
        #expect(try decode(name, [6, 9]) == grey.flatMap(\.self), "\(name)")
      }
      if let colour = pixels.colour {
        let planes = (0..<3).flatMap { channel in colour.flatMap { $0.map { $0[channel] } } }
        #expect(try decode(name, [3, 6, 9]) == planes, "\(name)")
      }
    }
    let grey = try decode("grey.png", [1, 6, 9])
    #expect(try decode("grey.png", [3, 6, 9]) == grey + grey + grey)
    let alpha = try ImageFile("\(Self.folder)/alpha.png")
    #expect(alpha.hasAlpha && alpha.channels == 3)
    #expect(try ImageFile("\(Self.folder)/wide.png").bits == 16)
  }

  /// An image as Pillow resizes it, by its BILINEAR.
  private struct Resized: Decodable {
    let name, mode: String
    let height, width: Int
    let pixels: [[Pixel]]

    enum Pixel: Decodable {
      case grey(Int)
      case colour([Int])

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(Int.self) {
          self = .grey(one)
        } else {
          self = .colour(try container.decode([Int].self))
        }
      }

      var values: [Int] {
        switch self {
        case .grey(let value): [value]
        case .colour(let values): values
        }
      }
    }
  }

  /// Protects images of another size than the model's: the bytes that Pillow makes of them, larger or
  /// smaller in either direction, in colours, and in grey made of colours.
  @Test func resizesAsPillowDoes() throws {
    let all = try JSONDecoder().decode(
      [Resized].self,
      from: Data(contentsOf: URL(fileURLWithPath: Self.folder + "/resized.json")))
    #expect(all.count == 24)
    for one in all {
      let planes = one.mode == "RGB" ? 3 : 1
      let found = try decode(one.name, [planes, one.height, one.width], resizes: true)
      let pixels = one.pixels.flatMap(\.self)
      let expected = (0..<planes).flatMap { plane in pixels.map { $0.values[plane] } }
      #expect(found == expected, "\(one.name) \(one.mode) \(one.height) x \(one.width)")
    }
    // Of no image it makes none.
    #expect(
      failure { _ = try decode("grey.png", [4, 6, 9], resizes: true) }
        .hasSuffix("help: an image is read as [1, height, width] or [3, height, width]"))
    #expect(
      failure { _ = try decode("grey.png", [50], resizes: true) }.contains("is an image of 9 x 6"))
  }

  /// Protects against files that are damaged or lie: cut at any byte, with any byte changed, or with a
  /// size that nobody could hold, they are refused by name, and nothing crashes.
  @Test func refusesDamage() throws {
    for name in ["colour.png", "palette.png", "progressive.jpg", "colour.jpg"] {
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(name)")))
      for end in 0..<bytes.count - 2 {
        let path = try scratch.file(name, Array(bytes[..<end]))
        let said = failure { _ = try ImageFile.tensor(path, shape: [3, 6, 9], resizes: false) }
        #expect(said.hasPrefix("\(path): "), "\(name) cut at \(end): \(said)")
      }
      for place in bytes.indices {
        var changed = bytes
        changed[place] ^= 0x55
        let path = try scratch.file(name, changed)
        _ = failure { _ = try ImageFile.tensor(path, shape: [3, 6, 9], resizes: false) }
      }
    }
    var huge = try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/colour.jpg")))
    let frame = try #require(
      (0..<huge.count - 1).first { huge[$0] == 0xFF && huge[$0 + 1] == 0xC0 })
    huge.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    let path = try scratch.file("huge.jpg", huge)
    #expect(
      failure { _ = try ImageFile.tensor(path, shape: [3, 6, 9], resizes: true) }
        == "\(path): is an image of 65500 x 65500 pixels, more than the 134,217,728 that are resized"
    )
    #expect(
      failure { _ = try ImageFile.tensor(path, shape: [3, 6, 9], resizes: false) }
        .hasPrefix("\(path): is an image of 65500 x 65500 pixels, in colours; the model's input is")
    )
    // One that the system has memory for, but a file so small does not get.
    huge.replaceSubrange(frame + 5..<frame + 9, with: [0x20, 0x00, 0x20, 0x00])
    try scratch.file("huge.jpg", huge)
    #expect(
      failure { _ = try ImageFile.tensor(path, shape: [3, 6, 9], resizes: true) }
        .contains("is an image of 8192 x 8192 pixels in a file of"))
  }

  /// Protects the reasons: of other colours, of no image at all, of another size.
  @Test func saysWhy() throws {
    #expect(
      failure { _ = try decode("cmyk.jpg", [3, 6, 9]) }
        == "\(Self.folder)/cmyk.jpg: cannot be decoded: its colours are neither grey nor red, green and "
        + "blue")
    let text = try scratch.file("text.png", Array("hello".utf8))
    #expect(
      failure { _ = try ImageFile(text) }
        == "\(text): cannot be decoded: it is neither a PNG nor a JPEG image")
    let page = try scratch.file("page.jpg", Array("<!DOCTYPE html>".utf8))
    #expect(failure { _ = try ImageFile(page) }.contains("is an HTML page, so its download failed"))
    #expect(
      failure { _ = try decode("grey.png", [1, 9, 6]) }
        == "\(Self.folder)/grey.png: is an image of 9 x 6 pixels, grey; the model's input is "
        + "[1, 9, 6]\nhelp: say 'data resize(9, 6)' in the training block, or give the model [channels, 6, 9]"
    )
    #expect(failure { _ = try decode("grey.png", [2, 6, 9]) }.contains("[3, height, width]"))
  }

  // MARK: Folders of classes

  private func copy(_ name: String, to place: String) throws {
    let target = "\(scratch.path)/\(place)"
    try FileManager.default.createDirectory(
      atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "\(Self.folder)/\(name)", toPath: target)
  }

  private let format = ExampleFormat(inputShape: [1, 6, 9], classes: 2)

  private func load(_ format: ExampleFormat) throws -> Dataset {
    try Dataset.load(scratch.path, format: format, pool: ThreadPool(threads: 2))
  }

  /// Protects folders of images of several sizes where the model says that they are resized: all are
  /// read, and how many were resized is told; arrays are taken as they are, which is told too.
  @Test func resizesFolders() throws {
    for part in ["train", "test"] {
      try copy("grey.png", to: "\(part)/a/1.png")
      try copy("colour.jpg", to: "\(part)/b/1.jpg")
    }
    var format = ExampleFormat(inputShape: [1, 4, 5], classes: 2)
    #expect(failure { _ = try load(format) }.contains("say 'data resize(4, 5)'"))
    format.resizes = true
    let data = try load(format)
    let path = scratch.path
    #expect(
      data.training.notes == [
        "\(path)/train: 1 image in colours made grey, as the model's input is",
        "\(path)/train: 2 images resized to 4 x 5, as the model says",
      ])
    let grey = try decode("grey.png", [1, 4, 5], resizes: true)
    #expect((0..<20).map { Int(data.training.inputs[0][$0]) } == grey)
    format.inputShape = [1, 6, 9]
    #expect(try load(format).training.notes.count == 1)
    let row = Array(repeating: "0", count: 21).joined(separator: ",") + "\n"
    let table = try scratch.file("table.csv", Array(row.utf8))
    format.inputShape = [1, 4, 5]
    let drawn = try Dataset.load(table, format: format, pool: ThreadPool(threads: 1))
    #expect(
      drawn.training.notes == [
        "\(table): 'data resize' is for folders of images; these examples are taken as they are"
      ])
  }

  /// Protects the folders that everyone has: classes by their sorted names, a part to validate on, what
  /// is said of conversions, and files that are no images.
  @Test func readsFoldersOfClasses() throws {
    for part in ["train", "val", "test"] {
      try copy("grey.png", to: "\(part)/b/1.png")
      try copy("colour.jpg", to: "\(part)/B/2.JPG")
    }
    try copy("alpha.png", to: "train/b/0.png")
    try scratch.file("train/b/notes.txt", [1])
    try scratch.file("train/.hidden", [1])
    let data = try load(format)
    #expect(data.training.count == 3 && data.validation?.count == 2 && data.test.count == 2)
    #expect(data.training.classNames == ["B", "b"])
    #expect((0..<3).map { data.training.targetClass($0) } == [0, 1, 1])
    let pixels = try expected()
    let wanted =
      try #require(pixels["colour.jpg"]?.grey).flatMap(\.self)
    #expect((0..<54).map { Int(data.training.inputs[0][$0]) } == wanted)
    let path = scratch.path
    #expect(
      data.training.notes == [
        "\(path)/train: 2 images in colours made grey, as the model's input is",
        "\(path)/train: alpha of 1 image left out",
        "\(path)/train: passed over 1 file that is no image",
      ])
    #expect(
      data.test.notes == ["\(path)/test: 1 image in colours made grey, as the model's input is"])
  }

  /// Protects against classes that would be numbered differently, or that the model does not have.
  @Test func refusesOtherClasses() throws {
    try copy("grey.png", to: "train/cat/1.png")
    try copy("grey.png", to: "train/dog/1.png")
    try copy("grey.png", to: "test/cat/1.png")
    let path = scratch.path
    #expect(
      failure { _ = try load(format) }
        == "\(path)/test: has no class folder 'dog', which \(path)/train has\nhelp: each part has the "
        + "same class folders: classes are numbered by their sorted names")
    try copy("grey.png", to: "test/dog/1.png")
    try copy("grey.png", to: "test/emu/1.png")
    #expect(
      failure { _ = try Dataset.load(.test, path, format: format) }
        .hasPrefix("\(path)/train: has no class folder 'emu', which \(path)/test has"))
    try FileManager.default.removeItem(atPath: "\(path)/test/emu")
    #expect(try load(format).test.count == 2)
    #expect(
      failure { _ = try load(ExampleFormat(inputShape: [1, 6, 9], classes: 3)) }
        == "\(path)/train: holds 2 class folders, the model's target has 3 classes")
    try FileManager.default.removeItem(atPath: "\(path)/test/cat/1.png")
    try FileManager.default.removeItem(atPath: "\(path)/test/dog/1.png")
    #expect(
      failure { _ = try load(format) }.hasPrefix(
        "\(path)/test: holds no images in its class folders"))
  }

  /// Protects whoever has a bad file among a million: its name and why, or how many were left out. An
  /// image of another size is no bad file.
  @Test func skipsBadFiles() throws {
    for part in ["train", "test"] {
      try copy("grey.png", to: "\(part)/a/1.png")
      try copy("grey.png", to: "\(part)/b/1.png")
    }
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.folder + "/colour.jpg")))
    let bad = try scratch.file("train/a/0.jpg", Array(bytes[..<(bytes.count - 40)]))
    #expect(
      failure { _ = try load(format) }
        == "\(bad): cannot be decoded: Premature end of JPEG file\nhelp: --skip-bad leaves such files "
        + "out, and says how many there are")
    var skipping = format
    skipping.skipsBad = true
    let data = try load(skipping)
    #expect(data.training.count == 2 && data.training.targetClass(0) == 0)
    #expect(
      data.training.notes == [
        "\(scratch.path)/train: 1 image left out that could not be read:",
        "  \(bad): cannot be decoded: Premature end of JPEG file",
      ])
    skipping.inputShape = [1, 9, 6]
    #expect(failure { _ = try load(skipping) }.contains("is an image of 9 x 6 pixels"))
  }
}
