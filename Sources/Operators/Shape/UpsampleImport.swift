import IR
import Importing

extension ImportRule {
  static let resizing = ImportRule.one("Resize") { node, network in
    let view = try network.padded(network.view(node))
    let mode = node.text("mode") ?? "nearest"
    let transformation =
      node.text("coordinate_transformation_mode")
      ?? (network.opset < 11 ? "asymmetric" : "half_pixel")
    let hasRegion = network.opset >= 11
    let rank = view.axes.count + 1
    let axes =
      try node.integers("axes").map { axes in
        try axes.map { $0 == 0 || $0 == -rank ? 0 : try view.index($0) + 1 }
      } ?? Array(0..<rank)
    guard node.text("keep_aspect_ratio_policy") ?? "stretch" == "stretch" else {
      throw ImportError("it keeps the ratio of the sides")
    }
    guard node.integer("antialias") ?? 0 == 0 else {
      throw ImportError(
        "it averages where it shrinks (antialias), and 'upsample' takes single numbers")
    }
    let scales = try network.constant(node, hasRegion ? 2 : 1)
      .flatMap { $0.count == 0 ? nil : $0.doubles }
    let sizes = try hasRegion ? network.constant(node, 3)?.wholes() : nil
    let resizing = try Resizing(
      of: [1] + view.sizes, axes: axes, scales: scales, sizes: sizes, batch: network.batchSize)
    return try network.resized(
      view, resizing, mode: mode, transformation,
      nearest: node.text("nearest_mode") ?? (network.opset < 11 ? "floor" : "round_prefer_floor"))
  }

  static let upsampling = ImportRule.one("Upsample") { node, network in
    let view = try network.padded(network.view(node))
    var scales: [Double]?
    if case .floats(let values)? = node.attributes["scales"] { scales = values }
    scales = try scales ?? network.constant(node, 1)?.doubles
    let resizing = try Resizing(
      of: [1] + view.sizes, axes: Array(0...view.axes.count), scales: scales, sizes: nil,
      batch: network.batchSize)
    return try network.resized(
      view, resizing, mode: node.text("mode") ?? "nearest", "asymmetric", nearest: "floor")
  }
}

/// Sizes along the axes of a graph, the batch left out, before and after.
private struct Resizing {
  let from: [Int]
  var to: [Int]
  /// What coordinates are divided by.
  var scales: [Double]

  /// - Parameter sizes: Those of the graph, the batch being 1.
  init(of whole: [Int], axes: [Int], scales given: [Double]?, sizes: [Int]?, batch: Int) throws {
    from = Array(whole.dropFirst())
    to = from
    scales = from.map { _ in 1 }
    guard (given ?? []).count == axes.count || (sizes ?? []).count == axes.count else {
      throw ImportError("it has neither a scale nor a size for each of \(axes.count) axes")
    }
    for (place, axis) in axes.enumerated() {
      if axis == 0 {
        let isKept = sizes.map { $0[place] == batch } ?? (given?[place] == 1)
        guard isKept else { throw ImportError("it resizes the batch") }
        continue
      }
      let size = from[axis - 1]
      if let sizes {
        to[axis - 1] = sizes[place]
        scales[axis - 1] = Double(sizes[place]) / Double(size)
      } else if let scale = given?[place] {
        guard scale > 0, scale < 65536 else { throw ImportError("its scale is \(scale)") }
        to[axis - 1] = Int((Double(size) * scale).rounded(.down))
        scales[axis - 1] = scale
      }
      guard Limits.dimension.contains(to[axis - 1]) else {
        throw ImportError("it makes \(to[axis - 1]) numbers of \(size)")
      }
    }
  }
}

