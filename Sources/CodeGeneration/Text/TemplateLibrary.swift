import Lowering
import Mustache
import Templates

/// The templates of the generated C, read from the program itself.
struct TemplateLibrary: Sendable {
  private let library: MustacheLibrary
  /// Texts that are taken as they are.
  private let texts: [String: String]

  /// The embedded templates.
  static let embedded = TemplateLibrary()

  private init() {
    var templates: [String: MustacheTemplate] = [:]
    var texts: [String: String] = [:]
    for index in 0..<template_count() {
      let entry = template_at(index)
      let name = String(cString: entry.name)
      let text = String(cString: entry.text)
      texts[name] = text
      guard name.hasSuffix(".mustache") else { continue }
      do {
        templates[name] = try MustacheTemplate(string: "{{%CONTENT_TYPE:TEXT}}" + text)
      } catch {
        // The templates are part of the program; a test parses every one of them.
        fatalError("the template \(name) does not parse: \(error)")
      }
    }
    library = MustacheLibrary(templates: templates)
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
    if let text = context.templateText {
      do {
        return try MustacheTemplate(string: "{{%CONTENT_TYPE:TEXT}}" + text).render(context)
      } catch {
        fatalError("the template \(context.template) does not parse: \(error)")
      }
    }
    guard let text = library.render(context, withTemplate: context.template) else {
      fatalError("there is no template \(context.template)")
    }
    return text
  }
}
