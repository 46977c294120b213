import Foundation
import IR
import Lowering

/// `augment rotate(15)`, `augment zoom(0.1)`: images turned around their middle by up to so many
/// degrees either way, or larger or smaller by a factor from 1 - amount to 1 + amount.
///
///     y[c, i, j] = x[c, p, q] between its four neighbours; outside 0, or the nearest number of x
///       p = middle + (cos(angle) * (i - middle) + sin(angle) * (j - middle)) / factor
///       q = middle + (cos(angle) * (j - middle) - sin(angle) * (i - middle)) / factor
package struct Turn: Augmentation {
  package enum Mode: String, CaseIterable, Sendable {
    case zeros, edge
  }

  private static let degrees = Key.real(
    "degrees", atLeast: 0, atMost: 180, "of the angle, at most, either way")
  private static let amount = Key.real(
    "amount", atLeast: 0, atMost: 0.9, "how far the factor is from 1, at most")
  private static let mode = Key<Mode>.choice(
    "mode", default: .zeros, "what comes in from outside: 0, or the edge")

  package static let rotate = Definition<any Augmentation>(
    "rotate", "images turned around their middle", positional: [degrees.parameter],
    keyed: [mode.parameter]
  ) { arguments throws(ArgumentError) in
    Turn(degrees: try arguments.value(degrees), amount: nil, mode: try arguments.value(mode))
  }

  package static let zoom = Definition<any Augmentation>(
    "zoom", "images made larger or smaller around their middle", positional: [amount.parameter],
    keyed: [mode.parameter]
  ) { arguments throws(ArgumentError) in
    Turn(degrees: nil, amount: try arguments.value(amount), mode: try arguments.value(mode))
  }

  package var keyword: String { degrees == nil ? "zoom" : "rotate" }
  package var stream = 0
  package var movesPlaces: Bool { true }
  let degrees, amount: Double?
  let mode: Mode
  /// Whether the nearest number is taken, and not what lies between four.
  var takesNearest = false

  private init(degrees: Double?, amount: Double?, mode: Mode) {
    (self.degrees, self.amount, self.mode) = (degrees, amount, mode)
  }

  package var attributes: [AttributeValue] {
    [
      degrees.map { AttributeValue(Self.degrees, $0) },
      amount.map { AttributeValue(Self.amount, $0) },
      AttributeValue(Self.mode, mode.rawValue),
    ].compactMap(\.self)
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    try AugmentationKeys.check(keyword, operands[0], needsRows: true)
    return operands[0]
  }

  package var ofClasses: any Augmentation {
    var turn = self
    turn.takesNearest = true
    return turn
  }

  package var formula: String {
    let what =
      degrees.map { "turned by up to \($0) degrees" }
      ?? "\(1 - (amount ?? 0)) to \(1 + (amount ?? 0)) times as large"
    return "y = x \(what)\(takesNearest ? ", the nearest number" : ""), "
      + "\(mode == .zeros ? "0" : "x's edge") outside, in training"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    guard inputs.isTraining else { return inputs.operands[0] }
    let shape = inputs.result
    let (middleRow, middleColumn) = (Double(shape.height - 1) / 2, Double(shape.width - 1) / 2)
    return (0..<inputs.count).flatMap { example in
      let number = Double(inputs.draw.number(row: example, unit: 0, of: self))
      let side = number * 0x1p-30 - 1
      let angle = (degrees ?? 0) * side * (.pi / 180)
      let factor = 1 + (amount ?? 0) * side
      let (along, across) = (cos(angle) / factor, sin(angle) / factor)
      return inputs.indices(of: shape).map { index in
        let (u, v) = (Double(index[1]) - middleRow, Double(index[2]) - middleColumn)
        return between(
          inputs, index[0], middleRow + along * u + across * v,
          middleColumn + along * v - across * u, example)
      }
    }
  }

  private func between(
    _ inputs: ReferenceInputs, _ channel: Int, _ row: Double, _ column: Double, _ example: Int
  ) -> Double {
    let (top, left) = (Int(row.rounded(.down)), Int(column.rounded(.down)))
    let (height, width) = (inputs.result.height, inputs.result.width)
    if takesNearest {
      let (i, j) = (Int((row + 0.5).rounded(.down)), Int((column + 0.5).rounded(.down)))
      let inside = [channel, min(max(i, 0), height - 1), min(max(j, 0), width - 1)]
      let isInside = inside == [channel, i, j]
      return mode == .edge || isInside ? inputs.number(of: 0, at: inside, in: example) : 0
    }
    var sum = 0.0
    for i in top...top + 1 {
      for j in left...left + 1
      where mode == .edge || ((0..<height).contains(i) && (0..<width).contains(j)) {
        let weight = (1 - abs(row - Double(i))) * (1 - abs(column - Double(j)))
        let inside = [channel, min(max(i, 0), height - 1), min(max(j, 0), width - 1)]
        sum += weight * inputs.number(of: 0, at: inside, in: example)
      }
    }
    return sum
  }
}

extension Turn: LoweredAugmentation {
  var worksInPlace: Bool { false }
  package var operations: Double { 16 }

  func function(_ shared: inout SharedFunctions) -> String {
    if mode == .edge {
      shared.define(SharedText("clamped_lanes", template: "Augmentation/clamped_lanes.c.mustache"))
    }
    let end = mode == .zeros ? "" : "_edge"
    let found = shared.name(PlaceOfFour(takesNearest: takesNearest, clamps: mode == .edge))
    return shared.name(
      TurnTask(stem: (takesNearest ? "turn_classes" : "turn") + end, found: found))
  }

  func arguments(of shape: Shape) -> [String] {
    [
      "\(shape.channels)", "\(shape.height)", "\(shape.width)",
      CText.double((degrees ?? 0) * (.pi / 180)), CText.double(amount ?? 0),
    ]
  }
}

struct TurnTask: SharedFunction {
  var template: String { "Augmentation/turn.c.mustache" }
  let stem: String
  var name = ""
  /// The function that finds what there is at a place between numbers.
  let found: String
}

/// What there is at a place among four numbers of an image: something between them, or the nearest one.
struct PlaceOfFour: SharedFunction {
  let template, stem: String
  var name = ""
  /// Whether the edge goes on outside, and not 0.
  let clamps: Bool

  init(takesNearest: Bool, clamps: Bool) {
    let way = takesNearest ? "nearest" : "between"
    template = "Augmentation/\(way)_four.c.mustache"
    stem = "\(way)_four" + (clamps ? "_edge" : "")
    self.clamps = clamps
  }
}
