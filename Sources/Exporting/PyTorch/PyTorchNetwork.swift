import Diagnostics
import IR

/// A network as a module of PyTorch: what `bnc export --pytorch` writes.
package struct PyTorchNetwork {
  /// The Python file.
  package private(set) var text = ""
  /// What the module's `state_dict` has, in order.
  package private(set) var tensors: [StateTensor] = []

  /// A tensor of the `state_dict`.
  package struct StateTensor: Hashable, Sendable {
    /// Its name there: `batchnorm1.running_var`.
    package let name: String
    package let shape: [Int]
    package let content: Content

    package enum Content: Hashable, Sendable {
      /// The tensor that bnc calls so: `batchnorm1.running_variance`.
      case own(String)
      case ones
      /// A single whole number.
      case batchCount
    }
  }

  /// The layers as modules and functions, one after the other.
  ///
  /// - Throws: `Failure` where a layer has no words in PyTorch.
  package init(of model: Model, _ options: ExportOptions) throws {
    let variables = PythonVariables(model)
    var (layers, taken): ([ExportedLayer], Set<String>) = ([], [])
    for index in model.layers.indices where !model.isAlias(index) {
      let layer = model.layers[index]
      var python = PyTorchLayer(
        name: PythonNames.attribute(layer.name, &taken),
        operands: layer.operands.map { variables.names[$0] },
        shapes: model.operandShapes(of: layer), result: layer.shape)
      do {
        let value = try layer.op.base.python(&python)
        layers.append(
          ExportedLayer(
            index: index, python: python, result: variables.names[.result(of: index)], value: value
          ))
      } catch let error as ExportError {
        throw options.failure(error, at: layer)
      }
    }
    tensors = layers.flatMap { $0.tensors(model) }
    text = PyTorchText(model, options, layers, variables, tensors).text
  }
}

/// A layer that has become Python.
struct ExportedLayer {
  let index: Int
  let python: PyTorchLayer
  /// The variable of its result, and what it is.
  let result, value: String

  func tensors(_ model: Model) -> [PyTorchNetwork.StateTensor] {
    let declared = model.parameters(of: index) + model.state(of: index)
    return (python.module?.tensors ?? []).compactMap { tensor in
      let name = "\(python.name).\(tensor.name)"
      switch tensor.content {
      case .ones(let count): return .init(name: name, shape: [count], content: .ones)
      case .batchCount: return .init(name: name, shape: [], content: .batchCount)
      case .tensor(let role):
        return declared.first { $0.role == role }.map {
          .init(
            name: name, shape: $0.shape,
            content: .own("\(model.layers[index].name).\($0.name)"))
        }
      }
    }
  }
}

/// The variables that hold a network's values.
struct PythonVariables {
  /// By value: an input's own, what the model calls the value, or the layer's; and one that is
  /// written again and again for values that only the next layer reads.
  let names: ValueTable<String>

  init(_ model: Model) {
    var taken: Set<String> = []
    var names = ValueTable(of: model) { _ in "" }
    for (index, input) in model.inputs.enumerated() {
      names[.input(index)] = PythonNames.variable(input.name, &taken)
    }
    for layer in model.layers { if let name = layer.valueName { taken.insert(name) } }
    let free = ["x", "h", "z"].first { !taken.contains($0) } ?? "x"
    let passing = PythonNames.variable(free, &taken)
    taken.subtract(model.layers.compactMap(\.valueName))
    let users = model.usersBehindAliases
    for (index, layer) in model.layers.enumerated() {
      let id = ValueID.result(of: index)
      if model.isAlias(index) {
        names[id] = names[layer.operands[0]]
      } else if let name = layer.valueName, !taken.contains(name) {
        names[id] = PythonNames.variable(name, &taken)
      } else if let next = model.layers.indices.first(where: { $0 > index && !model.isAlias($0) }),
        Set(users[id]) == [next], !model.outputs.contains(where: { model.behindAliases($0) == id })
      {
        names[id] = passing
      } else {
        names[id] = PythonNames.variable(layer.name, &taken)
      }
    }
    self.names = names
  }
}

extension Model {
  /// Whether layer `index` is nothing of a network's own: what changes the data of a training.
  func isAlias(_ index: Int) -> Bool { layers[index].op.base is any Augmentation }

  /// The value that `id` is when augmentations are left out.
  func behindAliases(_ id: ValueID) -> ValueID {
    guard let index = id.layer, isAlias(index) else { return id }
    return behindAliases(layers[index].operands[0])
  }

  /// The layers that read each value, augmentations left out.
  fileprivate var usersBehindAliases: ValueTable<[Int]> {
    var users = ValueTable(of: self) { _ in [Int]() }
    for (index, layer) in layers.enumerated() where !isAlias(index) {
      for operand in layer.operands { users[behindAliases(operand)].append(index) }
    }
    return users
  }
}

extension Operation {
  /// Python for its result.
  fileprivate func python(_ layer: inout PyTorchLayer) throws -> String {
    if let operation = self as? any PyTorchOperation { return try operation.addPyTorch(to: &layer) }
    if self is any ViewOperation {
      let sizes = layer.result.dimensions
      return sizes.count == 1
        ? "\(layer.operands[0]).flatten(1)"
        : Python.call("\(layer.operands[0]).reshape", ["-1"] + sizes.map(String.init))
    }
    throw ExportError("PyTorch has no module or function for '\(keyword)'")
  }
}
