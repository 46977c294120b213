import IR

/// An operation that says what it is in PyTorch: a module of its own, or a function.
package protocol PyTorchOperation: Operation {
  /// Adds what the layer needs besides.
  ///
  /// - Returns: Python for its result.
  /// - Throws: `ExportError` where PyTorch has no words for it.
  func addPyTorch(to layer: inout PyTorchLayer) throws -> String
}

/// A layer that becomes Python.
package struct PyTorchLayer {
  /// The attribute of the module that it becomes, where it becomes one: `conv1`.
  package let name: String
  /// Python for what it reads, and the shapes of one example.
  package let operands: [String]
  package let shapes: [Shape]
  /// The shape of one example's result.
  package let result: Shape
  /// The module that it becomes; nil where it is a function.
  private(set) var module: PyTorchModule?
  /// Classes that PyTorch does not have.
  private(set) var classes: [PyTorchClass] = []

  init(name: String, operands: [String], shapes: [Shape], result: Shape) {
    self.name = name
    self.operands = operands
    self.shapes = shapes
    self.result = result
  }

  /// Makes the layer a module.
  ///
  /// - Returns: Python for the module.
  package mutating func module(_ module: PyTorchModule) -> String {
    self.module = module
    return "self.\(name)"
  }

  /// Makes the layer a module of a class that PyTorch does not have.
  package mutating func module(_ module: PyTorchModule, of type: PyTorchClass) -> String {
    classes.append(type)
    return self.module(module)
  }
}

/// A module that holds what a layer learns and keeps.
package struct PyTorchModule: Hashable, Sendable {
  /// Python that makes it: `nn.Conv2d(1, 20, kernel_size=3)`.
  package var construction: String
  /// What its `state_dict` has, in order.
  package var tensors: [PyTorchTensor]
  /// Whether it evaluates in training too: a batch norm that takes the running statistics.
  package var evaluatesAlways = false
  /// What is otherwise than in bnc where it is trained on, a sentence; nil where nothing is.
  package var note: String?

  package init(_ construction: String, _ tensors: [PyTorchTensor] = []) {
    self.construction = construction
    self.tensors = tensors
  }
}

/// A tensor of a module's `state_dict`.
package struct PyTorchTensor: Hashable, Sendable {
  /// Its name in the module: `running_var`.
  package var name: String
  package var content: Content

  package enum Content: Hashable, Sendable {
    /// The layer's own tensor.
    case tensor(TensorDeclaration.Role)
    /// So many ones, which do not learn.
    case ones(Int)
    /// How many batches a batch norm has seen, which matters only without a momentum.
    case batchCount
  }

  package init(_ name: String, _ content: Content) {
    self.name = name
    self.content = content
  }

  /// The layer's own tensor of `role`.
  package static func own(_ role: TensorDeclaration.Role, as name: String) -> Self {
    Self(name, .tensor(role))
  }

  /// The layer's own tensor of `role`, which has the same name there.
  package static func own(_ role: TensorDeclaration.Role) -> Self {
    Self(role.rawValue, .tensor(role))
  }
}

/// A class of a module that PyTorch does not have.
package struct PyTorchClass: Hashable, Sendable {
  package let name: String
  /// The whole of it.
  package let text: String

  package init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
}

/// Numbers and tuples as Python has them.
package enum Python {
  /// `3` of numbers that are all alike, else `(3, 5)`.
  package static func sizes(_ sizes: [Int]) -> String {
    Set(sizes).count == 1 ? "\(sizes[0])" : tuple(sizes)
  }

  /// `(3, 5)`, `(3,)`
  package static func tuple(_ sizes: [Int]) -> String {
    "(\(sizes.map(String.init).joined(separator: ", "))\(sizes.count == 1 ? "," : ""))"
  }

  /// Arguments, those that are nil left out: `stride=2`.
  package static func call(_ function: String, _ arguments: [String?]) -> String {
    "\(function)(\(arguments.compactMap(\.self).joined(separator: ", ")))"
  }

  /// A text as a literal.
  package static func text(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value >= 32 && scalar.value < 127: "\(scalar)"
      default:
        scalar.value < 0x10000
          ? "\\u\(hexadecimal(scalar.value, digits: 4))"
          : "\\U\(hexadecimal(scalar.value, digits: 8))"
      }
    }
    return "\"\(escaped.joined())\""
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
