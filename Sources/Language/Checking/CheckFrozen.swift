import Diagnostics
import IR

extension Checker {
  /// Freezes what `frozen` says of the layers from number `first` on.
  mutating func freeze(_ frozen: FrozenSyntax, from first: Int) {
    var roles: [TensorDeclaration.Role] = []
    for index in first..<layers.count {
      for role in parameterRoles(of: layers[index]) {
        if !roles.contains(role) { roles.append(role) }
        if frozen.names.isEmpty || frozen.names.contains(where: { $0.text == role.rawValue }) {
          layers[index].frozen.insert(role)
        }
      }
    }
    if roles.isEmpty { report(.nothingToFreeze(frozen, layers: layers[first...].map(\.name))) }
    if roles.isEmpty { return }
    for name in frozen.names where !roles.contains(where: { $0.rawValue == name.text }) {
      report(.unknownParameter(name, known: roles.map(\.rawValue)))
    }
  }

  /// What the layer learns. The layers before it are all there, so the shapes are known.
  private func parameterRoles(of layer: Layer) -> [TensorDeclaration.Role] {
    let shapes = layer.operands.map { operand in
      switch operand {
      case .input(let index): inputs[index].shape
      case .result(let index): layers[index].shape
      }
    }
    return layer.op.base.parameters(of: shapes).map(\.role)
  }
}
