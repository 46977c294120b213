@testable import Runner

extension Regions {
  /// Puts back what `PluginHarness.bits` read.
  func restoreBits(_ bits: [[UInt8]]) {
    for (bytes, region) in zip(bits, [pointers.parameters, pointers.state]) {
      bytes.withUnsafeBytes { bytes in
        if let start = bytes.baseAddress { region?.copyMemory(from: start, byteCount: bytes.count) }
      }
    }
  }
}
