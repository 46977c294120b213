import IR

/// A value of the graph: what is known of it.
package enum ImportedValue: Sendable {
  /// Its numbers.
  case constant(ImportTensor)
  /// Where they are in the model.
  case computed(ImportedView)
}

/// A value of the graph as a value of the model: which layer or input has its numbers, and in which
/// order. Moving axes, and adding and removing axes of one number, is a matter of this order alone:
/// layers come of it only where an operation needs the numbers in another one.
package struct ImportedView: Hashable, Sendable {
  package var id: ValueID
  /// The shape of one example in the model.
  package var shape: Shape
  /// For each axis of the graph's value behind the batch, the axis of `shape`; nil for one of one
  /// number that the model's value does not have. What no axis names there is of one number, too.
  package var axes: [Int?]
  /// Zeros, or another number, around it that no layer has put there yet.
  package var margin: Margin?

  /// Numbers around a value, by the model's axes.
  package struct Margin: Hashable, Sendable {
    package var before, after: [Int]
    package var value: Double

    package init(before: [Int], after: [Int], value: Double) {
      self.before = before
      self.after = after
      self.value = value
    }
  }

  /// The value that `id` is, its axes in the model's order.
  package init(_ id: ValueID, _ shape: Shape) {
    self.id = id
    self.shape = shape
    axes = Array(shape.dimensions.indices)
  }

  /// The graph's sizes, batch left out.
  package var sizes: [Int] { axes.map { $0.map(size(ofAxis:)) ?? 1 } }

  /// The size of an axis of the model, numbers around it included.
  package func size(ofAxis axis: Int) -> Int {
    shape.dimensions[axis] + (margin.map { $0.before[axis] + $0.after[axis] } ?? 0)
  }

  /// Whether the graph has the axes as the model has them.
  package var isPlain: Bool {
    margin == nil && axes == Array(shape.dimensions.indices).map(Optional.some)
  }

  /// The same axes of what a layer makes of it number by number.
  package func with(_ id: ValueID, _ shape: Shape? = nil) -> ImportedView {
    var view = self
    view.id = id
    view.shape = shape ?? self.shape
    view.margin = nil
    return view
  }

  /// The axis of the model that axis `number` of the graph is, which counts the batch as 0.
  ///
  /// - Throws: `ImportError` where there is no such axis, or it is the batch.
  package func axis(_ number: Int) throws -> Int? {
    axes[try index(number)]
  }

  /// The place in `axes` of axis `number` of the graph, which counts the batch as 0.
  package func index(_ number: Int) throws -> Int {
    let index = try TensorAxes.index(number, rank: axes.count + 1)
    guard index > 0 else {
      throw ImportError(
        "it works along the batch, of which no example knows the others",
        help: "leave it out of the exported network")
    }
    return index - 1
  }
}
