import Diagnostics
import IR

/// A network on its way from a graph to the language: the layers so far, and what the values of the
/// graph are among them.
package struct NetworkImport {
  /// What made the file, in its own words.
  package let producer: String
  /// The version of ONNX's operators.
  package let opset: Int
  let library: Library
  /// The graph's batch: what `Shape` says of it.
  let batch: Int
  /// The same: a size that no axis has stands for one that is open.
  package var batchSize: Int { batch }
  package private(set) var inputs: [Entry] = []
  package var layers: [ImportedLayer] = []
  /// What the network's user is given.
  package internal(set) var outputs: [Output] = []
  /// What each byte of the inputs is multiplied by, where that is one number.
  var dataScale: Double?
  /// What is to be said of what was left out or changed.
  package var notes: [String] = []
  var values: [String: ImportedValue] = [:]

  /// What the network reads.
  package struct Entry: Hashable, Sendable {
    /// What the graph calls it.
    package var name: String
    /// The shape of one example in the model.
    package var shape: Shape
    /// Whether its numbers are bytes.
    package var isBytes: Bool
  }

  /// What the network's user is given, and what it can be trained with.
  package struct Output: Hashable, Sendable {
    /// What the graph calls it.
    package var name: String
    package var id: ValueID
    package var loss: String
  }

  /// What stands for a batch that the file leaves open: a prime larger than any size.
  static let openBatch = 1_048_583

  init(producer: String, opset: Int, library: Library, batch: Int) {
    self.producer = producer
    self.opset = opset
    self.library = library
    self.batch = batch
  }

  mutating func add(_ input: Entry) -> ValueID {
    inputs.append(input)
    return .input(inputs.count - 1)
  }

  package func shape(of id: ValueID) -> Shape {
    switch id {
    case .input(let index): inputs[index].shape
    case .result(let index): layers[index].shape
    }
  }

  /// The layer that makes a value; nil where it is an input.
  package func layer(making id: ValueID) -> ImportedLayer? { id.layer.map { layers[$0] } }

  // MARK: Operands of a node

  /// What operand `index` of `node` is; nil where it is left out.
  package func operand(_ node: ImportNode, _ index: Int) throws -> ImportedValue? {
    guard let name = node.input(index) else { return nil }
    guard let value = values[name] else {
      throw ImportError("it reads '\(name)', which nothing makes before it")
    }
    return value
  }

  /// Operand `index` of `node`, which layers make.
  package func view(_ node: ImportNode, _ index: Int = 0) throws -> ImportedView {
    switch try operand(node, index) {
    case .computed(let view)?: return view
    case .constant?:
      throw ImportError(
        "operand \(index + 1) is constant, and the language has it only of what is computed")
    case nil: throw ImportError("operand \(index + 1) is left out")
    }
  }

  /// The numbers of operand `index`; nil where it is left out.
  package func constant(_ node: ImportNode, _ index: Int) throws -> ImportTensor? {
    switch try operand(node, index) {
    case .constant(let tensor)?: return tensor
    case .computed?:
      throw ImportError(
        "operand \(index + 1), '\(node.inputs[index])', is computed, and the language has it only of constants"
      )
    case nil: return nil
    }
  }

  /// The numbers of operand `index`, which must be there.
  package func tensor(_ node: ImportNode, _ index: Int) throws -> ImportTensor {
    guard let tensor = try constant(node, index) else {
      throw ImportError("operand \(index + 1) is left out")
    }
    return tensor
  }

  /// Whole numbers of an attribute or, in later versions of ONNX, of an operand; nil where both are
  /// left out.
  package func wholes(_ node: ImportNode, _ attribute: String, orOperand index: Int) throws
    -> [Int]?
  {
    if let values = node.integers(attribute) { return values }
    return try constant(node, index)?.wholes()
  }

  // MARK: Layers

  /// Adds a layer.
  ///
  /// - Parameters:
  ///   - keyword: The operation's word.
  ///   - tensors: Its parameters and statistics, all that it has but `seen`.
  ///   - frozen: Those that are not to learn.
  /// - Throws: `ImportError` where the operation does not take what it is given.
  package mutating func layer(
    _ keyword: String, _ operands: [ImportedOperand], _ arguments: [ImportedArgument] = [],
    _ tensors: [TensorDeclaration.Role: ImportTensor] = [:],
    frozen: [TensorDeclaration.Role] = []
  ) throws -> ValueID {
    guard layers.count < Limits.layers else {
      throw ImportError(
        "it would be layer \(Limits.layers + 1), and a model has \(Limits.layers) at most")
    }
    guard let row = library.operations.definition(of: keyword) else {
      throw ImportError("the language has no '\(keyword)'")
    }
    var operation = try made(row, arguments)
    let numbers = operands.map(\.number)
    if numbers.contains(where: { $0 != nil }), let elementwise = operation as? Elementwise {
      operation = elementwise.fixing(numbers)
    }
    let ids = operands.compactMap(\.id)
    let shapes = ids.map(shape(of:))
    let shape: Shape
    do throws(ShapeError) {
      shape = try operation.resultShape(of: shapes)
    } catch {
      throw ImportError(error.message, help: nil)
    }
    try check(shape)
    let fitted = try fitted(tensors, operation, shapes, keyword)
    let hint = operation.parameters(of: shapes).lazy.compactMap { fitted[$0.role]?.name }
      .compactMap(ImportNames.module).first
    layers.append(
      ImportedLayer(
        keyword: keyword, operands: operands, arguments: arguments, operation: operation,
        shape: shape, tensors: fitted, frozen: frozen, hint: hint))
    return .result(of: layers.count - 1)
  }

  /// The operation that a call with these arguments makes.
  func made(
    _ row: Definition<any Operation>, _ arguments: [ImportedArgument]
  ) throws -> any Operation {
    var made = Arguments()
    let keyword = row.signature.keyword
    for argument in arguments {
      guard let parameter = row.signature.parameters.first(where: { $0.name == argument.name })
      else { throw ImportError("'\(keyword)' has no '\(argument.name)'") }
      if parameter.accepts.refusal(of: argument.value) != nil {
        throw ImportError(
          "'\(argument.name)' of '\(keyword)' is \(parameter.accepts.description), "
            + "and here it is \(argument.value.description)")
      }
      made.constants[argument.name] = argument.value
    }
    do throws(ArgumentError) {
      return try row.make(made)
    } catch {
      throw ImportError("'\(error.name)' of '\(keyword)' \(error.message)")
    }
  }

  private func check(_ shape: Shape) throws {
    let count = shape.dimensions.reduce((1, false)) { product, size in
      let (value, overflow) = product.0.multipliedReportingOverflow(by: size)
      return (value, product.1 || overflow)
    }
    guard Limits.ranks.contains(shape.dimensions.count),
      shape.dimensions.allSatisfy(Limits.dimension.contains), !count.1, count.0 < Limits.elements
    else {
      throw ImportError(
        "it makes a value of shape \(shape), and the language has one to four sizes from 1 to "
          + "\(Limits.dimension.upperBound)")
    }
  }

  /// `tensors` under the shapes that `operation` declares.
  private func fitted(
    _ tensors: [TensorDeclaration.Role: ImportTensor], _ operation: any Operation,
    _ shapes: [Shape], _ keyword: String
  ) throws -> [TensorDeclaration.Role: ImportTensor] {
    var rest = tensors
    var fitted: [TensorDeclaration.Role: ImportTensor] = [:]
    let declared = operation.parameters(of: shapes) + operation.state(of: shapes)
    for tensor in declared where tensor.role != .seen {
      guard let given = rest.removeValue(forKey: tensor.role) else {
        throw ImportError("it lacks the \(tensor.name) of '\(keyword)'")
      }
      guard given.shape == tensor.shape else {
        throw ImportError("its \(tensor.name) is \(given.shape), and must be \(tensor.shape)")
      }
      let numbers = given.floats
      if let index = numbers.firstIndex(where: { !$0.isFinite }) {
        throw ImportError("number \(index) of its \(tensor.name) is \(numbers[index])")
      }
      fitted[tensor.role] = ImportTensor(name: given.name, shape: given.shape, .floats(numbers))
    }
    if let role = rest.keys.map(\.rawValue).min() {
      throw ImportError("'\(keyword)' has no \(role)")
    }
    return fitted
  }
}
