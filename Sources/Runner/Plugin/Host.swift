import PluginABI

/// What the runner provides to a plugin: threads and matrix products.
package final class Host: @unchecked Sendable {
  package let pool: ThreadPool
  /// What times the kernels, where somebody measures.
  package let clock: KernelClock?
  /// The processes that train together; nil where this is the only one.
  package let processes: (any ProcessGroup)?
  /// The table that entry points take; valid as long as the object is.
  let table: UnsafeMutablePointer<bnc_host>

  /// A host over `pool`; `clock` is told when a kernel has finished.
  ///
  /// Tasks may wait for each other where there are no more threads than cores, or as `providesWait`
  /// says: a thread without a core would keep the others waiting for as long as it has none.
  package init(
    pool: ThreadPool, clock: KernelClock? = nil, providesWait: Bool? = nil,
    processes: (any ProcessGroup)? = nil
  ) {
    self.pool = pool
    self.clock = clock
    self.processes = processes
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
        sum: nil, sum_begin: nil, sum_end: nil))
    table.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    if processes != nil { provideSums() }
  }

  private func provideSums() {
    table.pointee.sum = { context, numbers, count, type in
      guard let context, let numbers else { return }
      Unmanaged<Host>.fromOpaque(context).takeUnretainedValue()
        .processes?.sum(numbers, count: Int(count), type: .summed(type))
    }
    table.pointee.sum_begin = { context, numbers, count, type in
      guard let context, let numbers else { return }
      Unmanaged<Host>.fromOpaque(context).takeUnretainedValue()
        .processes?.beginSum(numbers, count: Int(count), type: .summed(type))
    }
    table.pointee.sum_end = { context in
      guard let context else { return }
      Unmanaged<Host>.fromOpaque(context).takeUnretainedValue().processes?.endSums()
    }
  }

  deinit { table.deallocate() }
}
