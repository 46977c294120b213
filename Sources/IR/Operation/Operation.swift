/// What a layer computes: one value type in one file. The value says how the operation is written,
/// what it makes of which shapes, what it learns and keeps, and its formula; further protocols, its
/// capabilities, say what passes may do with it. No pass knows an operation by its name.
package protocol Operation: Hashable, Sendable {
  /// The word in a model file, and the stem of the layer's name: `conv` makes `conv1`, `conv2`, …
  var keyword: String { get }

  /// The attributes with their values, in the order of the language's documentation.
  var attributes: [AttributeValue] { get }

  /// The shape of one example's result.
  ///
  /// - Throws: `ShapeError` where the operands do not fit.
  func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape

  /// What is learned, in the order of the parameter region.
  func parameters(of operands: [Shape]) -> [TensorDeclaration]

  /// What is kept from step to step but not learned, in the order of the state region.
  func state(of operands: [Shape]) -> [TensorDeclaration]

  /// Multiply-adds of the forward pass for one example.
  func multiplyAdds(of operands: [Shape]) -> Int

  /// The formula, as the comment over the generated function says it.
  var formula: String { get }

  /// The result, straight from the formula, one number after the other: what the generated C is
  /// held against.
  func reference(_ inputs: ReferenceInputs) -> [Double]
}

extension Operation {
  package var attributes: [AttributeValue] { [] }
  package func parameters(of operands: [Shape]) -> [TensorDeclaration] { [] }
  package func state(of operands: [Shape]) -> [TensorDeclaration] { [] }
  package func multiplyAdds(of operands: [Shape]) -> Int { 0 }
}

/// An attribute of an operation and what it is, as the model's text shows it.
package struct AttributeValue: Hashable, Sendable {
  package let name: String
  package let value: String

  /// The attribute that `key` reads.
  package init<Value>(_ key: Key<Value>, _ value: some CustomStringConvertible) {
    name = key.name
    self.value = value.description
  }

  /// What is called `name` in the model's text, though no key reads it.
  init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// Why an operation cannot take its operands: what the checker turns into a diagnostic.
package struct ShapeError: Error, Hashable, Sendable {
  /// One clause, no full stop: "conv needs an image [channels, height, width], this is [800]".
  package var message: String
  /// What would help, if that is known: "put flatten before it".
  package var help: String?

  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}

/// An operation of any type.
package struct AnyOperation: Hashable, Sendable {
  package let base: any Operation

  package init(_ base: any Operation) { self.base = base }

  package static func == (left: AnyOperation, right: AnyOperation) -> Bool {
    AnyHashable(left.base) == AnyHashable(right.base)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}
