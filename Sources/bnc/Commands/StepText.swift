import Diagnostics
import Runner

/// What `bnc step` prints.
struct StepText {
  private let step: OneStep

  init(_ step: OneStep) { self.step = step }

  /// The batch norms in `traces`, outputs, loss, parameters and gradients.
  func write(traces: [String]) throws {
    for layer in traces { try writeTrace(layer) }
    write("== outputs ==", step.outputs)
    let mean = shortest(step.loss / Double(step.count), digits: 12)
    Terminal.write(
      "== loss ==\n\(shortest(step.loss, digits: 12)) over \(step.count) examples, mean \(mean)\n")
    write("== parameters ==", step.parameters)
    write("== gradients ==", step.gradients)
  }

  /// What the reference prints of a batch norm when asked for debugging.
  private func writeTrace(_ layer: String) throws {
    guard let trace = step.trace(layer) else {
      let known = step.traceable.joined(separator: ", ")
      throw Failure(
        "there is no batch norm '\(layer)'",
        help: known.isEmpty ? "the model has none" : "the model has \(known)")
    }
    let rows: [(String, Tensor?)] = [
      ("mean", trace.mean), ("variance", trace.variance), ("running_mean", trace.runningMean),
      ("running_variance", trace.runningVariance), ("output", trace.output),
    ]
    Terminal.write("== info start ==\nname = \(trace.layer)\n")
    for (name, tensor) in rows {
      Terminal.write("\(name) = \(tensor.map { "\(TensorText($0))" } ?? "not computed")\n")
    }
    Terminal.write("== info end ==\n")
  }

  private func write(_ title: String, _ tensors: [OneStep.Named]) {
    Terminal.write(title + "\n")
    for (name, tensor) in tensors {
      let shape = tensor.shape.map(String.init).joined(separator: ", ")
      Terminal.write("\(name) [\(shape)]\n\(TensorText(tensor))\n")
    }
  }
}
