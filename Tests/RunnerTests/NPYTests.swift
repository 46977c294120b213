import Foundation
import Testing

@testable import Runner

struct NPYTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func npy(_ header: String, _ data: [UInt8]) throws -> String {
    let text = Array(header.utf8)
    return try scratch.file(
      "x-\(UUID().uuidString).npy",
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count), 0] + text + data)
  }

  /// Protects the round trip, shapes of no and one axis included.
  @Test func survivesTheRoundTrip() throws {
    for shape in [[], [3], [2, 3]] {
      let values = (0..<shape.reduce(1, *)).map { Double($0) + 0.5 }
      for type in [NumberType.float32, .float64] {
        let path = scratch.path + "/x.npy"
        try NPY.write(try Tensor(shape: shape, values: values, as: type), to: path)
        let back = try NPY.read(path)
        #expect(back.shape == shape)
        #expect(back.type == type)
        #expect(back.values == values)
      }
    }
  }

  /// Protects the reading of what NumPy writes, its own spacing included.
  @Test func readsNumPysHeader() throws {
    let path = try npy(
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }      \n", [1, 2, 3, 4])
    #expect(try NPY.read(path).values == [1, 2, 3, 4])
    #expect(try NPY.read(path).shape == [2, 2])
  }

  /// Protects arrays that NumPy wrote in Fortran order, as it does of a transposed one: the same
  /// numbers at the same indices, for every size of number and with axes of 1 and of 0.
  @Test func readsFortranOrder() throws {
    let header = "'fortran_order': True, 'shape':"
    let one = try npy("{'descr': '|u1', \(header) (2, 3), }", [1, 4, 2, 5, 3, 6])
    #expect(try NPY.read(one).values == [1, 2, 3, 4, 5, 6])
    #expect(try NPY.read(one).shape == [2, 3])
    for (code, size) in [("|u1", 1), ("<i2", 2), ("<i4", 4), ("<i8", 8)] {
      let numbers = (0..<24).map { (axes: [$0 % 2, $0 / 2 % 1, $0 / 2 % 3, $0 / 6], $0) }
      let bytes = numbers.flatMap { [UInt8($0.1)] + [UInt8](repeating: 0, count: size - 1) }
      let read = try NPY.read(npy("{'descr': '\(code)', \(header) (2, 1, 3, 4), }", bytes))
      for (axes, number) in numbers {
        #expect(read[((axes[0] + axes[1]) * 3 + axes[2]) * 4 + axes[3]] == Double(number))
      }
    }
    for shape in ["(2, 3, 0)", "()", "(1,)"] {
      let bytes: [UInt8] = shape.contains("0") ? [] : [7]
      let read = try NPY.read(npy("{'descr': '|u1', \(header) \(shape), }", bytes))
      #expect(read.values == bytes.map(Double.init))
    }
  }

  /// Protects against misread files: each cause has a message of its own.
  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': 1, 'shape': (1,), }", "no readable 'fortran_order'"),
    ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "type '>f4'"),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "records"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "no readable 'shape'"),
    ("{'descr': '<f4', 'fortran_order': False}", "no 'shape'"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "more than the file holds"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "holds more than"),
    (
      "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 9), }",
      "more than the file holds"
    ),
  ])
  func refuses(header: String, words: String) throws {
    let path = try npy(header, [0, 0, 0, 0])
    let message = failure { _ = try NPY.read(path) }
    #expect(message.hasPrefix(path) && message.contains(words), "\(message)")
  }

  /// Protects the help from leaving out what is read.
  @Test func namesWhatItReads() throws {
    let path = try npy("{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0])
    let message = failure { _ = try NPY.read(path) }
    for type in NumberType.allCases where type != .bfloat16 {
      #expect(message.contains(type.rawValue))
    }
  }

  /// Protects against files that are none.
  @Test func refusesOtherFiles() throws {
    let text = try scratch.file("text", Array("hello, world".utf8))
    #expect(failure { _ = try NPY.read(text) }.contains("is not an NPY file"))
    let cut = try scratch.file("cut", [0x93] + Array("NUMPY".utf8) + [1, 0, 200, 0, 1])
    #expect(failure { _ = try NPY.read(cut) }.contains("header"))
  }

  /// Protects arrays that are larger than memory should be asked for: they are pages of their file, with
  /// the same numbers; small ones, Fortran's and gzipped ones are read.
  @Test func mapsLargeFiles() throws {
    let count = 300_000
    let path = "\(scratch.path)/large.npy"
    let values = (0..<count).map { Double($0) / 7 }
    try NPY.write(try Tensor(shape: [count / 3, 3], values: values, as: .float32), to: path)
    let tensor = try NPY.read(path)
    #expect(tensor.memory.isMapped && tensor.shape == [100_000, 3])
    #expect(tensor.values == values.map { Double(Float($0)) })
    // Whoever writes over the numbers does not reach the file, and they stay when its name is gone.
    tensor.memory.bytes.storeBytes(of: 5, as: Float.self)
    #expect(try NPY.read(path)[0] == 0)
    try FileManager.default.removeItem(atPath: path)
    #expect(tensor[0] == 5 && tensor[count - 1] == Double(Float(values[count - 1])))
    try NPY.write(try Tensor(shape: [10], values: Array(values[..<10]), as: .float32), to: path)
    #expect(try !NPY.read(path).memory.isMapped)
  }
}
