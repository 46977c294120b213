import PluginABI

/// What the runner lends to a plugin: threads and matrix products.
public final class Host: @unchecked Sendable {
  /// The threads.
  public let pool: ThreadPool
  /// The table that entry points take; valid as long as the object is.
  let table: UnsafeMutablePointer<bnc_host>

  /// A host over `pool`.
  public init(pool: ThreadPool) {
    self.pool = pool
    MatrixProduct.prepare()
    table = .allocate(capacity: 1)
    table.initialize(
      to: bnc_host(
        struct_size: UInt32(MemoryLayout<bnc_host>.size), reserved: 0,
        context: Unmanaged.passUnretained(pool).toOpaque(),
        parallel_for: { context, count, body, argument in
          guard let context, let body else { return }
          Unmanaged<ThreadPool>.fromOpaque(context)._withUnsafeGuaranteedRef {
            $0.run(count: count, argument: argument, body: body)
          }
        },
        gemm: { _, product in
          if let product { MatrixProduct.multiply(product.pointee) }
        },
        kernel_done: nil))
  }

  deinit { table.deallocate() }
}
