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

  /// Protects against misread files: each cause has a message of its own.
  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "Fortran order"),
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

  /// Protects against files that are none.
  @Test func refusesOtherFiles() throws {
    let text = try scratch.file("text", Array("hello, world".utf8))
    #expect(failure { _ = try NPY.read(text) }.contains("is not an NPY file"))
    let cut = try scratch.file("cut", [0x93] + Array("NUMPY".utf8) + [1, 0, 200, 0, 1])
    #expect(failure { _ = try NPY.read(cut) }.contains("header"))
  }
}
