import IR
import Lowering

/// What kernels' contexts need to know of the plan: names, places, the line in the model.
struct Naming: Sendable {
  let plan: KernelPlan
  /// The model file's name, without folders.
  let source: String

  /// `mnist_cnn.bn:9`
  func line(of layer: Int) -> String {
    "\(source):\(plan.model.layers[layer].range.lower.line)"
  }

  /// A layer's name.
  func layer(_ index: Int) -> String { plan.model.layers[index].name }

  /// A buffer's name.
  func buffer(_ id: BufferID) -> String { plan[id].name }

  /// A tensor's member in `struct parameters` or `struct state`: `conv1_weight`.
  func member(_ tensor: TensorID) -> String { "\(layer(tensor.layer))_\(tensor.role.rawValue)" }

  /// The shape of a layer's first operand.
  func inputShape(of layer: Int) -> String {
    plan.model.shape(of: plan.model.layers[layer].operands[0]).description
  }

  /// The shape of a layer's result.
  func outputShape(of layer: Int) -> String { plan.model.layers[layer].shape.description }

  /// C that does with one number's gradient what is to be done with it.
  func store(
    _ value: String, of tensor: TensorID, at index: String, _ destination: GradientDestination
  ) -> String {
    switch destination {
    case .update: "descend(&s->parameters->\(member(tensor))[\(index)], \(value), s);"
    case .buffer(let id): "s->scratch[\(buffer(id)) + \(index)] = \(value);"
    case .region: "s->gradients->\(member(tensor))[\(index)] = \(value);"
    }
  }

  /// C that does so with the gradients of a row of at most a vector.
  func storeRow(
    _ value: String, of tensor: TensorID, at index: String, count: String,
    _ destination: GradientDestination
  ) -> String {
    let address = address(of: tensor, at: index, destination)
    return switch destination {
    case .update: "descend_row(\(address), \(value), \(count), s);"
    case .buffer, .region: "store_row(\(address), \(value), \(count));"
    }
  }

  /// C for the place of one number that a gradient changes.
  func address(
    of tensor: TensorID, at index: String, _ destination: GradientDestination
  ) -> String {
    switch destination {
    case .update: "&s->parameters->\(member(tensor))[\(index)]"
    case .buffer(let id): "&s->scratch[\(buffer(id)) + \(index)]"
    case .region: "&s->gradients->\(member(tensor))[\(index)]"
    }
  }
}
