import Diagnostics
import IR

/// A part of a network that comes several times, each time with sizes of its own: a block of the language.
struct RepeatedBlock {
  let name: String
  /// Where it is, in the order of the text.
  let uses: [Region]
  /// What the uses are called; nil where the language calls them by the block.
  let useNames: [String?]
  /// The statements of the first use.
  let body: Statements
  /// What layers of the first use are called within the block, where that is not by their kind.
  let layerNames: [Int: String]
  let parameters: [Parameter]
  /// What stands for the sizes of the layers of the first use that differ.
  private let sizes: [Int: [String: String]]

  /// What a use says of itself.
  struct Parameter {
    var name: String
    /// What layers call it.
    var kind: String
    var countsChannels: Bool
    /// Of each use.
    var values: [Double]
    /// What a use need not say.
    var usual: Double?
  }

  /// So many sizes make a block no more readable than what it stands for.
  private static let mostParameters = 4

  /// - Parameters:
  ///   - uses: Regions of one form.
  ///   - taken: What is no name for it or its uses.
  /// - Returns: nil where their layers' names do not go by their uses, or too many sizes differ.
  init?(_ network: NetworkImport, _ uses: [Region], taken: Set<String>, _ library: Library) {
    let keywords = Set(library.operations.map(\.signature.keyword))
    self.uses = uses
    body = Statements(uses[0].layers.map(network.step), outputs: [uses[0].exit])
    guard let names = BlockNames(network, uses, body.order, keywords),
      names.uses.allSatisfy({ !taken.contains($0) })
    else { return nil }
    layerNames = names.layers
    var found = Sizes(network, uses)
    guard found.parameters.count <= Self.mostParameters else { return nil }
    found.setUsual()
    (parameters, sizes) = (found.parameters, found.texts)
    let hints = network.layers.compactMap(\.hint)
    func isFree(_ name: String) -> Bool {
      !taken.contains(name) && ImportNames.identifier(name) == name
        && !hints.contains { ImportNames.isCounted($0, name) }
    }
    if let stem = names.stem, !taken.contains(stem), ImportNames.identifier(stem) == stem {
      name = stem
      useNames = uses.map { _ in nil }
    } else {
      let kind = network.kind(of: uses[0])
      let free = (1...).lazy.map { $0 == 1 ? kind : "\(kind)_\($0)" }.first(where: isFree)
      name = free ?? kind
      useNames = names.uses.isEmpty ? uses.map { _ in nil } : names.uses
    }
  }

  /// The layers of a use in the order of the text.
  func order(of use: Int) -> [Int] {
    let places = Dictionary(
      uniqueKeysWithValues: uses[0].layers.enumerated().map { ($0.element, $0.offset) })
    return body.order.compactMap { places[$0] }.map { uses[use].layers[$0] }
  }

  /// What a layer of the first use is told, in the block.
  func arguments(of layer: ImportedLayer, _ index: Int) -> [String] {
    let own = sizes[index] ?? [:]
    let said = layer.arguments.map { argument in
      guard let text = own[argument.name] else { return argument.text }
      return argument.isByPlace ? text : "\(argument.name): \(text)"
    }
    let silent = ImportedLayer.sizesOfOne.filter { name in
      own[name] != nil && !layer.arguments.contains { $0.name == name }
    }
    return said + silent.map { "\($0): \(own[$0] ?? "")" }
  }

  /// What a use says: `residual(64, stride: 2)`.
  func call(_ use: Int) -> String {
    var said: [String] = []
    for parameter in parameters where parameter.values[use] != parameter.usual {
      let value = Constant.written(parameter.values[use])
      said.append(said.isEmpty && parameter.usual == nil ? value : "\(parameter.name): \(value)")
    }
    return said.isEmpty ? name : "\(name)(\(said.joined(separator: ", ")))"
  }

  /// Its first line: `block residual(channels, stride: 1) {`.
  var head: String {
    let declared = parameters.map { parameter in
      parameter.usual.map { "\(parameter.name): \(Constant.written($0))" } ?? parameter.name
    }
    return "block \(name)\(declared.isEmpty ? "" : "(\(declared.joined(separator: ", ")))") {"
  }

  /// The sizes that differ among the uses, and what is written for them.
  private struct Sizes {
    var parameters: [Parameter] = []
    /// By layer of the first use, and by what it calls the size.
    var texts: [Int: [String: String]] = [:]

    init(_ network: NetworkImport, _ uses: [Region]) {
      let entering = uses.map { Double(network.shape(of: $0.entry).channels) }
      for (place, index) in uses[0].layers.enumerated() {
        for size in network.layers[index].sizes {
          let values = uses.map { use in
            network.layers[use.layers[place]].sizes.first { $0.name == size.name }?.value ?? 1
          }
          guard Set(values).count > 1 else { continue }
          texts[index, default: [:]][size.name] = text(size.name, values, entering)
        }
      }
    }

    /// What is written for a size of these values.
    private mutating func text(_ name: String, _ values: [Double], _ entering: [Double]) -> String {
      // A kernel has to do with no number of channels, and these with no kernel.
      let countsChannels = !["kernel", "stride"].contains(name)
      if countsChannels, let factor = Self.factor(values, entering) {
        return Self.times(factor, "in_channels")
      }
      for parameter in parameters where parameter.countsChannels == countsChannels {
        guard let factor = Self.factor(values, parameter.values),
          countsChannels || factor == 1 && parameter.kind == name
        else { continue }
        return Self.times(factor, parameter.name)
      }
      var names = TakenNames(parameters.map(\.name))
      parameters.append(
        Parameter(
          name: names.take(name), kind: name, countsChannels: countsChannels, values: values))
      return parameters[parameters.count - 1].name
    }

    /// How many times `others` all `values` are, where that is a whole number.
    private static func factor(_ values: [Double], _ others: [Double]) -> Double? {
      let factor = values[0] / others[0]
      let isSame = zip(values, others).allSatisfy { $0 == factor * $1 }
      return isSame && factor >= 1 && factor == factor.rounded() ? factor : nil
    }

    private static func times(_ factor: Double, _ name: String) -> String {
      factor == 1 ? name : "\(Constant.written(factor)) * \(name)"
    }

    /// Gives strides, groups and kernels the value that most uses have, and puts them last.
    mutating func setUsual() {
      for index in parameters.indices {
        let parameter = parameters[index]
        guard ImportedLayer.usualSizes.contains(parameter.kind) else { continue }
        let counts = Dictionary(parameter.values.map { ($0, 1) }, uniquingKeysWith: +)
        parameters[index].usual =
          counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key
      }
      parameters = parameters.filter { $0.usual == nil } + parameters.filter { $0.usual != nil }
    }
  }
}

extension NetworkImport {
  /// What a block of this form is called where its layers' names say nothing.
  fileprivate func kind(of region: Region) -> String {
    for layer in region.layers.map({ layers[$0] }).reversed() {
      let read = layer.operands.compactMap(\.id)
      guard read.count > 1 else { continue }
      switch library.operations.definition(of: layer.keyword)?.signature.symbol {
      case "+": return read.contains(region.entry) ? "residual" : "projection"
      case "*": return "gated"
      default: return "branches"
      }
    }
    let isGrouped = region.layers.contains { index in
      layers[index].sizes.contains { $0.name == "groups" && $0.value > 1 }
    }
    return isGrouped ? "separable" : "unit"
  }
}
