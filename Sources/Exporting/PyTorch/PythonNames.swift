/// Names of a model as Python may have them.
enum PythonNames {
  private static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in",
    "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
    "yield",
  ]

  /// What a module of PyTorch 2 has by itself; an attribute of such a name would hide it.
  private static let ofModules: Set<String> = [
    "T_destination", "add_module", "apply", "bfloat16", "buffers", "call_super_init", "children",
    "compile", "cpu", "cuda", "double", "dump_patches", "eval", "extra_repr", "float", "forward",
    "get_buffer", "get_extra_state", "get_parameter", "get_submodule", "half", "ipu",
    "load_state_dict", "modules", "mtia", "named_buffers", "named_children", "named_modules",
    "named_parameters", "parameters", "register_backward_hook", "register_buffer",
    "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
    "register_full_backward_pre_hook", "register_load_state_dict_post_hook",
    "register_load_state_dict_pre_hook", "register_module", "register_parameter",
    "register_state_dict_post_hook", "register_state_dict_pre_hook", "requires_grad_",
    "set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty", "train",
    "training", "type", "xpu", "zero_grad",
  ]

  private static let ofTheFile: Set<String> = ["self", "torch", "nn", "F", "load"]

  /// The attribute of a module that stands for a layer.
  static func attribute(_ name: String, _ taken: inout Set<String>) -> String {
    unused(name, besides: keywords.union(ofModules), &taken, isAttribute: true)
  }

  /// A variable that stands for a value.
  static func variable(_ name: String, _ taken: inout Set<String>) -> String {
    unused(name, besides: keywords.union(ofTheFile), &taken)
  }

  /// A class: `mnist_cnn` is `MnistCnn`.
  static func type(_ name: String, besides others: [String]) -> String {
    let words = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
    let joined = words.joined()
    let isName = joined.first?.isLetter ?? false
    let type = isName ? joined : "Net\(joined)"
    let reserved = keywords.union(ofTheFile).union(others).union(["LEAVES", "NAMES", "CLASSES"])
    return reserved.contains(type) ? "\(type)Net" : type
  }

  private static func unused(
    _ name: String, besides reserved: Set<String>, _ taken: inout Set<String>,
    isAttribute: Bool = false
  ) -> String {
    // In a class, Python makes another name of one that begins with two.
    let hidden = isAttribute && name.hasPrefix("_")
    let plain = hidden ? "layer\(name)" : name
    var unused = reserved.contains(plain) ? "\(plain)_" : plain
    while taken.contains(unused) { unused += "_" }
    taken.insert(unused)
    return unused
  }
}
