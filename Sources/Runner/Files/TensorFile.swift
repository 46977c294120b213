/// A file that holds one tensor: `.csv` (or `.csv.gz`) is a table, one example per row; all else is
/// NPY.
package enum TensorFile {
  /// Reads the file at `path`, as its name says.
  package static func read(_ path: String) throws -> Tensor {
    isCSV(path) ? try CSV(path).table : try NPY.read(path)
  }

  /// Reads the file at `path` for an input; an image takes the input's channels.
  package static func read(_ path: String, for input: PluginValue) throws -> Tensor {
    if SoundReader.isSound(path), let sound = input.sound {
      return try SoundReader.tensor(path, SoundFrontEnd(sound), shape: input.shape)
    }
    return ImageFile.isImage(path)
      ? try ImageFile.tensor(path, shape: input.shape, resizes: input.resizes) : try read(path)
  }

  /// Whether `path` names a table of text.
  static func isCSV(_ path: String) -> Bool {
    let name = path.lowercased()
    return name.hasSuffix(".csv") || name.hasSuffix(".csv.gz")
  }
}
