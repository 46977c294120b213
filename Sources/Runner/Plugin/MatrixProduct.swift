import Glibc
import PluginABI

/// The products that a plugin hands out: OpenBLAS's. It is loaded for the first of them, so that who
/// needs none has none of its threads and memory, and works on the calling thread alone: the threads
/// are the plugin's to use, and the same bits must come whatever their number.
enum MatrixProduct {
  /// One product, of floats or of doubles.
  static func multiply(_ product: bnc_gemm) {
    guard let library else { return multiplyPlainly(product) }
    let (rowMajor, plain, transposed): (Int32, Int32, Int32) = (101, 111, 112)
    let transposeA = product.transpose_a == 0 ? plain : transposed
    let transposeB = product.transpose_b == 0 ? plain : transposed
    let beta: Double = product.accumulate == 0 ? 0 : 1
    if product.element_size == 4 {
      library.single(
        rowMajor, transposeA, transposeB, product.m, product.n, product.k, 1, product.a,
        product.stride_a, product.b, product.stride_b, Float(beta), product.c, product.stride_c)
    } else {
      library.double(
        rowMajor, transposeA, transposeB, product.m, product.n, product.k, 1, product.a,
        product.stride_a, product.b, product.stride_b, beta, product.c, product.stride_c)
    }
  }

  /// `cblas_sgemm` and `cblas_dgemm`.
  private struct Library: Sendable {
    let single: Single
    let double: Double

    typealias Single =
      @convention(c) (
        Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafeRawPointer?, Int32,
        UnsafeRawPointer?,
        Int32, Float, UnsafeMutableRawPointer?, Int32
      ) -> Void
    typealias Double =
      @convention(c) (
        Int32, Int32, Int32, Int32, Int32, Int32, Swift.Double, UnsafeRawPointer?, Int32,
        UnsafeRawPointer?, Int32, Swift.Double, UnsafeMutableRawPointer?, Int32
      ) -> Void
  }

  /// OpenBLAS, or nil where it cannot be loaded.
  private static let library: Library? = {
    // Asked for before it is loaded: it starts its threads then, and ends the program where the system
    // allows no more of them.
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    guard let handle = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL),
      let single = dlsym(handle, "cblas_sgemm"), let double = dlsym(handle, "cblas_dgemm")
    else { return nil }
    return Library(
      single: unsafeBitCast(single, to: Library.Single.self),
      double: unsafeBitCast(double, to: Library.Double.self))
  }()

  /// The same without OpenBLAS, slowly.
  static func multiplyPlainly(_ product: bnc_gemm) {
    if product.element_size == 4 {
      multiplyPlainly(product, as: Float.self)
    } else {
      multiplyPlainly(product, as: Double.self)
    }
  }

  private static func multiplyPlainly<Number: BinaryFloatingPoint>(
    _ product: bnc_gemm, as type: Number.Type
  ) {
    guard let a = product.a?.assumingMemoryBound(to: type),
      let b = product.b?.assumingMemoryBound(to: type),
      let c = product.c?.assumingMemoryBound(to: type)
    else { return }
    let (strideA, strideB) = (Int(product.stride_a), Int(product.stride_b))
    for row in 0..<Int(product.m) {
      for column in 0..<Int(product.n) {
        let place = row * Int(product.stride_c) + column
        var sum: Number = product.accumulate == 0 ? 0 : c[place]
        for index in 0..<Int(product.k) {
          sum +=
            a[product.transpose_a == 0 ? row * strideA + index : index * strideA + row]
            * b[product.transpose_b == 0 ? index * strideB + column : column * strideB + index]
        }
        c[place] = sum
      }
    }
  }
}
