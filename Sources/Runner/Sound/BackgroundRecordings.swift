import Diagnostics

/// Recordings of noise: WAV files in a folder, in the order of their names.
package struct BackgroundRecordings: Sendable {
  /// Where they are from.
  package let folder: String
  /// The samples of each, of which there are enough for a piece.
  let recordings: [[Float]]

  /// How many there are.
  package var count: Int { recordings.count }

  /// The samples of all.
  var samples: Int { recordings.reduce(0) { $0 + $1.count } }

  /// The recordings in `folder` that sounds of `features` can be given pieces of.
  ///
  /// - Throws: a failure that names the folder, or the file that cannot be read, is of another rate or
  ///   shorter than a piece.
  package init(_ folder: String, for features: SoundFeatures) throws {
    self.folder = folder
    let names = try ClassFolders.entries(of: folder).filter(SoundReader.isSound)
    guard !names.isEmpty else {
      throw Failure(
        "holds no recording of background noise", path: folder,
        help: "a recording is a file that ends in .wav; --background names another folder")
    }
    recordings = try names.map { name in
      let path = "\(folder)/\(name)"
      let samples = try WAV(path, rate: features.rate).samples
      guard samples.count >= features.length else {
        throw Failure(
          "has \(samples.count) samples, and a piece of noise for a sound of the model has "
            + "\(features.length)", path: path,
          help: "take it away, or have it go on: sox IN.wav OUT.wav repeat 9")
      }
      return samples
    }
  }

  /// The recordings that a training of `network` adds to its sounds: those in `folder`, or, where it
  /// is nil, those in `_background_noise_` beside the class folders of the training part of `data`, or
  /// beside its parts. nil where the training adds none.
  ///
  /// - Throws: a failure that says where recordings were looked for, or that the model adds none where
  ///   `folder` is named.
  package static func find(
    for network: PluginDescription, folder: String?, data: String?
  ) throws -> BackgroundRecordings? {
    guard let input = network.inputs.first, let noise = input.background,
      let features = input.sound
    else {
      guard let folder else { return nil }
      throw Failure(
        "holds background noise, and model '\(network.modelName)' adds none to its sounds",
        path: folder,
        help: "leave --background out, or write 'augment background' in the training block")
    }
    if noise.frequency == 0 { return nil }
    if let folder { return try BackgroundRecordings(folder, for: features) }
    guard let data else {
      throw Failure(
        "model '\(network.modelName)' adds background noise to sounds, and the examples that bnc draws "
          + "are none",
        help: "name a folder of sounds with --data, or leave 'augment background' out")
    }
    // Without class folders there are no sounds, as is said where the data are read.
    guard isDirectory("\(data)/\(Dataset.Part.train)") else { return nil }
    let places = ["\(data)/\(Dataset.Part.train)", data].map {
      "\($0)/\(ClassFolders.backgroundName)"
    }
    guard let place = places.first(where: isDirectory) else {
      throw Failure(
        "there are no recordings of background noise: neither \(places.joined(separator: " nor ")) is "
          + "a folder",
        help: "put WAV files there, name a folder of some with --background, or leave "
          + "'augment background' out")
    }
    return try BackgroundRecordings(place, for: features)
  }
}
