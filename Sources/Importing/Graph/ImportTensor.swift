import Diagnostics

/// Numbers that a file holds, or that follow from them.
package struct ImportTensor: Hashable, Sendable {
  /// What the file calls it; empty for what was computed.
  package var name: String
  package var shape: [Int]
  package var numbers: Numbers

  package enum Numbers: Hashable, Sendable {
    case floats([Float])
    /// Whole numbers, and 0 and 1 for what is false and true.
    case integers([Int])
  }

  package init(name: String = "", shape: [Int], _ numbers: Numbers) {
    self.name = name
    self.shape = shape
    self.numbers = numbers
  }

  package var count: Int {
    switch numbers {
    case .floats(let numbers): numbers.count
    case .integers(let numbers): numbers.count
    }
  }

  package var isWhole: Bool { if case .integers = numbers { true } else { false } }

  /// All numbers, in C order.
  package var floats: [Float] {
    switch numbers {
    case .floats(let numbers): numbers
    case .integers(let numbers): numbers.map { Float($0) }
    }
  }

  /// All numbers, in C order; whole ones of more than 53 bits are rounded.
  package var doubles: [Double] {
    switch numbers {
    case .floats(let numbers): numbers.map { Double($0) }
    case .integers(let numbers): numbers.map { Double($0) }
    }
  }

  /// The numbers as whole ones.
  ///
  /// - Throws: `ImportError` where one is not.
  package func wholes() throws -> [Int] {
    switch numbers {
    case .integers(let numbers): return numbers
    case .floats(let numbers):
      return try numbers.map { number in
        guard let whole = Int(exactly: number) else {
          throw ImportError("\(number) stands where a whole number is needed")
        }
        return whole
      }
    }
  }

  /// The one number that it is, in its shortest decimal form; nil of several.
  package var single: Double? {
    guard count == 1 else { return nil }
    switch numbers {
    case .floats(let numbers): return numbers[0].decimal
    case .integers(let numbers): return Double(numbers[0])
    }
  }

  /// The number that all of it is; nil where they differ.
  package var uniform: Double? {
    switch numbers {
    case .floats(let numbers):
      guard let first = numbers.first, numbers.allSatisfy({ $0 == first }) else { return nil }
      return first.decimal
    case .integers(let numbers):
      guard let first = numbers.first, numbers.allSatisfy({ $0 == first }) else { return nil }
      return Double(first)
    }
  }

  /// The same numbers in the same order under another shape of as many.
  package func reshaped(_ shape: [Int]) -> ImportTensor {
    ImportTensor(name: name, shape: shape, numbers)
  }

  /// Each number changed.
  package func map(_ change: (Float) -> Float) -> ImportTensor {
    ImportTensor(name: name, shape: shape, .floats(floats.map(change)))
  }

  /// `count` times `number`.
  package static func row(_ number: Float, count: Int) -> ImportTensor {
    ImportTensor(shape: [count], .floats([Float](repeating: number, count: count)))
  }
}

extension Float {
  /// The double that its shortest decimal form means: 1e-5 of the float next to it.
  package var decimal: Double { Double("\(self)") ?? Double(self) }
}

extension ImportTensor {
  /// The numbers at `offset` and, along each axis of `shape`, so many further as `strides` says:
  /// all of them lie within the tensor.
  package func taken(shape: [Int], strides: [Int], offset: Int = 0) -> ImportTensor {
    let numbers: Numbers =
      switch numbers {
      case .floats(let all): .floats(Self.take(all, shape, strides, offset))
      case .integers(let all): .integers(Self.take(all, shape, strides, offset))
      }
    return ImportTensor(name: name, shape: shape, numbers)
  }

  /// How far numbers next to each other lie apart, axis by axis.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  /// The axes in another order: the result's axis `a` is this one's `order[a]`.
  package func transposed(_ order: [Int]) -> ImportTensor {
    taken(shape: order.map { shape[$0] }, strides: order.map { strides[$0] })
  }

  private static func take<Number>(
    _ all: [Number], _ shape: [Int], _ strides: [Int], _ offset: Int
  ) -> [Number] {
    let count = shape.reduce(1, *)
    var result: [Number] = []
    result.reserveCapacity(count)
    var index = [Int](repeating: 0, count: shape.count)
    var place = offset
    for _ in 0..<count {
      result.append(all[place])
      for axis in shape.indices.reversed() {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return result
  }
}
