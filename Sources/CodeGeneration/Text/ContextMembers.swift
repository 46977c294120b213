import Mustache

/// What a template finds of a context by name: its stored properties, and theirs.
///
/// Mustache by itself reflects on all of a context for each name in a template, which would take most of
/// the time of code generation. This does so once a context, when a template first asks for a member.
/// Members are of any type, as `Mirror` has them: here and nowhere else types are lost.
final class ContextMembers: MustacheParent {
  private let context: Any
  private lazy var members = Self.members(of: context)

  init(_ context: Any) {
    self.context = context
  }

  func child(named name: String) -> Any? { members[name] }

  private static func members(of context: Any) -> [String: Any] {
    var members: [String: Any] = [:]
    for (label, value) in Mirror(reflecting: context).children {
      guard let label else { continue }
      members[label] = readable(value)
    }
    return members
  }

  /// A member as templates read it: texts and numbers as they are, nothing of an optional without a
  /// value, and what has members itself as such.
  private static func readable(_ value: Any) -> Any? {
    if value is String || value is Int || value is Bool || value is [String] { return value }
    let mirror = Mirror(reflecting: value)
    return switch mirror.displayStyle {
    case .optional: mirror.children.first.flatMap { readable($0.value) }
    case .collection: mirror.children.compactMap { readable($0.value) }
    case .struct where !(value is any CustomStringConvertible): ContextMembers(value)
    default: value
    }
  }
}
