import Diagnostics
import IR

/// Checks what each pass hands on. A broken invariant is a mistake in bnc, not in the model; the
/// failure names the pass that made it.
package enum Verifier {
  static func require(
    _ holds: Bool, after pass: String, _ what: @autoclosure () -> String
  ) throws(Failure) {
    guard holds else {
      throw Failure(
        "bnc made a mistake in \(pass): \(what())",
        help: "this is a bug in bnc, not in the model; please report it with the model")
    }
  }

  /// Operands come before users, shapes are those that the operators compute.
  package static func verify(_ model: Model, after pass: String) throws(Failure) {
    for (index, layer) in model.layers.enumerated() {
      for operand in layer.operands {
        try require(
          operand.index >= 0 && operand.index <= index, after: pass,
          "\(layer.name) reads a value that comes later")
      }
      let shape: Shape
      do {
        shape = try layer.op.definition.outputShape(of: model.operandShapes(of: layer))
      } catch {
        throw Failure("bnc made a mistake in \(pass): \(layer.name): \(error.message)")
      }
      try require(
        shape == layer.shape, after: pass, "\(layer.name) has shape \(layer.shape), not \(shape)")
    }
    try require(
      model.loss.operand.index <= model.layers.count, after: pass, "the loss reads no value")
  }

  /// Every operand is made before it is read, and nothing is made twice.
  package static func verify(_ graph: TrainingGraph, after pass: String) throws(Failure) {
    var made: Set<GraphValue> = []
    var updated: Set<TensorID> = []
    for node in graph.nodes {
      for operand in node.operands {
        switch operand {
        case .parameter(let tensor, let version):
          try require(
            version == (updated.contains(tensor) ? 1 : 0), after: pass,
            "\(node.operation) reads a parameter at the wrong time")
        case .running: break
        case .activation, .gradient, .contribution, .parameterGradient, .statistics, .loss:
          try require(
            made.contains(operand), after: pass, "\(node.operation) reads \(operand) too early")
        }
      }
      for result in node.results {
        try require(!made.contains(result), after: pass, "\(result) is made twice")
        made.insert(result)
        if case .parameter(let tensor, version: 1) = result { updated.insert(tensor) }
      }
    }
  }

  /// Every buffer is written before it is read, names are unique, no kernel reads a weight that an
  /// earlier one has moved.
  package static func verify(_ plan: KernelPlan, after pass: String) throws(Failure) {
    var written: Set<BufferID> = []
    for kernel in plan.kernels {
      for buffer in kernel.reads {
        try require(
          written.contains(buffer), after: pass,
          "\(kernel.name) reads \(plan[buffer].name) before it is written")
      }
      written.formUnion(kernel.writes)
      try require(
        !kernel.reads.contains { kernel.writes.contains($0) }, after: pass,
        "\(kernel.name) writes what it reads")
    }
    var names: Set<String> = []
    for name in plan.buffers.map(\.name) + plan.kernels.map(\.name) {
      try require(names.insert(name).inserted, after: pass, "the name \(name) occurs twice")
    }
    try verifyInference(plan, after: pass)
    var moved: Set<TensorID> = []
    for kernel in plan.kernels {
      if let weight = kernel.form.readWeight {
        try require(
          !moved.contains(weight), after: pass, "\(kernel.name) reads a weight that has moved")
      }
      moved.formUnion(kernel.form.movedParameters)
    }
  }

  /// Buffers that live at one time do not overlap, but where one takes the other's place.
  package static func verify(
    _ memory: MemoryPlan, of plan: KernelPlan, after pass: String
  ) throws(Failure) {
    let roots = plan.replacements(lives: plan.lives())
    for (first, place) in memory.places.enumerated() {
      try require(
        place.offset >= 0 && place.offset % 64 == 0 && place.offset + place.size <= memory.size,
        after: pass, "\(plan.buffers[first].name) lies outside of scratch")
      for second in 0..<first where roots[first] != roots[second] {
        let other = memory.places[second]
        let apart =
          place.offset + place.size <= other.offset || other.offset + other.size <= place.offset
        try require(
          apart || !place.life.overlaps(other.life), after: pass,
          "\(plan.buffers[first].name) and \(plan.buffers[second].name) share a place")
      }
    }
  }
}

extension Kernel.Form {
  /// The weight that the kernel reads.
  var readWeight: TensorID? {
    switch self {
    case .convolutionForward(let form): form.weight
    case .convolutionInputGradient(let form): form.weight
    case .denseForward(let form): form.weight
    case .denseInputGradient(let form): form.weight
    case .denseInputGradientProduct(let form): form.weight
    case .inputLoad, .convolutionWeightGradient, .biasGradient, .denseRows, .denseWeightGradient,
      .normalizationStatistics, .normalizationMoments, .normalizationRunning,
      .normalizationForward, .normalizationSums, .normalizationGradient, .normalizationBackward,
      .normalizationMove, .scaleShiftForward, .scaleShiftBackward,
      .activationForward, .activationBackward, .poolForward, .poolBackward, .sum,
      .softmaxCrossEntropy, .linearRegression, .binaryCrossEntropy, .update, .inference:
      nil
    }
  }

  /// The parameters that the kernel moves.
  var movedParameters: [TensorID] {
    switch self {
    case .convolutionWeightGradient(let form): form.destination == .update ? [form.weight] : []
    case .denseWeightGradient(let form): form.destination == .update ? [form.weight] : []
    case .biasGradient(let form): form.destination == .update ? [form.bias] : []
    case .update(let form): [form.tensor]
    case .normalizationGradient(let form):
      moved(form.gamma, form.beta, of: form.normalization.affineLayer ?? form.normalization.layer)
    case .scaleShiftBackward(let form): moved(form.gamma, form.beta, of: form.layer)
    case .inputLoad, .convolutionForward, .convolutionInputGradient, .denseForward,
      .denseInputGradient, .denseInputGradientProduct, .denseRows, .normalizationStatistics,
      .normalizationMoments,
      .normalizationRunning, .normalizationForward, .normalizationSums, .normalizationBackward,
      .normalizationMove, .scaleShiftForward,
      .activationForward, .activationBackward, .poolForward, .poolBackward, .sum,
      .softmaxCrossEntropy, .linearRegression, .binaryCrossEntropy, .inference:
      []
    }
  }

  private func moved(
    _ gamma: GradientDestination?, _ beta: GradientDestination?, of layer: Int
  ) -> [TensorID] {
    (gamma == .update ? [TensorID(layer: layer, role: .gamma)] : [])
      + (beta == .update ? [TensorID(layer: layer, role: .beta)] : [])
  }
}
