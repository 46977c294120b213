import Diagnostics
import Glibc
import PluginABI

/// The functions of a library of compiled code, where the handlers find them as long as this is there.
final class CrashLibrary {
  private let library: UnsafeMutablePointer<bnc_crash_library>
  private let functions: UnsafeMutableBufferPointer<bnc_crash_function>

  /// The library at `path`, whose exported function `symbol` is loaded at `address`, of the model
  /// `subject` with `layers`; nil where crashes are not told, or its code is not found.
  init?(path: String, symbol: String, at address: UInt, subject: String, layers: [String]) {
    guard CrashReport.isInstalled, let code = Self.code(holding: address) else { return nil }
    let found = FunctionSymbols.read(path)
    // Where the file's addresses lie in memory.
    let shift = found.first { $0.name == symbol }.map { address &- UInt($0.start) } ?? 0
    functions = .allocate(capacity: found.count)
    for (index, function) in found.enumerated() {
      let start = UInt64(shift) &+ function.start
      functions.initializeElement(
        at: index,
        to: bnc_crash_function(
          start: start, end: start &+ function.size, name: strdup(function.name),
          layer: Self.layer(of: function.name, layers).flatMap { strdup($0) },
          is_kernel: function.name.hasPrefix(kernelPrefix) ? 1 : 0, reserved: 0))
    }
    library = .allocate(capacity: 1)
    library.initialize(
      to: bnc_crash_library(
        subject: strdup(subject.escapingControls), start: UInt64(code.lowerBound),
        end: UInt64(code.upperBound), functions: functions.baseAddress,
        count: Int64(functions.count)))
    bnc_crash_add(library)
  }

  deinit {
    bnc_crash_remove(library)
    for function in functions {
      free(UnsafeMutablePointer(mutating: function.name))
      free(UnsafeMutablePointer(mutating: function.layer))
    }
    free(UnsafeMutablePointer(mutating: library.pointee.subject))
    functions.deallocate()
    library.deallocate()
  }

  private static func code(holding address: UInt) -> Range<UInt>? {
    var segments = [bnc_segment](repeating: bnc_segment(), count: 32)
    let count = bnc_segments(
      UnsafeRawPointer(bitPattern: address), &segments, Int32(segments.count))
    return segments.prefix(Int(count))
      .first { $0.is_code != 0 && $0.start <= address && address < $0.end }
      .map { UInt($0.start)..<UInt($0.end) }
  }

  /// A kernel is called after its layer: `k_conv1_forward`.
  private static func layer(of function: String, _ layers: [String]) -> String? {
    guard function.hasPrefix(kernelPrefix) else { return nil }
    let name = function.dropFirst(kernelPrefix.count)
    return layers.filter { name.hasPrefix($0 + "_") }.max { $0.utf8.count < $1.utf8.count }
  }
}

private let kernelPrefix = "k_"