extension NetworkImport {
  fileprivate mutating func resized(
    _ view: ImportedView, _ resizing: Resizing, mode: String, _ transformation: String,
    nearest: String
  ) throws -> ImportedView {
    let changed = resizing.from.indices.filter { resizing.from[$0] != resizing.to[$0] }
    if changed.isEmpty { return view }
    // The channels stay; what is resized is behind them.
    let isBehind = changed.allSatisfy { (view.axes[$0] ?? 0) > 0 }
    let x = isBehind ? view : try plain(view)
    guard changed.allSatisfy({ (x.axes[$0] ?? 0) > 0 }) else {
      throw ImportError("it resizes the channels, \(Shape(resizing.from)) to \(Shape(resizing.to))")
    }
    var arguments: [ImportedArgument] = []
    switch mode {
    case "nearest":
      for index in changed {
        let (size, n) = (resizing.from[index], resizing.to[index])
        let places = (0..<n).map {
          Self.nearest($0, size, n, resizing.scales[index], transformation, nearest)
        }
        guard places == (0..<n).map({ $0 * size / n }) else {
          throw ImportError(
            "it takes other nearest numbers (\(transformation), \(nearest)) than 'upsample' does",
            help: "export it with coordinate_transformation_mode asymmetric and nearest_mode floor")
        }
      }
    case "linear":
      let isExact = changed.allSatisfy {
        abs(resizing.scales[$0] * Double(resizing.from[$0]) - Double(resizing.to[$0])) < 1e-4
      }
      let hasOne = changed.contains { resizing.to[$0] == 1 }
      guard isExact,
        ["half_pixel", "align_corners"].contains(transformation)
          || transformation == "pytorch_half_pixel" && !hasOne
      else {
        throw ImportError(
          "it interpolates with \(transformation), and 'upsample' with half_pixel or align_corners")
      }
      let words = ["linear", "bilinear", "trilinear"]
      let axes = x.shape.dimensions.count - 1
      guard words.indices.contains(axes - 1) else { throw ImportError("it resizes \(axes) axes") }
      arguments.append(.key("mode", .word(words[axes - 1])))
      if transformation == "align_corners" {
        arguments.append(.key("align_corners", .flag(true)))
      }
    default:
      throw ImportError(
        "it interpolates with mode '\(mode)', and 'upsample' takes the nearest number or what lies between two"
      )
    }
    return try upsampled(x, resizing.to, arguments)
  }

  /// - Parameter sizes: Those of the graph, the batch left out.
  private mutating func upsampled(
    _ view: ImportedView, _ sizes: [Int], _ more: [ImportedArgument]
  ) throws -> ImportedView {
    var result = view.shape.dimensions
    for (index, axis) in view.axes.enumerated() { if let axis { result[axis] = sizes[index] } }
    let pairs = zip(result, view.shape.dimensions).dropFirst()
    let isMultiple = pairs.allSatisfy { $0 % $1 == 0 }
    let size: ImportedArgument =
      isMultiple
      ? .place("scale", .sizes(pairs.map { $0 / $1 }))
      : .key("size", .sizes(pairs.map(\.0)))
    let id = try layer(Upsample.definition.signature.keyword, [.value(view.id)], [size] + more)
    return view.with(id, shape(of: id))
  }

  /// The value of which `places` along an axis are the nearest ones of as many; nil where they are
  /// not.
  mutating func nearest(
    _ view: ImportedView, _ index: Int, _ places: [Int]
  ) throws -> ImportedView? {
    let size = view.sizes[index]
    guard places == places.indices.map({ $0 * size / places.count }) else { return nil }
    let x = (view.axes[index] ?? 0) > 0 ? view : try plain(view)
    guard (x.axes[index] ?? 0) > 0 else { return nil }
    var sizes = x.sizes
    sizes[index] = places.count
    return try upsampled(x, sizes, [])
  }

  /// The place of the number nearest to number `index` of `n`, as ONNX says it.
  private static func nearest(
    _ index: Int, _ size: Int, _ n: Int, _ scale: Double, _ transformation: String, _ mode: String
  ) -> Int? {
    let x: Double
    switch transformation {
    case "asymmetric": x = Double(index) / scale
    case "half_pixel", "half_pixel_symmetric": x = (Double(index) + 0.5) / scale - 0.5
    case "pytorch_half_pixel": x = n > 1 ? (Double(index) + 0.5) / scale - 0.5 : 0
    case "align_corners": x = n > 1 ? Double(index) * Double(size - 1) / Double(n - 1) : 0
    case "tf_half_pixel_for_nn": x = (Double(index) + 0.5) / scale
    default: return nil
    }
    let place: Double
    switch mode {
    case "floor": place = x.rounded(.down)
    case "ceil": place = x.rounded(.up)
    case "round_prefer_floor": place = (x - 0.5).rounded(.up)
    case "round_prefer_ceil": place = (x + 0.5).rounded(.down)
    default: return nil
    }
    return min(max(Int(place), 0), size - 1)
  }
}
