import Diagnostics
import IR

/// The text of a Python file that holds a network.
struct PyTorchText {
  private let model: Model
  private let options: ExportOptions
  private let layers: [ExportedLayer]
  private let variables: PythonVariables
  private let tensors: [PyTorchNetwork.StateTensor]

  init(
    _ model: Model, _ options: ExportOptions, _ layers: [ExportedLayer],
    _ variables: PythonVariables, _ tensors: [PyTorchNetwork.StateTensor]
  ) {
    self.model = model
    self.options = options
    self.layers = layers
    self.variables = variables
    self.tensors = tensors
  }

  var text: String {
    var parts = [head.joined(separator: "\n")]
    if !names.isEmpty { parts[0] += "\n\n" + names.joined(separator: "\n") }
    parts += classes.map(\.text)
    parts.append(type.joined(separator: "\n"))
    if renames { parts.append(load) }
    return parts.joined(separator: "\n\n\n") + "\n"
  }

  private var name: String { PythonNames.type(model.name, besides: classes.map(\.name)) }

  /// Classes that PyTorch does not have, in the order of their first use.
  private var classes: [PyTorchClass] {
    layers.flatMap(\.python.classes).reduce(into: []) { classes, one in
      if !classes.contains(one) { classes.append(one) }
    }
  }

  private var head: [String] {
    let file = options.files.first?.name ?? "a model"
    let loading =
      renames
      ? ["#     load(model, \"W.safetensors\")"]
      : [
        "#     from safetensors.torch import load_file",
        "#     model.load_state_dict(load_file(\"W.safetensors\"))",
      ]
    let uses = Set(
      (layers.map(\.value) + returned).flatMap { text in
        ["torch.", "F."].filter { text.contains($0) }
      })
    let needsTorch = uses.contains("torch.") || !listed.isEmpty || !classes.isEmpty
    let hasModules = "from torch import nn"
    return [
      "# Written by bnc \(options.version) from \(file). With weights that bnc saved in W.safetensors:",
      "#",
      "#     model = \(name)()",
    ] + loading + ["#     model.eval()", ""]
      + (needsTorch ? ["import torch"] : []) + [hasModules]
      + (uses.contains("F.") ? ["from torch.nn import functional as F"] : [])
  }

  // MARK: Names of tensors

  /// What a layer's tensor is called here, by what bnc calls it, where that is not the same.
  private var leaves: [(bnc: String, here: String)] {
    var leaves: [(bnc: String, here: String)] = []
    for (own, name) in owned {
      let pair = (bnc: Self.leaf(own), here: Self.leaf(name))
      if pair.bnc != pair.here, !leaves.contains(where: { $0.bnc == pair.bnc }) {
        leaves.append(pair)
      }
    }
    return leaves
  }

  /// Tensors whose layers are called otherwise here.
  private var exceptions: [(bnc: String, here: String)] {
    let leaves = leaves
    return owned.filter { own, name in
      let leaf = Self.leaf(own)
      let usual = leaves.first { $0.bnc == leaf }?.here ?? leaf
      return "\(own.dropLast(leaf.count))\(usual)" != name
    }.map { (bnc: $0, here: $1) }
  }

  private var owned: [(own: String, name: String)] {
    tensors.compactMap { tensor in
      if case .own(let own) = tensor.content { (own, tensor.name) } else { nil }
    }
  }

  /// Whether bnc's files have other names, or more or fewer tensors.
  private var renames: Bool {
    let kept = model.layers.indices.flatMap { index in
      (model.parameters(of: index) + model.state(of: index)).map {
        "\(model.layers[index].name).\($0.name)"
      }
    }
    return kept.sorted() != tensors.map(\.name).sorted()
  }

  private var names: [String] {
    var lines: [String] = []
    if !options.classNames.isEmpty {
      lines += ["# What the data call the classes.", "CLASSES = ["]
      lines += options.classNames.map { "    \(Python.text($0))," } + ["]"]
    }
    guard renames else { return lines }
    func dictionary(_ name: String, _ pairs: [(bnc: String, here: String)]) -> [String] {
      if pairs.isEmpty { return [] }
      return ["\(name) = {"] + pairs.map { "    \"\($0.bnc)\": \"\($0.here)\"," } + ["}"]
    }
    if !leaves.isEmpty || !exceptions.isEmpty {
      lines.append("# What bnc's files call tensors, and what they are here.")
    }
    // Names of layers are checked by the language: letters, digits and _.
    lines += dictionary("LEAVES", leaves) + dictionary("NAMES", exceptions)
    if !ones.isEmpty {
      lines += ["# What stays 1, whatever a file has.", "ONES = {"]
      lines += ones.map { "    \"\($0)\"," } + ["}"]
    }
    return lines
  }

  private var ones: [String] { tensors.filter { $0.content == .ones }.map(\.name) }

  private static func leaf(_ name: String) -> String {
    name.split(separator: ".").last.map(String.init) ?? name
  }

