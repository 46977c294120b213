import Diagnostics
import Files
import FoundationEssentials
import Glibc

/// What a sweep is of: the same settings again go on with it, others are another sweep.
package struct SweepSettings: Hashable, Sendable, Codable {
  /// The model's name and its whole text.
  package var model, text: String
  /// What else was asked for, and how it was said; nil where it was left out.
  package var options: [Option]

  /// `--data`, `mnist`
  package struct Option: Hashable, Sendable, Codable {
    package var name: String
    package var value: String?

    package init(_ name: String, _ value: String?) { (self.name, self.value) = (name, value) }
  }

  package init(model: String, text: String, options: [Option]) {
    (self.model, self.text, self.options) = (model, text, options)
  }

  /// What differs of `other`, which was asked for now, in words.
  func differences(from other: SweepSettings) -> [String] {
    var found: [String] = []
    if model != other.model { found.append("its model is '\(model)', not '\(other.model)'") }
    if model == other.model, text != other.text {
      found.append("the text of its model is another one")
    }
    let now = Dictionary(other.options.map { ($0.name, $0.value) }) { first, _ in first }
    let names =
      options.map(\.name)
      + other.options.map(\.name).filter { name in
        !options.contains { $0.name == name }
      }
    let before = Dictionary(options.map { ($0.name, $0.value) }) { first, _ in first }
    for name in names {
      switch (before[name] ?? nil, now[name] ?? nil) {
      case (let old?, let new?) where old != new: found.append("its \(name) is \(old), not \(new)")
      case (let old?, nil): found.append("its \(name) is \(old), and now there is none")
      case (nil, let new?): found.append("it has no \(name), and now there is \(new)")
      case (_?, _?), (nil, nil): continue
      }
    }
    // Runs are counted in the order of their settings.
    if found.isEmpty, options.map(\.name) != other.options.map(\.name) {
      found.append("its settings are varied in another order")
    }
    return found
  }
}

/// The folder of a sweep: `sweep.json`, and a folder for each run with its model, its log and, when
/// it is done, `record.json`.
package struct SweepFolder: Sendable {
  package let path: String

  private static let settingsName = "sweep.json"
  private static let recordName = "record.json"

  /// Opens `path` for the sweep of `settings`, and makes it where it is not there.
  ///
  /// - Throws: a failure that says what differs where it is the folder of another sweep, one where it
  ///   holds something else, and one where another program is at work in it.
  package init(_ path: String, _ settings: SweepSettings) throws {
    self.path = path
    let help = "name another folder with --into"
    let file = "\(path)/\(Self.settingsName)"
    if access(path, F_OK) == 0, access(file, F_OK) != 0, try !Self.isEmpty(path) {
      throw Failure("is no folder of a sweep, and not empty", path: path, help: help)
    }
    try Folder.make(path, help: "name a folder that can be written with --into")
    try lock()
    guard access(file, F_OK) == 0 else {
      try AtomicFile.write(try JSONText.of(settings, isIndented: true) + "\n", to: file)
      return
    }
    guard let before = try? JSONDecoder().decode(SweepSettings.self, from: Self.read(file)) else {
      throw Failure("does not hold the settings of a sweep", path: file, help: help)
    }
    let differences = before.differences(from: settings)
    if !differences.isEmpty {
      throw Failure(
        "holds another sweep: \(differences.joined(separator: "; "))", path: path,
        help: help + ", or ask for the same again to go on with it")
    }
  }

  /// A run's own folder: `003-seed1`.
  package func folder(of trial: SweepTrial, seed: UInt64) -> String {
    let digits = "\(trial.number)"
    let zeros = String(repeating: "0", count: max(0, 3 - digits.count))
    return "\(path)/\(zeros)\(digits)-seed\(seed)"
  }

  /// What a run came to that is done; nil where it is not.
  ///
  /// - Throws: a failure where the record is of other settings, or none.
  package func record(of trial: SweepTrial, seed: UInt64) throws -> SweepRecord? {
    let file = "\(folder(of: trial, seed: seed))/\(Self.recordName)"
    guard access(file, F_OK) == 0 else { return nil }
    let record = try? JSONDecoder().decode(SweepRecord.self, from: Self.read(file))
    guard let record, record.settings == trial.settings, record.seed == seed, record.isSound else {
      throw Failure(
        "does not hold what \(trial.words) with seed \(seed) came to", path: file,
        help: "remove it, and that run is trained again")
    }
    return record
  }

  /// Remembers what a run came to: whole or not at all.
  package func write(_ record: SweepRecord, of trial: SweepTrial) throws {
    try AtomicFile.write(
      try JSONText.of(record, isIndented: true) + "\n",
      to: "\(folder(of: trial, seed: record.seed))/\(Self.recordName)")
  }

  private static func read(_ path: String) throws -> Data {
    let file = try InputFile(path, mayBeGzipped: false)
    let most = 16 << 20
    guard file.largestSize <= most else {
      throw Failure("is larger than any file of a sweep", path: path)
    }
    return Data(try file.readBytes(file.largestSize, what: "settings"))
  }

  private static func isEmpty(_ path: String) throws -> Bool {
    guard let folder = opendir(path) else { throw Failure.system("cannot be read", path: path) }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { return false }
    }
    return true
  }

  /// Keeps two programs from one folder, for as long as this one runs: the system lets go of it
  /// however that ends.
  private func lock() throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure.system("cannot be read", path: path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      close(descriptor)
      throw Failure(
        "another bnc sweep is at work in it", path: path,
        help: "wait for it, or name another folder with --into")
    }
  }
}
