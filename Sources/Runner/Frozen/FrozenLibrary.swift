import Diagnostics
import Glibc

/// A frozen network, compiled and loaded.
package final class FrozenLibrary {
  private typealias Function =
    @convention(c) (
      UnsafePointer<UnsafeRawPointer?>, UnsafePointer<UnsafeMutablePointer<Float>?>,
      UnsafeMutablePointer<Float>?, UnsafeRawPointer?, Int
    ) -> Int32

  private let handle: UnsafeMutableRawPointer
  private let function: Function
  private let scratch: AlignedMemory
  private let weights: AlignedMemory

  /// Loads the library at `path`, for which `scratch` numbers are enough to work in.
  ///
  /// - Parameter weights: The bytes of the file of weights, where they are no part of it.
  package init(path: String, scratch count: Int, weights: [UInt8]?) throws {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw Failure(
        "cannot be loaded: \(dlerror().map { String(cString: $0) } ?? "unknown reason")", path: path
      )
    }
    self.handle = handle
    scratch = try AlignedMemory(byteCount: count * 4, purpose: "scratch")
    // What is there before a call does not matter: numbers that are none show where it does.
    scratch.bytes.initializeMemory(as: UInt8.self, repeating: 0xff)
    self.weights = try AlignedMemory(byteCount: weights?.count ?? 0, purpose: "weights")
    self.weights.bytes.copyBytes(from: weights ?? [])
    guard let symbol = dlsym(handle, "bnc_run_frozen") else {
      dlclose(handle)
      throw Failure("does not export bnc_run_frozen", path: path)
    }
    function = unsafeBitCast(symbol, to: Function.self)
  }

  deinit { dlclose(handle) }

  /// Runs the network on as many examples as it takes at a time.
  package func run(
    _ inputs: [UnsafeRawPointer?], outputs: [UnsafeMutablePointer<Float>?]
  ) throws {
    let code = function(
      inputs, outputs, scratch.bytes.baseAddress?.assumingMemoryBound(to: Float.self),
      weights.bytes.baseAddress, weights.bytes.count)
    guard code == 0 else { throw Failure("the frozen network refuses its own weights") }
  }
}
