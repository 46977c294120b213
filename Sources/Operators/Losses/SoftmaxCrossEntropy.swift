import Glibc
import IR

/// `-log softmax(x)[label]`, gradient `softmax(x) - onehot(label)`.
package struct SoftmaxCrossEntropy: LossFunction {
  package static let definition = Definition<any LossFunction>(
    "softmax_cross_entropy", "minus the logarithm of the softmax of the right class"
  ) { _ in SoftmaxCrossEntropy() }

  package let keyword = "softmax_cross_entropy"

  package init() {}

  package func mismatch(of value: Shape, with target: Target.Kind) -> ShapeError? {
    guard case .classes(let count) = target else {
      return ShapeError(
        "softmax_cross_entropy needs a target of classes, and this one has real values",
        help: "declare it as 'class(10)'")
    }
    guard value.dimensions.count == 1 else {
      return ShapeError(
        "softmax_cross_entropy needs a vector with a number for each class, and this is \(value)",
        help: "put flatten and dense(\(count)) before it")
    }
    guard value.elementCount == count else {
      return ShapeError(
        "the target has \(count) classes, and this value has \(value.elementCount) numbers",
        help: "end it with dense(\(count))")
    }
    return nil
  }

  package func reference(_ outputs: [Double], _ target: [Double]) -> Double {
    log(outputs.reduce(0) { $0 + exp($1) }) - outputs[Int(target[0])]
  }
}
