/// What the uses of a block and the layers in it are called, so that each layer keeps its name: `layer1_0`
/// and `conv1` of `layer1_0_conv1`.
struct BlockNames {
  /// Empty where no layer has a name.
  private(set) var uses: [String] = []
  /// By layer of the first use.
  private(set) var layers: [Int: String] = [:]

  /// - Parameter order: The layers of the first use in the order of the text.
  /// - Returns: nil where the layers' names are not put together so.
  init?(_ network: NetworkImport, _ regions: [Region], _ order: [Int], _ keywords: Set<String>) {
    let named = regions[0].layers.indices.filter {
      network.layers[regions[0].layers[$0]].hint != nil
    }
    guard !named.isEmpty else { return }
    let hints = regions.map { region in
      named.map { network.layers[region.layers[$0]].hint ?? "" }
    }
    guard let (prefixes, suffixes) = Self.split(hints) else { return nil }
    uses = prefixes
    var ordinals: [String: Int] = [:]
    let names = Dictionary(
      uniqueKeysWithValues: zip(named.map { regions[0].layers[$0] }, suffixes))
    for index in order {
      let keyword = network.layers[index].keyword
      ordinals[keyword, default: 0] += 1
      guard let name = names[index], name != "\(keyword)\(ordinals[keyword, default: 0])" else {
        continue
      }
      guard !keywords.contains(name), !ImportNames.isOrdinal(name, keywords) else { return nil }
      layers[index] = name
    }
    guard prefixes.allSatisfy({ !ImportNames.isOrdinal($0, keywords) }) else { return nil }
  }

  /// The word that the uses are counted on from, where they are: `unit` of `unit1`, `unit2`.
  var stem: String? {
    guard let first = uses.first, first.hasSuffix("1") else { return nil }
    let stem = String(first.dropLast())
    return uses.enumerated().allSatisfy { $0.element == "\(stem)\($0.offset + 1)" } ? stem : nil
  }

  /// The names of uses, as long as can be, and of layers in all of them.
  ///
  /// - Parameter hints: Of each use its layers' names.
  private static func split(_ hints: [[String]]) -> (uses: [String], layers: [String])? {
    let first = hints[0][0]
    for cut in first.indices.reversed() where first[cut] == "_" {
      let prefix = String(first[..<cut])
      let layers = hints[0].compactMap { rest(of: $0, after: prefix) }
      guard !prefix.isEmpty, Set(layers).count == hints[0].count,
        layers.allSatisfy({ ImportNames.identifier($0) == $0 })
      else { continue }
      let uses = hints.compactMap { names -> String? in
        guard names[0].hasSuffix("_" + layers[0]) else { return nil }
        let own = String(names[0].dropLast(layers[0].count + 1))
        return zip(names, layers).allSatisfy { $0 == "\(own)_\($1)" } ? own : nil
      }
      guard uses.count == hints.count, Set(uses).count == uses.count,
        uses.allSatisfy({ ImportNames.identifier($0) == $0 })
      else { continue }
      return (uses, layers)
    }
    return nil
  }

  private static func rest(of name: String, after prefix: String) -> String? {
    name.hasPrefix(prefix + "_") ? String(name.dropFirst(prefix.count + 1)) : nil
  }
}
