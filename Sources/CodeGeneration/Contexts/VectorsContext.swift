import IR
import Lowering

/// What fills in the vectors that a file works with, and the functions of vectors and numbers that
/// it needs.
struct VectorsContext: TemplateContext {
  var template: String { "File/vectors.c.mustache" }
  let vectorMeaning, integer: String
  let vectorBytes: Int
  let usesTwice, usesPacked, usesBytes: Bool
  let functions: [String]

  /// - Parameter needed: The identifiers of the rest of the file; those of the functions join them.
  init(
    _ names: CodegenContext, needed: inout Set<Substring>, entries: [CLibrary.Entry],
    library: TemplateLibrary
  ) {
    let plan = names.plan
    let own = names.orderedFunctions.map { names.definition(of: $0) }
    for text in own { needed.formUnion(CText.identifiers(of: text)) }
    functions = CLibrary.texts(of: entries, needed: &needed, library) + own
    vectorMeaning =
      "One number of each of LANES \(plan.options.purpose == .inference ? "channels" : "examples")"
    integer = plan.options.precision == .float ? "int32_t" : "int64_t"
    vectorBytes = plan.lanes * plan.options.precision.bytes
    usesTwice = needed.contains("UNROLL_TWICE")
    usesPacked = needed.contains("packed")
    usesBytes = needed.contains("bytes")
  }
}
