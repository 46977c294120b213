import Diagnostics
import IR

/// A layer that nodes became.
package struct ImportedLayer: Sendable {
  package var keyword: String
  package var operands: [ImportedOperand]
  package var arguments: [ImportedArgument]
  package var operation: any Operation
  /// The shape of one example's result.
  package var shape: Shape
  /// Its parameters and statistics.
  package var tensors: [TensorDeclaration.Role: ImportTensor]
  /// What does not learn, for the graph had no such thing.
  package var frozen: [TensorDeclaration.Role]
  /// What the graph calls it, if it calls it anything.
  package var hint: String?
}

/// What a layer reads.
package enum ImportedOperand: Hashable, Sendable {
  case value(ValueID)
  case number(Double)

  package var id: ValueID? { if case .value(let id) = self { id } else { nil } }

  package var number: Double? { if case .number(let number) = self { number } else { nil } }
}

/// What a layer is told.
package struct ImportedArgument: Hashable, Sendable {
  /// The parameter that it is for.
  package var name: String
  /// Whether its key is left out in the text.
  package var isByPlace: Bool
  package var value: Constant

  /// An argument with its key.
  package static func key(_ name: String, _ value: Constant) -> Self {
    .init(name: name, isByPlace: false, value: value)
  }

  /// An argument by place.
  package static func place(_ name: String, _ value: Constant) -> Self {
    .init(name: name, isByPlace: true, value: value)
  }

  /// As the language writes it.
  package var text: String { (isByPlace ? "" : "\(name): ") + value.written }
}

extension Constant {
  package static func whole(_ number: Int) -> Constant { .number(Double(number)) }

  /// One number for all axes where it is the same along each, else one by axis.
  package static func sizes(_ sizes: [Int]) -> Constant {
    Set(sizes).count == 1 ? .whole(sizes[0]) : .list(sizes.map(Constant.whole))
  }

  /// As the language writes it.
  package var written: String {
    switch self {
    case .number(let value): Self.written(value)
    case .flag(let value): value ? "true" : "false"
    case .word(let word): word
    case .list(let values): "[\(values.map(\.written).joined(separator: ", "))]"
    case .unknown: "?"
    }
  }

  /// A number as the language writes it: 1e-05 as 1e-5.
  package static func written(_ number: Double) -> String {
    plain(number).replacing("e-0", with: "e-").replacing("e+", with: "e")
  }
}
