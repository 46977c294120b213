import IR

extension Definition<DataTransform> {
  /// `data resize(32, 32)`: images of any size brought to that of the input.
  package static var resize: Self {
    let height = Key.whole("height", in: 1...65535, "the rows of an image")
    let width = Key.whole("width", in: 1...65535, "the columns of an image")
    return Definition(
      "resize",
      "images in files brought to this size, whatever theirs is: bilinear, and averaged where they shrink, "
        + "as Pillow does",
      positional: [height.parameter, width.parameter]
    ) { arguments throws(ArgumentError) in
      DataTransform(
        ImageSize(height: try arguments.value(height), width: try arguments.value(width)))
    }
  }
}
