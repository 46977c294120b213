/// A file that holds one tensor: `.csv` (or `.csv.gz`) is a table, one example per row; all else is
/// NPY.
package enum TensorFile {
  /// Reads the file at `path`, as its name says.
  package static func read(_ path: String) throws -> Tensor {
    isCSV(path) ? try CSV(path).table : try NPY.read(path)
  }

  /// Whether `path` names a table of text.
  static func isCSV(_ path: String) -> Bool {
    let name = path.lowercased()
    return name.hasSuffix(".csv") || name.hasSuffix(".csv.gz")
  }
}
