/// A value of the forward pass.
package enum ValueID: Hashable, Sendable, Comparable {
  /// An input of the model, by its index.
  case input(Int)
  /// The result of a layer.
  case result(of: Int)

  /// The layer that makes this value; nil of an input.
  package var layer: Int? {
    switch self {
    case .input: nil
    case .result(let layer): layer
    }
  }
}

/// Something of each value of a model.
package struct ValueTable<Element> {
  private var inputs: [Element]
  private var results: [Element]

  /// What `make` says of each value.
  package init(of model: Model, _ make: (ValueID) -> Element) {
    inputs = model.inputs.indices.map { make(.input($0)) }
    results = model.layers.indices.map { make(.result(of: $0)) }
  }

  private init(inputs: [Element], results: [Element]) {
    self.inputs = inputs
    self.results = results
  }

  package subscript(id: ValueID) -> Element {
    get {
      switch id {
      case .input(let index): inputs[index]
      case .result(let layer): results[layer]
      }
    }
    set {
      switch id {
      case .input(let index): inputs[index] = newValue
      case .result(let layer): results[layer] = newValue
      }
    }
  }

  /// The same of what `transform` makes of each.
  package func map<Other>(_ transform: (Element) -> Other) -> ValueTable<Other> {
    ValueTable<Other>(inputs: inputs.map(transform), results: results.map(transform))
  }
}

extension ValueTable: Equatable where Element: Equatable {}
extension ValueTable: Hashable where Element: Hashable {}
extension ValueTable: Sendable where Element: Sendable {}
