extension TemplateLibrary {
  /// The interface of a plugin and its host in one header: what a generated network is shipped with
  /// needs no other file.
  var interface: String {
    text("bnc_plugin.h").replacing(
      "#include \"bnc_tables.h\"\n", with: Self.body(of: text("bnc_tables.h")))
  }

  /// What stands in a header between what it includes and the end of its guard.
  private static func body(of header: String) -> String {
    let lines = header.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.lastIndex(where: { $0.hasPrefix("#include") }),
      let end = lines.lastIndex(of: "#endif"), start < end
    else { fatalError("bnc_tables.h has no guard around it") }
    let body = lines[(start + 1)..<end].drop(while: \.isEmpty)
    guard let last = body.lastIndex(where: { !$0.isEmpty }) else { return "" }
    return body[...last].joined(separator: "\n") + "\n"
  }
}
