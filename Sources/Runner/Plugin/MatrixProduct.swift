import COpenBLAS
import PluginABI

/// OpenBLAS for the products that a plugin hands out. It works on the calling thread alone: the
/// threads are the plugin's to use, and the same bits must come whatever their number.
enum MatrixProduct {
  /// To be called once, before the first product.
  static func prepare() { openblas_set_num_threads(1) }

  /// One product, of floats or of doubles.
  static func multiply(_ product: bnc_gemm) {
    let transposeA = product.transpose_a == 0 ? CblasNoTrans : CblasTrans
    let transposeB = product.transpose_b == 0 ? CblasNoTrans : CblasTrans
    let beta: Double = product.accumulate == 0 ? 0 : 1
    if product.element_size == 4 {
      cblas_sgemm(
        CblasRowMajor, transposeA, transposeB, product.m, product.n, product.k, 1,
        product.a?.assumingMemoryBound(to: Float.self), product.stride_a,
        product.b?.assumingMemoryBound(to: Float.self), product.stride_b, Float(beta),
        product.c?.assumingMemoryBound(to: Float.self), product.stride_c)
    } else {
      cblas_dgemm(
        CblasRowMajor, transposeA, transposeB, product.m, product.n, product.k, 1,
        product.a?.assumingMemoryBound(to: Double.self), product.stride_a,
        product.b?.assumingMemoryBound(to: Double.self), product.stride_b, beta,
        product.c?.assumingMemoryBound(to: Double.self), product.stride_c)
    }
  }
}
