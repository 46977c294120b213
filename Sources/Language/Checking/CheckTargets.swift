import Diagnostics
import IR

// What a training block does to targets that have something for each place of an image.
extension Checker {
  /// What an entry names after `on`: inputs, and targets where it moves what inputs show.
  mutating func checkNames(of change: InputChange) {
    let moves = (change.operation as? any Augmentation)?.movesPlaces == true
    for name in change.names ?? [] where !inputs.contains(where: { $0.name == name.text }) {
      let isTarget = targetNames.contains { $0.text == name.text }
      if isTarget, moves { continue }
      let known = inputs.map(\.name) + (moves ? targets.map(\.name) : [])
      report(
        isTarget
          ? .targetNotChanged(name, by: change.operation.keyword)
          : .unknownInput(name, known: known))
    }
  }

  /// Moves the targets that have something for each place of an input with it: all, or those that the
  /// entry names.
  mutating func moveTargets(with changed: [Int], by change: InputChange) {
    guard let augmentation = change.operation as? any Augmentation, augmentation.movesPlaces else {
      return
    }
    let names = change.names ?? []
    for index in targets.indices {
      let isNamed = names.contains { $0.text == targets[index].name }
      let error: ShapeError?
      if names.isEmpty || isNamed {
        error = move(index, with: changed, by: augmentation, isNamed: isNamed)
      } else {
        error = misfit(of: index, staying: augmentation, changed)
      }
      if let error { report(.shapeMismatch(error, at: change.range, uses: [])) }
    }
  }

  /// Adds an augmentation of inputs to those of a target; says why it cannot.
  private mutating func move(
    _ index: Int, with changed: [Int], by augmentation: any Augmentation, isNamed: Bool
  ) -> ShapeError? {
    let (keyword, name) = (augmentation.keyword, targets[index].name)
    guard let image = targets[index].image else {
      return isNamed
        ? ShapeError(
          "\(keyword) moves what has places, and the target '\(name)' has one number or class for each "
            + "example",
          help: "name the targets that are images") : nil
    }
    guard let first = changed.first else {
      return isNamed
        ? ShapeError(
          "\(keyword) would move the target '\(name)' and no input",
          help: "name the input that it belongs to as well: 'on \(inputNames[0].text), \(name)'")
        : nil
    }
    guard changed.contains(where: { hasPlaces(inputs[$0].shape, of: image) }) else {
      return otherPlaces(index, than: first, keyword)
    }
    do throws(ShapeError) {
      _ = try augmentation.resultShape(of: [image])
    } catch {
      return error
    }
    let isOfClasses = targets[index].kind.classCount > 0
    targets[index].moves.append(
      AnyOperation(isOfClasses ? augmentation.ofClasses : augmentation))
    return nil
  }

  /// Why a target cannot stay where it is while some inputs move, which an entry names: nil where there
  /// are others that it may belong to.
  private func misfit(
    of index: Int, staying augmentation: any Augmentation, _ changed: [Int]
  ) -> ShapeError? {
    guard let image = targets[index].image, let first = changed.first else { return nil }
    let fitting = inputs.indices.filter { hasPlaces(inputs[$0].shape, of: image) }
    if fitting.isEmpty { return otherPlaces(index, than: first, augmentation.keyword) }
    guard fitting.allSatisfy(changed.contains) else { return nil }
    let name = targets[index].name
    return ShapeError(
      "\(augmentation.keyword) moves what an input shows, and the target '\(name)' "
        + "\(Shape(places(of: targets[index]))) would not move with it",
      help: "name both: 'on \(inputs[fitting[0]].name), \(name)'")
  }

  private func otherPlaces(_ index: Int, than input: Int, _ keyword: String) -> ShapeError {
    ShapeError(
      "\(keyword) moves what the input '\(inputs[input].name)' \(inputs[input].shape) shows, and the "
        + "target '\(targets[index].name)' \(Shape(places(of: targets[index]))) has other places",
      help: "augment such a model with brightness, contrast, noise or cutout")
  }

  /// Whether two shapes have the same rows and columns, or the same length.
  private func hasPlaces(_ shape: Shape, of image: Shape) -> Bool {
    shape.dimensions.dropFirst() == image.dimensions.dropFirst()
  }

  private func places(of target: Target) -> [Int] {
    switch target.kind {
    case .classes(_, let positions): positions
    case .values(let shape): shape.dimensions.count > 1 ? shape.dimensions : []
    }
  }

  /// A target that has something for each place of an image stays where it is in an evaluation.
  mutating func checkPlaces(_ what: String, at range: SourceRange) {
    for target in targets where target.image != nil {
      report(
        .shapeMismatch(
          ShapeError(
            "\(what) moves what an input shows, and the target '\(target.name)' "
              + "\(Shape(places(of: target))) would not move with it"),
          at: range, uses: []))
    }
  }
}
