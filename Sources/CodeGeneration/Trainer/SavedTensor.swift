import IR
import Lowering

/// A parameter or a running statistic as files of weights have it.
struct SavedTensor: Sendable {
  let name: String
  let shape: [Int]
  let count: Int
  let isState: Bool
  let start: Distribution
  /// Whether a host makes it of the training data.
  let isComputed: Bool

  /// Those of a model, in the order of its table.
  static func all(of model: Model) -> [SavedTensor] {
    model.layers.enumerated().flatMap { index, layer in
      let normalizes = model.inputs.indices.contains {
        model.layerNormalizing(input: $0) == index
      }
      func saved(_ declared: [TensorDeclaration], isState: Bool) -> [SavedTensor] {
        declared.map { declaration in
          let start = model.start(of: declaration, in: index)
          let isOfData =
            switch start {
            case .whitening: true
            case .listed: false
            default: normalizes && !isState
            }
          return SavedTensor(
            name: "\(layer.name).\(declaration.name)", shape: declaration.shape,
            count: declaration.elementCount, isState: isState, start: start, isComputed: isOfData)
        }
      }
      return saved(model.parameters(of: index), isState: false)
        + saved(model.state(of: index), isState: true)
    }
  }

  /// The header of a file of safetensors that has these and says what they are of: the same text as the
  /// runner writes, where no data named the classes.
  static func header(_ tensors: [SavedTensor], model: String, _ precision: Precision) -> String {
    var end = 0
    let type = precision == .float ? "F32" : "F64"
    var members = tensors.map { tensor in
      let start = end
      end += tensor.count * precision.bytes
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      return (
        name: tensor.name,
        text: "{\"data_offsets\":[\(start),\(end)],\"dtype\":\"\(type)\",\"shape\":[\(shape)]}"
      )
    }
    members.append((name: "__metadata__", text: "{\"bnc.model\":\"\(model)\"}"))
    let text =
      "{"
      + members.sorted { $0.name < $1.name }.map { "\"\($0.name)\":\($0.text)" }
      .joined(separator: ",") + "}"
    // The data begin at a multiple of 8.
    return text + String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)
  }
}
