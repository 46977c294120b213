import PluginABI

/// What the runner provides to a plugin: threads and matrix products.
package final class Host: @unchecked Sendable {
  package let pool: ThreadPool
  /// What times the kernels, where somebody measures.
  package let clock: KernelClock?
  /// The table that entry points take; valid as long as the object is.
  let table: UnsafeMutablePointer<bnc_host>

  /// A host over `pool`; `clock` is told when a kernel has finished.
  ///
  /// Tasks may wait for each other where there are no more threads than cores, or as `providesWait`
  /// says: a thread without a core would keep the others waiting for as long as it has none.
  package init(pool: ThreadPool, clock: KernelClock? = nil, providesWait: Bool? = nil) {
    self.pool = pool
    self.clock = clock
    table = .allocate(capacity: 1)
    table.initialize(
      to: bnc_host(
        struct_size: UInt32(MemoryLayout<bnc_host>.size), reserved: 0,
        context: nil,
        parallel_for: { context, count, body, argument in
          guard let context, let body else { return }
          Unmanaged<Host>.fromOpaque(context).takeUnretainedValue()
            .pool.run(count: count, argument: argument, body: body)
        },
        gemm: { _, product in
          if let product { MatrixProduct.multiply(product.pointee) }
        },
        kernel_done: clock == nil
          ? nil
          : { context, kernel in
            guard let context else { return }
            Unmanaged<Host>.fromOpaque(context).takeUnretainedValue().clock?.lap(Int(kernel))
          },
        wait: providesWait ?? (pool.threads <= availableCores()) ? { _ in bnc_pause() } : nil,
        sum: nil))
    table.pointee.context = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit { table.deallocate() }
}
