import Diagnostics

/// What class folders hold, by the headers of their files.
struct FolderOutline {
  /// An image's pixels, or a sound's samples a second and samples.
  private struct Kind: Hashable {
    var first, second: Int
  }

  private let classes: [String]
  private var counts: [Int]
  private let isSound: Bool
  private var kinds: [Kind: Int] = [:]
  private var inColours = 0
  private var bad = BadFiles()

  /// Looks at every file of `folders`; those that cannot be read are counted.
  ///
  /// - Throws: a failure that names the folder where it holds neither images nor sounds.
  init(_ folders: ClassFolders) throws {
    classes = folders.classes
    counts = Array(repeating: 0, count: classes.count)
    let files = try folders.classes.enumerated().flatMap { label, name in
      try ClassFolders.entries(of: "\(folders.path)/\(name)").map {
        (path: "\(folders.path)/\(name)/\($0)", label: label)
      }
    }
    isSound =
      !files.contains { ImageFile.isImage($0.path) }
      && files.contains { SoundReader.isSound($0.path) }
    let isExample = isSound ? SoundReader.isSound : ImageFile.isImage
    for file in files where isExample(file.path) {
      do {
        kinds[try kind(of: file.path), default: 0] += 1
        counts[file.label] += 1
      } catch let failure as Failure {
        bad.files.append(failure.path.map { "\($0): \(failure.what)" } ?? failure.what)
      }
    }
    guard !kinds.isEmpty else {
      throw Failure(
        "holds no image and no sound that can be read in its class folders", path: folders.path,
        help: "an image ends in .png, .jpg or .jpeg, a sound in .wav")
    }
  }

  private mutating func kind(of path: String) throws -> Kind {
    if isSound {
      let sound = try WAV(path)
      return Kind(first: sound.rate, second: sound.samples.count)
    }
    let image = try ImageFile(path)
    if image.channels == 3 { inColours += 1 }
    return Kind(first: image.width, second: image.height)
  }

  /// The most frequent kind, the smallest of several.
  private var usual: (kind: Kind, count: Int) {
    let sorted = kinds.sorted {
      ($1.value, $0.key.first, $0.key.second) < ($0.value, $1.key.first, $1.key.second)
    }
    return sorted.first.map { ($0.key, $0.value) } ?? (Kind(first: 1, second: 1), 0)
  }

  /// What `part` holds.
  func text(_ part: Dataset.Part) -> String {
    let count = counts.reduce(0, +)
    let what = isSound ? "sound" : "image"
    var lines = [
      "\(part.rawValue): \(grouped(count)) \(what)\(count == 1 ? "" : "s") in \(classes.count) class "
        + "\(classes.count == 1 ? "folder" : "folders")"
    ]
    lines.append(isSound ? sounds : images)
    lines += bad.notes(of: part.rawValue, what)
    return lines.map { $0 + "\n" }.joined() + DataOutline.table(counts, names: classes)
  }

  private var images: String {
    let (widths, heights) = (kinds.keys.map(\.first), kinds.keys.map(\.second))
    let count = kinds.values.reduce(0, +)
    let colours =
      inColours == 0
      ? "grey" : inColours == count ? "in colours" : "\(grouped(inColours)) in colours"
    let size =
      kinds.count == 1
      ? "all of \(usual.kind.first) x \(usual.kind.second) pixels"
      : "\(grouped(kinds.count)) sizes, \(widths.min() ?? 0) to \(widths.max() ?? 0) pixels wide and "
        + "\(heights.min() ?? 0) to \(heights.max() ?? 0) high, most often \(usual.kind.first) x "
        + "\(usual.kind.second) (\(grouped(usual.count)))"
    return "  \(size), \(colours)"
  }

  private var sounds: String {
    let rates = Set(kinds.keys.map(\.first)).sorted()
    let seconds = kinds.keys.map { Double($0.second) / Double(max($0.first, 1)) }
    return "  \(rates.map(String.init).joined(separator: ", ")) samples a second, "
      + "\(shortest(seconds.min() ?? 0, digits: 4)) to \(shortest(seconds.max() ?? 0, digits: 4)) seconds"
  }

  /// How a model for it begins.
  var beginning: String {
    let target = "class(\(classes.count))"
    if isSound {
      return DataOutline.beginning(input: "[1, 49, 10]", target: target)
        + "\nand has in its training block, with the rate of the files:\n\n  data mfcc(10, rate: "
        + "\(usual.kind.first))\n"
    }
    let (width, height) = (usual.kind.first, usual.kind.second)
    let input = "[\(inColours > 0 ? 3 : 1), \(height), \(width)]"
    let resize =
      kinds.count == 1
      ? ""
      : "\nand has in its training block, with any size that the input has too:\n\n  data resize(\(height), "
        + "\(width))\n"
    return DataOutline.beginning(input: input, target: target) + resize
  }
}
