/// One kernel of a plugin's step.
package struct PluginKernel: Hashable, Sendable {
  /// The C function.
  package let name: String
  /// Multiplications and additions for a full batch.
  package let operations: Double
  /// Bytes read and written at least, for a full batch.
  package let bytes: Double
}
