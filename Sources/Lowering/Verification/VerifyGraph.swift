import Diagnostics
import IR

extension Graph: Stage {
  /// Every operand is made before it is read, nothing is made twice, no parameter is read after its
  /// update, and every layer is some node's work.
  package func verify() throws(Failure) {
    var made: Set<GraphValue> = []
    var updated: Set<TensorID> = []
    for node in nodes {
      let label = node.operation.label + node.layers.map { "." + model.layers[$0].name }.joined()
      for operand in node.operands {
        switch operand {
        case .parameter(let tensor, let version):
          try require(
            version == (updated.contains(tensor) ? 1 : 0),
            "\(label) reads \(name(operand)) at the wrong time")
        case .running: break
        default:
          try require(made.contains(operand), "\(label) reads \(name(operand)) too early")
        }
        try require(
          !views.contains(operand) || node.readsInPlace(operand),
          "\(label) cannot read \(name(operand)) where it lies")
      }
      for result in node.results {
        try require(made.insert(result).inserted, "\(name(result)) is made twice")
        if case .parameter(let tensor, version: 1) = result { updated.insert(tensor) }
      }
    }
    let covered = Set(nodes.flatMap(\.layers))
    for (index, layer) in model.layers.enumerated() {
      try require(
        covered.contains(index) || prunedLayers.contains(index),
        "no node does the work of \(layer.name)")
    }
    for loss in losses {
      try require(made.contains(.activation(loss.operand)), "nothing makes what a loss reads")
      try require(!views.contains(.activation(loss.operand)), "a loss reads what has no place")
    }
    for output in model.outputs {
      try require(made.contains(.activation(output)), "nothing makes an output")
      try require(!views.contains(.activation(output)), "an output has no place")
    }
  }
}
