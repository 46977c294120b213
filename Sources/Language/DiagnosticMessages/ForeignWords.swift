/// What other frameworks call what the language has another word for.
enum ForeignWords {
  /// The layer of `known` that is called `word` elsewhere.
  static func layer(_ word: String, among known: some Sequence<String>) -> String? {
    layers[word.lowercased()].flatMap { own in known.contains(own) ? own : nil }
  }

  /// Whether `word` has a meaning elsewhere that no other word is near to.
  static func isKnownKey(_ word: String) -> Bool { keys[word.lowercased()] != nil }

  /// The key of `known` that is called `word` elsewhere.
  static func key(_ word: String, among known: [String]) -> String? {
    keys[word.lowercased()]?.first { known.contains($0) }
  }

  /// What is said about a word that `parameter` does not take and that means something elsewhere.
  static func advice(_ word: String, for parameter: String, among known: [String]) -> String? {
    if let own = words[word], known.contains(own) { return "that is '\(own)' here" }
    if ["axis", "axes"].contains(parameter), axes.contains(word) {
      return "an axis has a number: 1 is the channels, -1 the last one"
    }
    guard parameter == "padding", ["reflect", "replicate", "zeros"].contains(word) else {
      return nil
    }
    return "'padding' is a size; what lies in it says a conv's 'padding_mode', or a 'pad' before it"
  }

  private static let axes: Set<String> = [
    "depth", "height", "width", "length", "last", "first", "features", "batch", "time",
  ]

  private static let layers = [
    "averagepool": "avgpool", "average_pool": "avgpool", "avg_pool2d": "avgpool",
    "adaptive_avg_pool2d": "global_avgpool", "global_average_pool": "global_avgpool",
    "max_pool2d": "maxpool", "cat": "concat", "concatenate": "concat", "chunk": "part",
    "split": "part", "conv1d": "conv", "conv2d": "conv", "convolution": "conv",
    "deconv": "conv_transpose", "deconvolution": "conv_transpose",
    "conv2d_transpose": "conv_transpose", "conv_transpose2d": "conv_transpose",
    "div": "divide", "mul": "multiply", "sub": "subtract", "sum": "add", "plus": "add",
    "dropout2d": "channel_dropout", "spatial_dropout": "channel_dropout",
    "fc": "dense", "fully_connected": "dense", "gemm": "dense", "linear": "dense",
    "interpolate": "upsample", "resize": "upsample", "upsampling": "upsample",
    "layer_normalization": "layer_norm", "layernorm": "layer_norm",
    "batch_normalization": "batchnorm", "group_normalization": "group_norm",
    "instance_normalization": "instance_norm", "narrow": "slice", "crop": "slice",
    "padding": "pad", "zero_padding": "pad", "permute": "transpose", "swish": "silu",
    "view": "reshape", "hswish": "hard_swish", "hsigmoid": "hard_sigmoid", "relu_6": "relu6",
  ]

  private static let keys = [
    "begin": ["start"], "ceil_mode": ["ceil"], "count_include_pad": ["count_padding"],
    "dim": ["axis"], "dims": ["axes"], "perm": ["axes"], "elementwise_affine": ["affine"],
    "epsilon": ["eps"], "filters": ["channels"], "out_channels": ["channels"],
    "num_groups": ["groups"], "index": ["number"], "init": ["start"], "interpolation": ["mode"],
    "into": ["of"], "kernel_size": ["kernel"], "negative_slope": ["slope"], "p": ["rate"],
    "padding": ["before"], "padding_mode": ["mode"], "constant": ["value"],
    "scale_factor": ["scale"], "sizes": ["shape", "size"],
    "std": ["deviation"], "stddev": ["deviation"], "stop": ["end"],
    "units": ["features", "channels"], "out_features": ["features"],
    "use_bias": ["bias"], "normalized_shape": ["over"],
  ]

  private static let words = [
    "replicate": "edge", "edge": "replicate", "nearest_neighbor": "nearest", "torch": "pytorch",
    "tensorflow": "keras",
  ]
}
