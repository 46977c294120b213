/// One kernel of a plugin's step.
public struct PluginKernel: Hashable, Sendable {
  /// The C function.
  public let name: String
  /// Multiplications and additions for a full batch.
  public let operations: Double
  /// Bytes read and written at least, for a full batch.
  public let bytes: Double
}
