import Diagnostics

/// The names under which a file holds the tensors of a network.
///
/// A tensor goes by its own name, `conv1.weight`, or by what PyTorch calls it in a `state_dict`: the
/// layer `stage1_conv2` may be the module `stage1.conv2`; gamma, beta, running_variance and slope
/// are `weight`, `bias`, `running_var` and `weight` there. What wrappers put before all names,
/// `module.` of DataParallel and `_orig_mod.` of torch.compile, counts for nothing.
struct WeightNames {
  /// The file's names by how a layer's tensor would be called.
  private var names: [String: [String]] = [:]
  /// Counts of batches that PyTorch keeps for its batch norms.
  let batchCounts: [String]

  init(_ all: [String]) {
    batchCounts = all.filter { $0.hasSuffix(".num_batches_tracked") }
    let prefix = Self.wrapperPrefix(of: all)
    for name in all {
      names[Self.tensorName(name.dropFirst(prefix.count)), default: []].append(name)
    }
  }

  /// What all names begin with that is no module's.
  private static func wrapperPrefix(of names: [String]) -> String {
    var prefix = ""
    while let next = ["module.", "_orig_mod."].first(where: { wrapper in
      names.allSatisfy { $0.hasPrefix(prefix + wrapper) } && !names.isEmpty
    }) {
      prefix += next
    }
    return prefix
  }

  /// `stage1.conv2.weight` as `stage1_conv2.weight`.
  private static func tensorName(_ name: Substring) -> String {
    guard let dot = name.lastIndex(of: ".") else { return String(name) }
    return name[..<dot].map { $0 == "." ? "_" : String($0) }.joined() + name[dot...]
  }

  /// The file's name of what the network calls `tensor`, `conv1.weight`; nil where it has none.
  ///
  /// - Throws: `Failure`, without a path, where two names may be meant.
  func name(for tensor: String) throws -> String? {
    for candidate in [tensor, Self.nameInPyTorch(of: tensor)].compactMap(\.self) {
      guard let found = names[candidate] else { continue }
      if found.contains(candidate) { return candidate }
      guard found.count == 1 else {
        let list = found.map { "'\($0)'" }.joined(separator: " and ")
        throw Failure(
          "holds \(list), each of which may be '\(tensor)' of the model",
          help: "leave one of them out of the file, or rename the layer")
      }
      return found[0]
    }
    return nil
  }

  /// What PyTorch calls it; nil where that is its name.
  private static func nameInPyTorch(of tensor: String) -> String? {
    guard let dot = tensor.lastIndex(of: ".") else { return nil }
    let leaves = [
      "gamma": "weight", "beta": "bias", "running_variance": "running_var", "slope": "weight",
    ]
    return leaves[String(tensor[tensor.index(after: dot)...])].map { "\(tensor[..<dot]).\($0)" }
  }
}
