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
  private let blocks: [RepeatedBlock]
  private let statements: Statements
  private var words: StatementText
  private var targets: [String] = []

  /// - Parameters:
  ///   - name: The model's name.
  ///   - file: What the file is called, for the comment at the top.
  package init(_ network: NetworkImport, name: String, file: String, library: Library) {
    self.network = network
    self.library = library
    let keywords = Set(library.operations.map(\.signature.keyword))
    let ends = (network.inputs.map(\.name) + network.outputs.map(\.name)).map {
      Self.free($0, keywords)
    }
    let blocks = BlockSearch(network, taken: keywords.union(ends + [name]), library).blocks
    self.blocks = blocks
    statements = Statements(Self.steps(network, blocks), outputs: network.outputLayers)
    order = statements.order
    words = StatementText(network: network, library: library, blocks: blocks)
    giveNames(keywords)
    text = compose(name: name, file: file)
  }

  /// The layers that are in no block, and the uses of the blocks.
  private static func steps(_ network: NetworkImport, _ blocks: [RepeatedBlock]) -> [Step] {
    let covered = Set(blocks.flatMap { $0.uses.flatMap(\.layers) })
    let single = network.layers.indices.filter { !covered.contains($0) }.map(network.step)
    let uses = blocks.enumerated().flatMap { index, block in
      block.uses.enumerated().map { number, region in
        Step(
          layers: block.order(of: number), operands: [.value(region.entry)],
          use: BlockUse(block: index, number: number))
      }
    }
    return (single + uses).sorted { $0.result < $1.result }
  }

  // MARK: Names

  /// What an input or an output is called.
  private static func free(_ text: String, _ keywords: Set<String>) -> String {
    let name = ImportNames.identifier(text)
    return ImportNames.isOrdinal(name, keywords) ? ImportNames.identifier(name + "_") : name
  }

  private mutating func giveNames(_ keywords: Set<String>) {
    var taken = TakenNames(keywords.union(blocks.flatMap(Self.names)))
    func free(_ text: String) -> String { Self.free(text, keywords) }
    for (index, input) in network.inputs.enumerated() {
      words.values[.input(index)] = taken.take(free(input.name))
    }
    for output in network.outputs { words.values[output.id] = taken.take(free(output.name)) }
    targets = network.outputs.map { output in
      let word = isClass(output) ? "label" : "wanted"
      let own = network.outputs.count == 1 ? word : "\(word)_\(words.values[output.id] ?? "")"
      return taken.take(free(own))
    }
    nameLayers(&taken, keywords)
    let unnamed = statements.chains.compactMap(\.last?.result).filter {
      words.values[.result(of: $0)] == nil
    }
    for (index, layer) in unnamed.enumerated() {
      words.values[.result(of: layer)] = taken.take(unnamed.count == 1 ? "h" : "h\(index + 1)")
    }
  }

  /// What a block and its uses are called.
  private static func names(_ block: RepeatedBlock) -> [String] {
    [block.name]
      + block.useNames.enumerated().map { $0.element ?? "\(block.name)\($0.offset + 1)" }
  }

  /// Names of the layers that the file has a name for, where that is not the one that a layer has
  /// by itself.
  private mutating func nameLayers(_ taken: inout TakenNames, _ keywords: Set<String>) {
    var ordinals: [String: Int] = [:]
    for step in statements.chains.flatMap(\.self) where step.use == nil {
      let layer = network.layers[step.result]
      ordinals[layer.keyword, default: 0] += 1
      let own = "\(layer.keyword)\(ordinals[layer.keyword, default: 0])"
      guard let hint = layer.hint, hint != own else { continue }
      let isOrdinal = ImportNames.isOrdinal(hint, keywords)
      let name = taken.take(isOrdinal ? ImportNames.identifier(hint + "_") : hint)
      words.layerNames[step.result] = name
    }
  }

  private func isClass(_ output: NetworkImport.Output) -> Bool {
    output.loss != "mean_squared_error" && network.shape(of: output.id).channels > 1
  }

  // MARK: Text

  private func compose(name: String, file: String) -> String {
    var lines = comment(file)
    if !blocks.isEmpty { lines.append("") }
    for block in blocks { lines += StatementText(block, network, library).lines(of: block) }
    lines.append("model \(name) {")
    for (index, input) in network.inputs.enumerated() {
      lines.append("  input \(words.values[.input(index)] ?? ""): \(input.shape)")
    }
    for (output, target) in zip(network.outputs, targets) {
      lines.append("  target \(target): \(kind(of: output))")
    }
    lines.append("")
    for chain in statements.chains { lines += words.lines(chain) }
    lines.append("")
    let losses = zip(network.outputs, targets).map { output, target in
      let loss = isClass(output) ? output.loss : "mean_squared_error"
      return "\(loss)(\(words.values[output.id] ?? ""), \(target))"
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
}
