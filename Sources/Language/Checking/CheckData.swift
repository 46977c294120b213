import Diagnostics
import IR

/// An operation of the training block that stands between inputs and all that reads them.
struct InputChange {
  var operation: any Operation
  /// Where the block says so.
  var range: SourceRange
  /// The inputs that it is for; nil of an operation for all of them, empty of one for those that it
  /// can take.
  var names: [NameSyntax]?
}

extension Checker {
  /// `data scale(1/255)`; each transform once.
  mutating func check(
    data entry: TrainingEntrySyntax, _ seen: inout [String: SourceRange],
    into training: inout Training
  ) {
    guard let transform = call(library.transforms, "transform of data", entry),
      case .call(let call)? = entry.value
    else { return }
    let name = "data \(call.name.text)"
    if let first = seen[name] {
      report(.duplicateStatement(name, at: entry.name.range, first: first))
      return
    }
    seen[name] = entry.name.range
    if let scale = transform.scale {
      (training.dataScale, training.scalesReals) = (scale, transform.scalesReals)
    }
    if transform.sound != nil || transform.imageSize != nil {
      if let first = seen["data of files"] {
        report(.duplicateStatement("data of sounds or images", at: entry.name.range, first: first))
        return
      }
      seen["data of files"] = entry.name.range
      (training.sound, training.imageSize) = (transform.sound, transform.imageSize)
      fileRange = call.range
    }
    if let operation = transform.operation {
      inputChanges.append(InputChange(operation: operation.base, range: call.range))
    }
  }

  /// Holds what is made of sound against the input that takes it.
  mutating func checkSound(_ training: Training) {
    guard let sound = training.sound, let fileRange, inputs.count == inputNames.count,
      let input = inputs.first
    else { return }
    if inputs.count > 1 {
      report(
        .shapeMismatch(
          ShapeError("sound is for a model of one input, and this one has \(inputs.count)"),
          at: fileRange, uses: []))
    } else if input.shape.dimensions != sound.shape, input.shape.dimensions != [1] + sound.shape {
      report(
        .shapeMismatch(
          ShapeError(
            "the sound becomes \(Shape([1] + sound.shape)), and the input '\(input.name)' is "
              + "\(input.shape)", help: "write 'input \(input.name): \(Shape([1] + sound.shape))'"),
          at: fileRange, uses: []))
    }
  }

  /// Holds what images are brought to against the input that takes them.
  mutating func checkImages(_ training: Training) {
    guard let size = training.imageSize, let fileRange, inputs.count == inputNames.count,
      let input = inputs.first
    else { return }
    if inputs.count > 1 {
      report(
        .shapeMismatch(
          ShapeError(
            "'data resize' is for a model of one input, and this one has \(inputs.count)"),
          at: fileRange, uses: []))
    } else if !size.fits(input.shape.dimensions) {
      let image = Shape([3, size.height, size.width])
      report(
        .shapeMismatch(
          ShapeError(
            "images become \(size.height) rows of \(size.width), and the input '\(input.name)' is "
              + "\(input.shape)",
            help: "write 'input \(input.name): \(image)', with 1 for the 3 where they are grey"),
          at: fileRange, uses: []))
    }
  }

  /// `augment crop(4) on left, right`; each of them is an operation, in the order of the block.
  mutating func check(augmentation entry: TrainingEntrySyntax, into training: inout Training) {
    guard let made = call(library.augmentations, "augmentation", entry),
      case .call(let call)? = entry.value
    else { return }
    if let background = made.background {
      add(background, entry.patterns, at: call.range, to: &training)
    }
    guard var augmentation = made.operation else { return }
    let others = inputChanges.filter { $0.operation is any MixingAugmentation }
    if augmentation is any MixingAugmentation, let first = others.first {
      report(
        .duplicateStatement("augment \(augmentation.keyword)", at: call.range, first: first.range))
      return
    }
    augmentation.stream = inputChanges.filter { $0.operation is any Augmentation }.count
    inputChanges.append(
      InputChange(operation: augmentation, range: call.range, names: entry.patterns))
  }

  /// Puts the operations of the training block between each input and all that reads it.
  mutating func transformInputs(in scope: inout Scope) {
    for change in inputChanges {
      let changed = inputs.indices.filter { isChanged($0, by: change) }
      checkNames(of: change)
      for input in changed { transform(input, change, in: &scope) }
      if changed.isEmpty, change.names?.isEmpty == true, let first = inputs.indices.first {
        // Why the first one cannot be taken.
        transform(first, change, in: &scope)
      }
      moveTargets(with: changed, by: change)
    }
  }

  /// Whether `change` is for an input.
  private func isChanged(_ input: Int, by change: InputChange) -> Bool {
    guard let names = change.names else { return true }
    if !names.isEmpty { return names.contains { $0.text == inputs[input].name } }
    return (try? change.operation.resultShape(of: [inputs[input].shape])) != nil
  }

  private mutating func transform(_ input: Int, _ change: InputChange, in scope: inout Scope) {
    guard let entry = scope.names[inputs[input].name], let value = entry.value else { return }
    let result: Shape
    do throws(ShapeError) {
      result = try change.operation.resultShape(of: [value.shape])
    } catch {
      report(.shapeMismatch(error, at: change.range, uses: []))
      return
    }
    let name = inputLayerName("\(change.operation.keyword)_\(inputs[input].name)")
    layerNames.append(LayerName(text: name, range: change.range, isWritten: false))
    size += 1
    var layer = Layer(
      name: name, op: change.operation, operands: [value.id], shape: result, range: change.range)
    layer.frozen = Set(change.operation.parameters(of: [value.shape]).map(\.role))
    layers.append(layer)
    scope.replace(
      inputs[input].name, by: Value(id: .result(of: layers.count - 1), shape: result))
  }

  /// `stem`, with a number from the second layer of it on.
  private func inputLayerName(_ stem: String) -> String {
    let taken = Set(layers.map(\.name))
    return taken.contains(stem)
      ? (2...).lazy.map { "\(stem)\($0)" }.first { !taken.contains($0) } ?? stem : stem
  }
}
