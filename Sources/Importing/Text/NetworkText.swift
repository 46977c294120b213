import Diagnostics
import IR

/// An imported network as a model of the language.
package struct NetworkText {
  /// The text, not laid out yet.
  package private(set) var text = ""
  /// The layers in the order in which the text has them.
  package let order: [Int]
  private let network: NetworkImport
  private let library: Library
  private let statements: Statements
  private var values: [ValueID: String] = [:]
  private var layerNames: [Int: String] = [:]
  private var targets: [String] = []

  /// - Parameters:
  ///   - name: The model's name.
  ///   - file: What the file is called, for the comment at the top.
  package init(_ network: NetworkImport, name: String, file: String, library: Library) {
    self.network = network
    self.library = library
    statements = Statements(network)
    order = statements.order
    giveNames()
    text = compose(name: name, file: file)
  }

  // MARK: Names

  private mutating func giveNames() {
    let keywords = Set(library.operations.map(\.signature.keyword))
    var taken = TakenNames(keywords)
    func free(_ text: String) -> String {
      let name = ImportNames.identifier(text)
      return ImportNames.isOrdinal(name, keywords) ? ImportNames.identifier(name + "_") : name
    }
    for (index, input) in network.inputs.enumerated() {
      values[.input(index)] = taken.take(free(input.name))
    }
    for output in network.outputs { values[output.id] = taken.take(free(output.name)) }
    targets = network.outputs.map { output in
      let word = isClass(output) ? "label" : "wanted"
      let own = network.outputs.count == 1 ? word : "\(word)_\(values[output.id] ?? "")"
      return taken.take(free(own))
    }
    nameLayers(&taken, keywords)
    let unnamed = statements.chains.compactMap(\.last).filter { values[.result(of: $0)] == nil }
    for (index, layer) in unnamed.enumerated() {
      values[.result(of: layer)] = taken.take(unnamed.count == 1 ? "h" : "h\(index + 1)")
    }
  }

  /// Names of the layers that the file has a name for, where that is not the one that a layer has
  /// by itself.
  private mutating func nameLayers(_ taken: inout TakenNames, _ keywords: Set<String>) {
    var ordinals: [String: Int] = [:]
    let own = order.map { index in
      let keyword = network.layers[index].keyword
      ordinals[keyword, default: 0] += 1
      return "\(keyword)\(ordinals[keyword, default: 0])"
    }
    for (index, name) in zip(order, own) {
      guard let hint = network.layers[index].hint, hint != name else { continue }
      let isOrdinal = ImportNames.isOrdinal(hint, keywords)
      layerNames[index] = taken.take(isOrdinal ? ImportNames.identifier(hint + "_") : hint)
    }
  }

  private func isClass(_ output: NetworkImport.Output) -> Bool {
    output.loss != "mean_squared_error" && network.shape(of: output.id).channels > 1
  }

  // MARK: Text

  private func compose(name: String, file: String) -> String {
    var lines = comment(file)
    lines.append("model \(name) {")
    for (index, input) in network.inputs.enumerated() {
      lines.append("  input \(values[.input(index)] ?? ""): \(input.shape)")
    }
    for (output, target) in zip(network.outputs, targets) {
      lines.append("  target \(target): \(kind(of: output))")
    }
    lines.append("")
    for chain in statements.chains { lines += statement(chain) }
    lines.append("")
    let losses = zip(network.outputs, targets).map { output, target in
      let loss = isClass(output) ? output.loss : "mean_squared_error"
      return "\(loss)(\(values[output.id] ?? ""), \(target))"
    }
    lines.append("  loss \(losses.joined(separator: "\n    + "))")
    lines += ["}", "", "training {", "  batch 32", "  epochs 10", "  optimizer adam(lr: 0.001)"]
    if let scale = network.dataScale { lines.append("  data scale(\(Self.text(ofScale: scale)))") }
    return (lines + ["}"]).map { $0 + "\n" }.joined()
  }

  private func comment(_ file: String) -> [String] {
    let by = network.producer.isEmpty ? "" : ", which \(Self.plain(network.producer)) wrote"
    var lines = ["Imported from \(Self.plain(file))\(by)."]
    lines += network.notes.map { Self.plain($0.prefix(1).uppercased() + $0.dropFirst()) + "." }
    lines.append(
      "The file does not say how to train it: target, loss and training block are to start from.")
    if network.outputs.contains(where: { !isClass($0) }) {
      lines.append(
        "Scores of classes are trained with 'target label: class(N)' and softmax_cross_entropy.")
    }
    return lines.map { "# \($0)" }
  }

  /// What a comment can show of a text.
  private static func plain(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(400).map { scalar in
      scalar.isASCII && scalar.value >= 32 && scalar.value < 127 ? scalar : "?"
    }
    return String(String.UnicodeScalarView(shown))
  }

  private func kind(of output: NetworkImport.Output) -> String {
    let shape = network.shape(of: output.id)
    guard isClass(output) else { return shape.description }
    let places = shape.dimensions.dropFirst()
    return places.isEmpty
      ? "class(\(shape.channels))" : "class(\(shape.channels), shape: \(Shape(Array(places))))"
  }

  private static func text(ofScale scale: Double) -> String {
    let inverse = (1 / scale).rounded()
    return inverse > 1 && abs(1 / inverse - scale) < 1e-7 * scale
      ? "1/\(Int(inverse))" : Constant.written(scale)
  }

  /// A chain as a statement: in one line where it is short, else with a new line before each layer
  /// that has weights.
  private func statement(_ chain: [Int]) -> [String] {
    let name = values[.result(of: chain[chain.count - 1])] ?? ""
    let (head, rest) = head(chain)
    let stages = rest.map { ($0, stage($0)) }
    let line = "  \(name) = " + ([head] + stages.map(\.1)).joined(separator: " | ")
    if line.utf8.count <= 80 { return [line] }
    var lines = ["  \(name) = \(head)"]
    for (index, stage) in stages {
      let isProduct = network.layers[index].operation is any ProductOperation
      let last = lines[lines.count - 1]
      if lines.count == 1 || isProduct || last.utf8.count + stage.utf8.count > 94 {
        lines.append("    | \(stage)")
      } else {
        lines[lines.count - 1] = last + " | \(stage)"
      }
    }
    return lines
  }

  /// What a statement starts with, and the layers that follow.
  private func head(_ chain: [Int]) -> (String, ArraySlice<Int>) {
    let layer = network.layers[chain[0]]
    let operands = layer.operands.map(text)
    let signature = library.operations.definition(of: layer.keyword)?.signature
    if operands.count == 2, let symbol = signature?.symbol {
      return ("\(operands[0]) \(symbol) \(operands[1])", chain.dropFirst())
    }
    if operands.count == 1 { return (operands[0], chain[...]) }
    return (stage(chain[0], operands), chain.dropFirst())
  }

  private func text(_ operand: ImportedOperand) -> String {
    switch operand {
    case .value(let id): values[id] ?? ""
    case .number(let number): Constant.written(number)
    }
  }

  /// A layer as it stands in a pipeline.
  private func stage(_ index: Int, _ operands: [String]? = nil) -> String {
    let layer = network.layers[index]
    let before = operands ?? layer.operands.dropFirst().map(text)
    let arguments = before + layer.arguments.map(\.text)
    var text = layer.keyword
    if !arguments.isEmpty { text += "(\(arguments.joined(separator: ", ")))" }
    if !layer.frozen.isEmpty {
      text += " frozen(\(layer.frozen.map(\.rawValue).joined(separator: ", ")))"
    }
    if let name = layerNames[index] { text += " as \(name)" }
    return text
  }
}
