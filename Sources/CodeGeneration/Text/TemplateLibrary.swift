import Foundation
import Lowering
import Mustache
import Templates

/// The templates of the generated C, read from the program itself.
struct TemplateLibrary: Sendable {
  private let parsed = ParsedTemplates()
  /// All of them, and texts that are taken as they are.
  private let texts: [String: String]

  /// The embedded templates.
  static let embedded = TemplateLibrary()

  private init() {
    var texts: [String: String] = [:]
    for index in 0..<template_count() {
      let entry = template_at(index)
      texts[String(cString: entry.name)] = String(cString: entry.text)
    }
    self.texts = texts
  }

  /// The names of all templates, in order.
  var names: [String] { texts.keys.filter { $0.hasSuffix(".mustache") }.sorted() }

  /// The text of a template or of another embedded file.
  func text(_ name: String) -> String {
    guard let text = texts[name] else { fatalError("there is no template \(name)") }
    return text
  }

  /// The names and texts of all of them, in the order of their names.
  var contents: String {
    texts.sorted { $0.key < $1.key }.map { "\($0.key)\n\($0.value)" }.joined(separator: "\n")
  }

  /// A template with its names replaced by the members of `context`.
  func render(_ context: any TemplateContext) -> String {
    let template =
      context.templateText.map { ParsedTemplates.parse($0, context.template) }
      ?? parsed.template(context.template) { text(context.template) }
    return template.render(ContextMembers(context))
  }

  /// The parameters of a function, as its template declares them.
  func parameters(of function: any SharedFunction) -> [CParameter] {
    guard let parameters = CParameter.all(of: function.name, in: render(function)) else {
      fatalError("the template \(function.template) defines no function of its name")
    }
    return parameters
  }
}

extension SharedFunctions {
  /// For a second look at what `kernels` make of the first: calls that several make are specialized.
  static func specializing(
    _ kernels: [Kernel], _ names: CodegenContext, _ library: TemplateLibrary
  ) -> SharedFunctions {
    var counted = SharedFunctions()
    for kernel in kernels { _ = kernel.context(names, sharing: &counted) }
    return SharedFunctions(Specializer(counted) { library.parameters(of: $0) })
  }
}

/// Each template from when it is first asked for: a model needs a few of them.
private final class ParsedTemplates: @unchecked Sendable {
  private let lock = NSLock()
  private var templates: [String: MustacheTemplate] = [:]

  func template(_ name: String, text: () -> String) -> MustacheTemplate {
    lock.withLock {
      if let known = templates[name] { return known }
      let new = Self.parse(text(), name)
      templates[name] = new
      return new
    }
  }

  static func parse(_ text: String, _ name: String) -> MustacheTemplate {
    do {
      return try MustacheTemplate(string: "{{%CONTENT_TYPE:TEXT}}" + text)
    } catch {
      // The templates are part of the program; a test parses every one of them.
      fatalError("the template \(name) does not parse: \(error)")
    }
  }
}
