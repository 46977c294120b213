import IR

/// One step of a model's optimizers from their formulas, number by number in double: what the generated
/// updates are held against.
struct NaiveOptimizer {
  let model: Model
  /// The gradients of all parameters that move, by name.
  let gradients: [String: [Double]]

  /// What the first step of a training makes of the parameter `role` of layer `index`, whose numbers
  /// are `before`; nil where it does not move.
  func moved(_ role: TensorDeclaration.Role, of index: Int, from before: [Double]) -> [Double]? {
    guard let declared = model.parameters(of: index).first(where: { $0.role == role }),
      let gradient = gradients["\(model.layers[index].name).\(declared.name)"]
    else { return nil }
    let optimizer = model.optimizer(of: role, in: index)
    var numbers = Dictionary(
      uniqueKeysWithValues: optimizer.hyperparameters.map { ($0.name, $0.value) })
    (numbers["t"], numbers["steps"], numbers["epoch"]) = (1, 0, 0)
    for scalar in optimizer.scalars { numbers[scalar.name] = scalar.value.value(numbers) }
    var each = zip(before, gradient).map { p, g in
      var values = numbers
      // Averages start as what they are averages of.
      for slot in optimizer.slots { values[slot.name] = start(of: slot, p) }
      (values["p"], values["g"]) = (p, g * factor)
      return values
    }
    apply(optimizer.updates, to: &each)
    if let step = optimizer.tensorStep { apply(step, declared.shape, numbers, to: &each) }
    return each.map { $0["p"] ?? .nan }
  }

  private func start(of slot: Optimizer.Slot, _ p: Double) -> Double {
    slot == model.training.averaging?.slot ? p : slot.start
  }

  /// What all gradients are multiplied by.
  private var factor: Double {
    guard let factor = model.training.clipping?.factor else { return 1 }
    let all = gradients.values.reduce(0) { $1.reduce($0) { $0 + $1 * $1 } }
    return factor.value(["norm": all.squareRoot()])
  }

  private func apply(_ updates: [Optimizer.Assignment], to each: inout [[String: Double]]) {
    for index in each.indices {
      for update in updates { each[index][update.name] = update.value.value(each[index]) }
    }
  }

  /// What is done to a whole parameter.
  private func apply(
    _ step: TensorStep, _ shape: [Int], _ numbers: [String: Double],
    to each: inout [[String: Double]]
  ) {
    let rows = shape.first ?? 1
    let columns = each.count / max(rows, 1)
    func all(_ name: String) -> [Double] { each.map { $0[name] ?? .nan } }
    if let iteration = step.orthogonalization {
      let direction = iteration.orthogonal(all("g"), rows: rows, columns: columns)
      for index in each.indices { each[index]["g"] = direction[index] }
    }
    var whole = numbers
    (whole["rows"], whole["columns"]) = (Double(rows), Double(columns))
    (whole["parameter_norm"], whole["direction_norm"]) = (norm(all("p")), norm(all("g")))
    for scalar in step.scalars {
      whole[scalar.name] = scalar.value.value(whole)
      for index in each.indices { each[index][scalar.name] = whole[scalar.name] }
    }
    apply(step.updates, to: &each)
  }
}

extension TensorStep.Orthogonalization {
  /// The matrix `g` after the steps of the iteration: X becomes aX + (bA + cAA)X, A = X X^T, of its
  /// shorter side.
  fileprivate func orthogonal(_ g: [Double], rows: Int, columns: Int) -> [Double] {
    let isTall = rows > columns
    let (m, n) = isTall ? (columns, rows) : (rows, columns)
    let scale = 1 / max(norm(g), epsilon)
    func place(_ i: Int, _ j: Int) -> Int { isTall ? j * columns + i : i * columns + j }
    var x = (0..<m).map { i in (0..<n).map { j in g[place(i, j)] * scale } }
    for _ in 0..<steps {
      let a = product(x, transposed(x))
      let square = product(a, a)
      let mixed = (0..<m).map { i in
        (0..<m).map { j in coefficients[1] * a[i][j] + coefficients[2] * square[i][j] }
      }
      let change = product(mixed, x)
      x = (0..<m).map { i in (0..<n).map { j in coefficients[0] * x[i][j] + change[i][j] } }
    }
    var result = g
    for i in 0..<m { for j in 0..<n { result[place(i, j)] = x[i][j] } }
    return result
  }
}

private func transposed(_ a: [[Double]]) -> [[Double]] {
  (a.first ?? []).indices.map { j in a.map { $0[j] } }
}

private func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
  let columns = transposed(b)
  return a.map { row in columns.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } } }
}
