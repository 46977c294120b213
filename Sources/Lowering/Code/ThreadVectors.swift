/// The memory that each thread has for itself, enough for any kernel.
package struct ThreadVectors: SharedFunction {
  package var template: String { "Shared/thread_vectors.c.mustache" }
  package var stem: String { "thread_vectors" }
  package var name = ""
  let vectors: Int

  package init(_ names: CodegenContext) {
    vectors = names.plan.threadVectors
  }
}
