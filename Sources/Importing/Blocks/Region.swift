import IR

/// Layers that read one value from outside, and of which one alone is read from there.
struct Region {
  /// What it reads.
  var entry: ValueID
  /// Indices of its layers, ascending. The last one makes what goes on.
  var layers: [Int]

  var exit: Int { layers[layers.count - 1] }

  /// The regions as one: each reads what the one before makes.
  init(_ regions: some Collection<Region>) {
    entry = regions.first?.entry ?? .input(0)
    layers = regions.flatMap(\.layers)
  }

  init(entry: ValueID, layers: [Int]) {
    self.entry = entry
    self.layers = layers
  }
}

extension NetworkImport {
  /// The network as regions one after the other, each as small as can be: they lie between the places
  /// where one value alone goes on. What is not between two of them is left out.
  var regions: [Region] {
    var lastUse: [ValueID: Int] = [:]
    for (index, layer) in layers.enumerated() {
      for id in layer.operands.compactMap(\.id) { lastUse[id] = index }
    }
    var live = Set(inputs.indices.map(ValueID.input).filter { lastUse[$0] != nil })
    var regions: [Region] = []
    var (start, entry) = (0, live.count == 1 ? live.first : nil)
    for (index, layer) in layers.enumerated() {
      for id in layer.operands.compactMap(\.id) where lastUse[id] == index { live.remove(id) }
      let result = ValueID.result(of: index)
      if lastUse[result] != nil { live.insert(result) }
      let isEnd = index == layers.count - 1
      guard isEnd || live.count == 1 else { continue }
      if let entry, isEnd || live.contains(result) {
        regions.append(Region(entry: entry, layers: Array(start...index)))
      }
      (start, entry) = (index + 1, live.first)
    }
    return regions
  }

  /// The chains of layers within a region, each as regions of one layer.
  func chains(in region: Region) -> [[Region]] {
    Statements(region.layers.map(step), outputs: outputLayers).chains.map { chain in
      chain.compactMap { step in
        let read = step.operands.compactMap(\.id)
        return read.count == 1 ? Region(entry: read[0], layers: step.layers) : nil
      }
    }
  }

  /// What two regions have in common that one block can stand for: operations, what they read, and what
  /// they are told but for sizes.
  func form(of region: Region) -> String {
    var places: [ValueID: String] = [region.entry: "in"]
    for (place, index) in region.layers.enumerated() { places[.result(of: index)] = "\(place)" }
    return region.layers.map { index in
      let layer = layers[index]
      let operands = layer.operands.map { operand in
        switch operand {
        case .value(let id): places[id] ?? "?"
        case .number(let number): "=\(number)"
        }
      }
      let told = layer.arguments.filter { !layer.isSize($0) }.map(\.text)
      let held = layer.frozen.map(\.rawValue).sorted()
      return ([layer.keyword, layer.hint == nil ? "" : "named"] + operands + told + held)
        .joined(separator: ",")
    }.joined(separator: ";")
  }
}

extension ImportedLayer {
  /// Whether an argument is a size that the uses of a block may each have another of.
  func isSize(_ argument: ImportedArgument) -> Bool { size(argument) != nil }

  private func size(_ argument: ImportedArgument) -> Double? {
    guard operation is any ProductOperation, case .number(let number) = argument.value,
      number == number.rounded(), argument.isByPlace || Self.usualSizes.contains(argument.name)
    else { return nil }
    return number
  }

  /// Sizes that are 1 where nothing is said of them.
  static let sizesOfOne = ["stride", "groups"]
  /// Sizes that most layers have the same of.
  static let usualSizes = sizesOfOne + ["kernel"]

  /// Its sizes by their names, those that nothing is said of too.
  var sizes: [(name: String, value: Double)] {
    let said = arguments.compactMap { argument in size(argument).map { (argument.name, $0) } }
    let silent = Self.sizesOfOne.filter { name in !arguments.contains { $0.name == name } }
    return said + silent.map { ($0, 1) }
  }
}
