import Diagnostics
import Glibc

/// A folder with a folder for each class, and in these its examples, a file each: `train/cat/1.png`.
struct ClassFolders {
  /// The folder of a part.
  let path: String
  /// The names of the classes in the order of their numbers: sorted, byte by byte.
  let classes: [String]

  /// What Speech Commands calls the folder of recordings of noise, which is none of a class.
  static let backgroundName = "_background_noise_"

  /// The folder of `part` in `directory`; nil where there is none, or where it holds no folders.
  static func find(_ part: Dataset.Part, in directory: String) throws -> ClassFolders? {
    let names = part == .validation ? ["validation", "val"] : [part.rawValue]
    for name in names {
      let path = "\(directory)/\(name)"
      guard isDirectory(path) else { continue }
      let classes = try entries(of: path).filter {
        $0 != backgroundName && isDirectory("\(path)/\($0)")
      }
      if !classes.isEmpty { return ClassFolders(path: path, classes: classes) }
    }
    return nil
  }

  /// The names in a folder, sorted, without those that begin with a dot.
  static func entries(of path: String) throws -> [String] {
    guard let folder = opendir(path) else { throw Failure.system("cannot be read", path: path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The examples of `part`, held against the classes of the other parts and of the model.
  ///
  /// - Throws: a failure that names the folder or the file: other class folders than the training
  ///   part's, or than the model has classes; a file that cannot be decoded, unless those are to be
  ///   left out; no examples.
  func read(_ part: Dataset.Part, in directory: String, format: ExampleFormat) throws -> Examples {
    try check(part, in: directory, format)
    let isExample = format.sound == nil ? ImageFile.isImage : SoundReader.isSound
    let what = format.sound == nil ? "image" : "sound"
    var files: [(path: String, label: Int)] = []
    var others = 0
    for (label, name) in classes.enumerated() {
      for entry in try Self.entries(of: "\(path)/\(name)") {
        if isExample(entry) {
          files.append(("\(path)/\(name)/\(entry)", label))
        } else {
          others += 1
        }
      }
    }
    guard !files.isEmpty else {
      throw Failure(
        "holds no \(what)s in its class folders", path: path,
        help: format.sound == nil
          ? "an image is a file that ends in .png, .jpg or .jpeg; of sound 'data mfcc(...)' in the "
            + "model says what to make"
          : "a sound is a file that ends in .wav")
    }
    var reader: any ExampleReader
    if let sound = format.sound {
      reader = try SoundReader(files.count, format, sound)
    } else {
      reader = try ImageReader(files.count, format)
    }
    for file in files { try reader.read(file.path, label: file.label) }
    var examples = try reader.examples(path: path)
    examples.classNames = classes
    examples.notes = reader.notes(of: path)
    if others > 0 {
      let files = others == 1 ? "file that is no \(what)" : "files that are no \(what)s"
      examples.notes.append("\(path): passed over \(others) \(files)")
    }
    return examples
  }

  private func check(_ part: Dataset.Part, in directory: String, _ format: ExampleFormat) throws {
    if part != .train, let training = try ClassFolders.find(.train, in: directory) {
      for (own, other) in [(self, training), (training, self)] {
        guard let missing = own.classes.first(where: { !other.classes.contains($0) }) else {
          continue
        }
        throw Failure(
          "has no class folder '\(missing)', which \(own.path) has", path: other.path,
          help: "each part has the same class folders: classes are numbered by their sorted names")
      }
    }
    guard let count = format.classes, count == classes.count, format.targetCount == 1 else {
      throw Failure(
        "holds \(classes.count) class folders, the model's target has "
          + (format.classes.map { "\($0) classes" } ?? "real values"), path: path)
    }
  }
}
