import Diagnostics

/// A format that is not the one that was asked for, told by how its files begin: what it is says
/// more than what it is not.
enum ForeignFormat: Hashable {
  case html, gzip, npy, npz, pytorch, hdf5, keras, zip, pickle, safeTensors

  /// The format of the file at `path`, inflated first where `inflates`; nil where it is not known.
  static func of(_ path: String, inflates: Bool) -> ForeignFormat? {
    guard let file = try? InputFile(path, mayBeGzipped: inflates),
      let memory = try? AlignedMemory(byteCount: 512),
      let count = try? file.read(into: memory.bytes)
    else { return nil }
    return ForeignFormat(beginning: Array(memory.bytes[..<count]))
  }

  /// The format whose files begin like `bytes`.
  init?(beginning bytes: [UInt8]) {
    func starts(_ signature: [UInt8]) -> Bool { bytes.starts(with: signature) }
    if starts([0x1F, 0x8B]) {
      self = .gzip
    } else if starts([0x93] + Array("NUMPY".utf8)) {
      self = .npy
    } else if starts([0x89] + Array("HDF\r\n".utf8)) {
      self = .hdf5
    } else if starts(Array("PK\u{3}\u{4}".utf8)) {
      self = Self.archive(bytes)
    } else if starts([0x80]), bytes.count > 1, (2...5).contains(bytes[1]) {
      self = bytes.starts(with: Self.earlyPyTorch) ? .pytorch : .pickle
    } else if bytes.count > 8, bytes[8] == UInt8(ascii: "{"), bytes[4..<8].allSatisfy({ $0 == 0 }) {
      self = .safeTensors
    } else if Self.isMarkup(bytes) {
      self = .html
    } else {
      return nil
    }
  }

  /// What PyTorch wrote before its files were archives: a pickled number first.
  private static let earlyPyTorch: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20,
  ]

  /// An archive's kind, by the name of its first member.
  private static func archive(_ bytes: [UInt8]) -> ForeignFormat {
    guard bytes.count > 30 else { return .zip }
    let length = Int(bytes[26]) | Int(bytes[27]) << 8
    let name = String(decoding: bytes[30..<min(30 + length, bytes.count)], as: UTF8.self)
    if name.hasSuffix(".npy") { return .npz }
    if name.contains("/") { return .pytorch }
    return name.hasSuffix(".json") || name.hasSuffix(".h5") ? .keras : .zip
  }

  /// Whether a browser would show it as a page.
  private static func isMarkup(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes.prefix(256), as: UTF8.self).drop { $0.isWhitespace }
    let start = text.prefix(16).lowercased()
    return ["<!doctype", "<html", "<head", "<?xml", "<!--"].contains { start.hasPrefix($0) }
  }

  /// What a file of it is.
  private var name: String {
    switch self {
    case .html: "an HTML page, so its download failed"
    case .gzip: "gzipped"
    case .npy: "an NPY file of one array"
    case .npz: "an NPZ archive of several arrays"
    case .pytorch: "a file of torch.save"
    case .hdf5: "an HDF5 file"
    case .keras: "a Keras archive"
    case .zip: "a zip archive"
    case .pickle: "a Python pickle"
    case .safeTensors: "a safetensors file"
    }
  }

  /// The failure of a file at `path` that should hold data: `wanted` or the like.
  func failureOfData(at path: String, wanted: String) -> Failure {
    let help =
      switch self {
      case .html: "open it in an editor to see what the server said, and download it again"
      case .npz: "save each array by itself: numpy.save(name + '.npy', numpy.load(FILE)[name])"
      case .gzip: "it is gzipped twice: gunzip it"
      case .npy: "give it a name that ends in .npy"
      case .zip: "unpack it"
      case .pytorch, .hdf5, .keras, .pickle, .safeTensors:
        "save the numbers with numpy.save, as FILE.npy"
      }
    return Failure("is \(name); expected \(wanted)", path: path, help: help)
  }

  /// The failure of a file at `path` that should hold weights; nil where it is of the right format.
  func failureOfWeights(at path: String) -> Failure? {
    if self == .safeTensors { return nil }
    let help =
      switch self {
      case .html: "open it in an editor to see what the server said, and download it again"
      case .gzip: "gunzip it"
      case .zip, .safeTensors: "unpack it"
      case .pytorch:
        "in Python: safetensors.torch.save_file(torch.load(FILE, weights_only=True), "
          + "'weights.safetensors'), for a state_dict"
      case .npz:
        "in Python: safetensors.numpy.save_file(dict(numpy.load(FILE)), 'weights.safetensors')"
      case .npy, .pickle, .hdf5, .keras:
        "in Python: safetensors.numpy.save_file({'dense1.weight': array, ...}, "
          + "'weights.safetensors'), with weights as [out, in, height, width] or [out, in]"
      }
    return Failure("is \(name), not a safetensors file", path: path, help: help)
  }
}
