import Diagnostics

/// What a call was given, parameter by parameter, each one accepted by its parameter.
package struct Arguments: Sendable {
  /// The constants by parameter; what is not here was not given.
  package var constants: [String: Constant] = [:]
  /// Where each one stands.
  package var ranges: [String: SourceRange] = [:]

  package init() {}

  /// What `key` was given or falls back to.
  ///
  /// - Throws: where there is neither; the checker asks for what must be given before this is read.
  package func value<Value>(_ key: Key<Value>) throws(ArgumentError) -> Value {
    if let value = given(key) ?? key.fallback { return value }
    throw ArgumentError(key.parameter.name, "is missing")
  }

  /// What `key` was given; nil where nothing was said.
  package func given<Value>(_ key: Key<Value>) -> Value? {
    constants[key.parameter.name].flatMap(key.read)
  }
}

/// Why an argument does not fit the other ones, though it is by itself what its parameter takes.
package struct ArgumentError: Error, Hashable, Sendable {
  /// The parameter.
  package let name: String
  /// What is wrong, to follow the parameter's name: "must be smaller than kernel, which is 3".
  package let message: String
  /// What to do.
  package let help: String?

  package init(_ name: String, _ message: String, help: String? = nil) {
    self.name = name
    self.message = message
    self.help = help
  }
}
