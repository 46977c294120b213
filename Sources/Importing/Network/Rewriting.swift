import IR

// The layers as a whole: who reads which, and what becomes of several that come to one.
extension NetworkImport {
  /// Runs the rewrites until none finds anything, and leaves out what no output needs.
  mutating func simplify(_ rewrites: [ImportRewrite]) throws {
    dropUnread()
    var isChanged = true
    while isChanged {
      isChanged = false
      var index = 0
      while index < layers.count {
        let changed = try rewrites.contains { try $0.run(index, &self) }
        if changed {
          isChanged = true
        } else {
          index += 1
        }
      }
      if isChanged { dropUnread() }
    }
  }

  /// The layers that read a value; one that reads it twice stands twice.
  package func users(of id: ValueID) -> [Int] {
    layers.indices.flatMap { index in
      layers[index].operands.compactMap { $0.id == id ? index : nil }
    }
  }

  /// The only reader of what layer `index` makes; nil where others, or the network's user, read it
  /// too.
  package func onlyUser(of index: Int) -> Int? {
    let id = ValueID.result(of: index)
    guard !outputs.contains(where: { $0.id == id }) else { return nil }
    let users = users(of: id)
    return users.count == 1 ? users[0] : nil
  }

  /// Lets all who read `old` read `new`.
  package mutating func replace(_ old: ValueID, by new: ValueID) {
    for index in layers.indices {
      layers[index].operands = layers[index].operands.map {
        $0 == .value(old) ? .value(new) : $0
      }
    }
    for index in outputs.indices where outputs[index].id == old { outputs[index].id = new }
  }

  /// Makes layer `index` anew with other arguments and tensors.
  package mutating func remake(
    _ index: Int, as keyword: String? = nil, _ arguments: [ImportedArgument],
    _ tensors: [TensorDeclaration.Role: ImportTensor], frozen: [TensorDeclaration.Role] = []
  ) throws {
    let old = layers[index]
    let made = try layer(
      keyword ?? old.keyword, old.operands, arguments, tensors, frozen: frozen)
    guard case .result(let last) = made, var new = layers.popLast(), last == layers.count else {
      return
    }
    new.hint = old.hint ?? new.hint
    layers[index] = new
  }

  /// Leaves out the layers that no output needs.
  package mutating func dropUnread() {
    var isNeeded = [Bool](repeating: false, count: layers.count)
    for output in outputs { if let index = output.id.layer { isNeeded[index] = true } }
    for index in layers.indices.reversed() where isNeeded[index] {
      for operand in layers[index].operands {
        if let layer = operand.id?.layer { isNeeded[layer] = true }
      }
    }
    var places: [Int] = []
    var kept: [ImportedLayer] = []
    for index in layers.indices {
      places.append(kept.count)
      if isNeeded[index] { kept.append(layers[index]) }
    }
    func moved(_ id: ValueID) -> ValueID { id.layer.map { .result(of: places[$0]) } ?? id }
    for index in kept.indices {
      kept[index].operands = kept[index].operands.map { operand in
        operand.id.map { .value(moved($0)) } ?? operand
      }
    }
    layers = kept
    for index in outputs.indices { outputs[index].id = moved(outputs[index].id) }
  }
}
