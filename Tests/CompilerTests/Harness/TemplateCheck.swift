import Lowering

/// A template's names held against the stored properties of the contexts that fill it in.
struct TemplateCheck {
  /// Names that no context has.
  private(set) var unknown: Set<String> = []
  /// Lists that were empty in every context (with ^: in none), so that what is in their sections
  /// could not be checked.
  var unreached: Set<String> { lists.subtracting(reached) }
  /// Names that the template has, known or not.
  private(set) var used: Set<String> = []
  /// Properties of the contexts.
  private(set) var properties: Set<String> = []

  private var lists: Set<String> = []
  private var reached: Set<String> = []
  private let nodes: [Node]

  private indirect enum Node {
    case name(String)
    case section(String, [Node])
    /// A section for where the list is empty.
    case inverted(String, [Node])
  }

  struct Unbalanced: Error { let template: String }

  init(_ text: String, name: String) throws {
    var stack: [(name: String, nodes: [Node])] = [("", [])]
    for match in text.matches(of: #/\{\{([#^\/]?)([^}]*)\}\}/#) {
      let tag = String(match.2)
      switch match.1 {
      case "#": stack.append((tag, []))
      case "^": stack.append(("^" + tag, []))
      case "/":
        guard let (open, nodes) = stack.popLast(), !stack.isEmpty else {
          throw Unbalanced(template: name)
        }
        switch open {
        case tag: stack[stack.count - 1].nodes.append(.section(tag, nodes))
        case "^" + tag: stack[stack.count - 1].nodes.append(.inverted(tag, nodes))
        default: throw Unbalanced(template: name)
        }
      default: stack[stack.count - 1].nodes.append(.name(tag))
      }
    }
    guard stack.count == 1 else { throw Unbalanced(template: name) }
    nodes = stack[0].nodes
  }

  /// Looks up every name of the template in `context`.
  mutating func hold(against context: any TemplateContext) {
    let members = Self.members(of: context)
    properties.formUnion(members.keys)
    walk(nodes, [members])
  }

  private mutating func walk(_ nodes: [Node], _ scopes: [[String: Any]]) {
    for node in nodes {
      switch node {
      case .name("."): continue
      case .name(let name): _ = look(name, scopes)
      case .section(let name, let inner):
        guard let value = look(name, scopes) else { continue }
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .collection else {
          // A flag or a text that may be missing: what is in the section is seen from outside.
          walk(inner, scopes)
          continue
        }
        lists.insert(name)
        for element in mirror.children {
          reached.insert(name)
          walk(inner, scopes + [Self.members(of: element.value)])
        }
      case .inverted(let name, let inner):
        guard let value = look(name, scopes) else { continue }
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .collection {
          lists.insert("^" + name)
          guard mirror.children.isEmpty else { continue }
          reached.insert("^" + name)
        }
        walk(inner, scopes)
      }
    }
  }

  /// The value that a name stands for, looked for from the inside out as Mustache does.
  private mutating func look(_ name: String, _ scopes: [[String: Any]]) -> Any? {
    used.insert(name)
    for scope in scopes.reversed() {
      if let value = scope[name] { return value }
    }
    unknown.insert(name)
    return nil
  }

  private static func members(of value: Any) -> [String: Any] {
    var members: [String: Any] = [:]
    for child in Mirror(reflecting: value).children {
      if let label = child.label { members[label] = child.value }
    }
    return members
  }
}
