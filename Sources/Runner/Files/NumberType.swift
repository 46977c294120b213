/// How one number of a tensor is stored, in this machine's byte order.
package enum NumberType: String, Hashable, Sendable, CaseIterable {
  case uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64

  /// Bytes a number.
  package var size: Int {
    switch self {
    case .uint8, .int8: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// Whether the numbers can have fractions.
  package var isReal: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    case .uint8, .int8, .int16, .int32, .int64: false
    }
  }

  /// Stores `numbers` as floats or doubles from place `index` of `bytes` on.
  func store(_ numbers: [Double], in bytes: UnsafeMutableRawBufferPointer, at index: Int) {
    for (place, number) in numbers.enumerated() {
      if self == .float64 {
        bytes.storeBytes(of: number, toByteOffset: (index + place) * 8, as: Double.self)
      } else {
        bytes.storeBytes(of: Float(number), toByteOffset: (index + place) * 4, as: Float.self)
      }
    }
  }

  /// The number stored at `offset` bytes into `bytes`, which need not be aligned.
  func number(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Double {
    switch self {
    case .uint8: Double(bytes.loadUnaligned(fromByteOffset: offset, as: UInt8.self))
    case .int8: Double(bytes.loadUnaligned(fromByteOffset: offset, as: Int8.self))
    case .int16: Double(bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self))
    case .int32: Double(bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    case .int64: Double(bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    case .float16: halfPrecision(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    case .bfloat16:
      Double(
        Float(
          bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) << 16))
    case .float32: Double(bytes.loadUnaligned(fromByteOffset: offset, as: Float.self))
    case .float64: bytes.loadUnaligned(fromByteOffset: offset, as: Double.self)
    }
  }
}

/// The value of an IEEE 754 half, worked out by hand: `Float16` is not on every platform.
private func halfPrecision(_ bits: UInt16) -> Double {
  let sign: Double = bits & 0x8000 == 0 ? 1 : -1
  let exponent = Int(bits >> 10 & 0x1F)
  let fraction = Double(bits & 0x3FF) / 1024
  switch exponent {
  case 0: return sign * Double(sign: .plus, exponent: -14, significand: 1) * fraction
  case 31: return fraction == 0 ? sign * .infinity : .nan
  default:
    return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1) * (1 + fraction)
  }
}
