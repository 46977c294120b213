import Diagnostics
import Foundation
import Importing
import ONNX

/// Reads the tensors of an ONNX file, of whatever type and wherever their numbers are.
struct TensorReader {
  private let external: (String) throws -> [UInt8]
  /// Files that tensors are in.
  private var files: [String: [UInt8]] = [:]

  init(external: @escaping (String) throws -> [UInt8]) { self.external = external }

  /// The numbers of `tensor`; nil of texts and of complex numbers, which no operation reads.
  ///
  /// - Throws: `Failure` where its sizes and its numbers do not go together.
  mutating func tensor(_ tensor: Onnx_TensorProto) throws -> ImportTensor? {
    var count = 1
    for size in tensor.dims {
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(size))
      guard size >= 0, !overflow, product < 1 << 33 else {
        throw Failure(
          "has the tensor '\(tensor.name)' of the sizes \(tensor.dims)", help: "export it anew")
      }
      count = product
    }
    let shape = tensor.dims.map(Int.init)
    guard let type = Onnx_TensorProto.DataType(rawValue: Int(tensor.dataType)) else {
      throw Failure(
        "has the tensor '\(tensor.name)' of type \(tensor.dataType), which is not known here")
    }
    guard let numbers = try numbers(of: tensor, type, count) else { return nil }
    return ImportTensor(name: tensor.name, shape: shape, numbers)
  }

  private mutating func numbers(
    of tensor: Onnx_TensorProto, _ type: Onnx_TensorProto.DataType, _ count: Int
  ) throws -> ImportTensor.Numbers? {
    let isExternal = tensor.dataLocation == .external
    if isExternal || tensor.hasRawData || count == 0 {
      guard let size = type.byteCount else { return nil }
      let bytes = isExternal ? try externalBytes(of: tensor) : Array(tensor.rawData)
      guard bytes.count == count * size else {
        throw Self.mismatch(tensor, count, bytes.count / size)
      }
      return type.numbers(bytes, count)
    }
    func checked<Number>(_ numbers: [Number]) throws -> [Number] {
      guard numbers.count == count else { throw Self.mismatch(tensor, count, numbers.count) }
      return numbers
    }
    switch type {
    case .float: return .floats(try checked(tensor.floatData))
    case .double: return .floats(try checked(tensor.doubleData).map(Float.init))
    case .int64: return .integers(try checked(tensor.int64Data).map(Int.init))
    case .uint32, .uint64:
      return .integers(try checked(tensor.uint64Data).map { Int(clamping: $0) })
    case .int32, .int16, .int8, .uint16, .uint8, .bool:
      return .integers(try checked(tensor.int32Data).map(Int.init))
    case .float16:
      return .floats(
        try checked(tensor.int32Data).map {
          Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0)))
        })
    case .bfloat16:
      return .floats(
        try checked(tensor.int32Data).map {
          Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16)
        })
    case .undefined, .string, .complex64, .complex128: return nil
    }
  }

  private static func mismatch(_ tensor: Onnx_TensorProto, _ count: Int, _ found: Int) -> Failure {
    Failure(
      "has the tensor '\(tensor.name)' of \(tensor.dims), which are \(count) numbers, with \(found) of them",
      help: "the file is damaged: export it anew")
  }

  /// Bytes in another file, which has to be in the folder of this one.
  private mutating func externalBytes(of tensor: Onnx_TensorProto) throws -> [UInt8] {
    var entries: [String: String] = [:]
    for entry in tensor.externalData { entries[entry.key] = entry.value }
    let location = entries["location"] ?? ""
    guard !location.isEmpty, !location.contains("/"), !location.contains("\\"),
      !location.hasPrefix("."), !location.unicodeScalars.contains(where: { $0.value < 32 })
    else {
      throw Failure(
        "has the numbers of '\(tensor.name)' in '\(location)', which is no name of a file in its folder",
        help: "save it with all its tensors in one file: onnx.save(model, path)")
    }
    let bytes: [UInt8]
    if let read = files[location] {
      bytes = read
    } else {
      bytes = try external(location)
      files[location] = bytes
    }
    let offset = Int(entries["offset"] ?? "0") ?? -1
    let length = entries["length"].map { Int($0) ?? -1 } ?? bytes.count - max(offset, 0)
    guard offset >= 0, length >= 0, offset <= bytes.count, length <= bytes.count - offset else {
      throw Failure(
        "has the numbers of '\(tensor.name)' past the end of '\(location)'",
        help: "the files do not go together: export them anew")
    }
    return Array(bytes[offset..<offset + length])
  }
}

extension Onnx_TensorProto.DataType {
  /// Bytes of a number; nil of what is none.
  fileprivate var byteCount: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float, .int32, .uint32: 4
    case .int64, .uint64, .double: 8
    case .undefined, .string, .complex64, .complex128: nil
    }
  }

  /// `count` numbers that stand in `bytes`, the least byte of each first.
  fileprivate func numbers(_ bytes: [UInt8], _ count: Int) -> ImportTensor.Numbers? {
    bytes.withUnsafeBytes { bytes in
      func all<Word: FixedWidthInteger>(_ type: Word.Type) -> [Word] {
        (0..<count).map {
          Word(
            littleEndian: bytes.loadUnaligned(
              fromByteOffset: $0 * MemoryLayout<Word>.size, as: Word.self))
        }
      }
      switch self {
      case .float: return .floats(all(UInt32.self).map(Float.init(bitPattern:)))
      case .double: return .floats(all(UInt64.self).map { Float(Double(bitPattern: $0)) })
      case .float16: return .floats(all(UInt16.self).map { Float(Float16(bitPattern: $0)) })
      case .bfloat16: return .floats(all(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
      case .int64: return .integers(all(Int64.self).map(Int.init))
      case .uint64: return .integers(all(UInt64.self).map { Int(clamping: $0) })
      case .int32: return .integers(all(Int32.self).map(Int.init))
      case .uint32: return .integers(all(UInt32.self).map(Int.init))
      case .int16: return .integers(all(Int16.self).map(Int.init))
      case .uint16: return .integers(all(UInt16.self).map(Int.init))
      case .int8: return .integers(all(Int8.self).map(Int.init))
      case .uint8, .bool: return .integers(all(UInt8.self).map(Int.init))
      case .undefined, .string, .complex64, .complex128: return nil
      }
    }
  }
}