  private var load: String {
    let usual = leaves.isEmpty ? "name" : "f\"{layer}.{LEAVES.get(leaf, leaf)}\""
    let here = exceptions.isEmpty ? usual : "NAMES.get(name, \(usual))"
    let more = ones.isEmpty ? "" : " and name not in ONES"
    return """
      def load(model, path):
          \"""Loads weights that bnc saved into the model.\"""
          from safetensors.torch import load_file

          saved = {}
          for name, tensor in load_file(path).items():
              layer, _, leaf = name.rpartition(".")
              saved[\(here)] = tensor
          saved = {name: saved[name] for name in model.state_dict() if name in saved\(more)}
          missing = [name for name in model.state_dict() if name not in saved\(more)
                     and not name.endswith(".num_batches_tracked")]
          if missing:
              raise KeyError(f"{path} lacks {', '.join(missing)}")
          model.load_state_dict(saved, strict=False)
      """
  }

  // MARK: The module

  private var type: [String] {
    ["class \(name)(nn.Module):"] + documentation + initializer + training + forward
  }

  private var documentation: [String] {
    let meaning = model.training.meaning(ofBytes: options.takesBytes)
    let inputs = model.inputs.map { input in
      "    \(input.name): \(options.takesBytes ? "bytes" : "floats") \(Self.shape(input.shape)), \(meaning)"
    }
    let quotes = "    \"\"\""
    let notes = layers.compactMap(\.python.module?.note).reduce(into: [String]()) { notes, note in
      if !notes.contains(note) { notes.append(note) }
    }
    return [quotes, "    The network \(model.name).", ""] + inputs
      + notes.flatMap { ["", "    \($0)"] } + [quotes, ""]
  }

  private var initializer: [String] {
    var lines = ["    def __init__(self):", "        super().__init__()"]
    for layer in layers {
      guard let module = layer.python.module else { continue }
      lines.append("        self.\(layer.python.name) = \(module.construction)")
    }
    lines += held.map { "        self.\($0).requires_grad_(False)" }
    if !listed.isEmpty {
      lines.append("        with torch.no_grad():")
      lines += listed.map { name, values in
        "            self.\(name).copy_(torch.tensor([\(values.map { "\($0)" }.joined(separator: ", "))]))"
      }
    }
    return lines + [""]
  }

  /// Parameters that do not learn.
  private var held: [String] {
    layers.flatMap { layer -> [String] in
      let declared = model.parameters(of: layer.index)
      return (layer.python.module?.tensors ?? []).compactMap { tensor in
        let name = "\(layer.python.name).\(tensor.name)"
        switch tensor.content {
        case .ones: return name
        case .batchCount: return nil
        case .tensor(let role):
          let own = declared.first { $0.role == role }
          return own.map { $0.isFrozen || $0.held != nil } == true ? name : nil
        }
      }
    }
  }

  /// Parameters whose numbers the model gives.
  private var listed: [(name: String, values: [Double])] {
    layers.flatMap { layer -> [(name: String, values: [Double])] in
      let declared = model.parameters(of: layer.index)
      return (layer.python.module?.tensors ?? []).compactMap { tensor in
        guard case .tensor(let role) = tensor.content,
          case .listed(let values)? = declared.first(where: { $0.role == role })?.start
        else { return nil }
        return ("\(layer.python.name).\(tensor.name)", values)
      }
    }
  }

  /// What keeps batch norms of the running statistics from learning others.
  private var training: [String] {
    let still = layers.filter { $0.python.module?.evaluatesAlways == true }.map(\.python.name)
    if still.isEmpty { return [] }
    return [
      "    def train(self, mode=True):", "        super().train(mode)",
    ] + still.map { "        self.\($0).eval()  # always by its running statistics" } + [
      "        return self", "",
    ]
  }

  private var forward: [String] {
    let inputs = model.inputs.indices.map { variables.names[.input($0)] }
    var lines = ["    def forward(self, \(inputs.joined(separator: ", "))):"]
    let scale = options.takesBytes ? model.training.dataScale : model.training.scaleOfReals
    for input in inputs where options.takesBytes || scale != 1 {
      let factor = scale == 1 ? "" : " * \(scale)"
      lines.append("        \(input) = \(input)\(options.takesBytes ? ".float()" : "")\(factor)")
    }
    for layer in layers {
      let shape = Self.shape(model.layers[layer.index].shape)
      let name = layer.python.module == nil ? "\(model.layers[layer.index].name) " : ""
      lines.append("        \(layer.result) = \(layer.value)  # \(name)\(shape)")
    }
    return lines + ["        return \(returned.joined(separator: ", "))"]
  }

  private var returned: [String] {
    model.outputs.map { id in
      let name = variables.names[id]
      return switch options.probabilities(of: id, in: model) {
      case .softmax: "F.softmax(\(name), dim=1)"
      case .sigmoid: "torch.sigmoid(\(name))"
      case nil: name
      }
    }
  }

  private static func shape(_ shape: Shape) -> String {
    "[" + (["N"] + shape.dimensions.map(String.init)).joined(separator: ", ") + "]"
  }
}
