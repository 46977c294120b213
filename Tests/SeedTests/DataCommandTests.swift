import Foundation
import Testing

@testable import Runner

/// What the commands make of data sets and say about them, seen from a shell.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct DataCommandTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  private func model(_ input: String, _ body: String, data: String = "") -> String {
    """
    model m {
      input x: \(input)
      target y: class(2)
      o = x | \(body)
      loss softmax_cross_entropy(o, y)
    }
    training { batch 8 epochs 2 \(data) }
    """
  }

  /// Folders of images of several sizes, with one file that is none.
  private func writeImages() throws {
    let images = "\(Place.root)/Tests/References/Data/images"
    _ = try shell.run(
      """
      mkdir -p img/train/cat img/train/dog img/test/cat img/test/dog
      for part in train test; do
        cp \(images)/colour.png img/$part/cat/1.png; cp \(images)/grey.jpg img/$part/dog/1.jpg
      done
      echo junk > img/train/dog/2.png
      """)
  }

  /// Protects `bnc data` without a model: what folders of images, tables and arrays tell, and that a model
  /// that begins as it says takes them; and what it says where there is nothing.
  @Test func outlines() throws {
    try writeImages()
    try write("1,0.5,0\n2,0.25,2\n", to: "t.csv")
    #expect(
      try shell.run("bnc data --data img") == [
        "train: 2 images in 2 class folders", "  all of 9 x 6 pixels, 1 in colours",
        "train: 1 image left out that could not be read:",
        "  img/train/dog/2.png: cannot be decoded: it is neither a PNG nor a JPEG image",
        "class  name  examples", "    0   cat         1", "    1   dog         1", "",
        "test: 2 images in 2 class folders", "  all of 9 x 6 pixels, 1 in colours",
        "class  name  examples", "    0   cat         1", "    1   dog         1", "",
        "a model for it begins with:", "", "  input  x: [3, 6, 9]", "  target y: class(2)",
      ])
    #expect(
      try shell.run("bnc data --data t.csv") == [
        "t.csv: 2 rows of 3 columns", "column   mean  deviation  least  largest",
        "     0    1.5        0.5      1        2", "     1  0.375      0.125   0.25      0.5",
        "     2      1          1      0        2", "",
        "a model for it, where the last column is the target, begins with:", "",
        "  input  x: [2]", "  target y: class(3)",
      ])
    _ = try shell.run(
      """
      mkdir arrays few; printf '1,2\\n' > few/train.csv
      m=arrays/train; s='\\000'
      printf '\\000\\000\\010\\003\\000\\000\\000\\002\\000\\000\\000\\001\\000\\000\\000\\002\\001\\002\\003\\004' > $m-images-idx3-ubyte
      printf '\\000\\000\\010\\001\\000\\000\\000\\002\\003\\000' > $m-labels-idx1-ubyte
      """)
    let arrays = try shell.run("bnc data --data arrays")
    #expect(
      arrays.prefix(3) == ["train: 2 examples", "  inputs [1, 2], uint8", "  targets of 4 classes"])
    #expect(
      arrays.contains("test: holds no t10k-images-idx3-ubyte and no t10k-images-idx3-ubyte.gz"))
    #expect(arrays.suffix(2) == ["  input  x: [1, 1, 2]", "  target y: class(4)"])
    #expect(try shell.run("bnc data --data few | sed -n 4,6p").contains { $0.hasPrefix("test: ") })
    for (options, start) in [
      ("", "Error: Name a model, or files with --data."),
      ("--data img --sheet s.png", "Error: --sheet draws what a model sees: name one."),
      ("--data none", "error: none: there is no such directory or .csv file"),
    ] {
      #expect(try shell.run("bnc data \(options) 2>&1 | head -1") == [start])
    }
  }

  /// Protects the names of classes on their way from folders through the weights' file to a prediction;
  /// what is no list of names in the file is none.
  @Test func predictsNames() throws {
    try writeImages()
    let text = model("[3, 4, 5]", "flatten | dense(2)", data: "data resize(4, 5) data scale(1/255)")
    try write(text.replacing("epochs 2", with: "epochs 60"), to: "m.bn")
    _ = try shell.run(
      "bnc train m.bn --data img --skip-bad --save w > said")
    let cat = try shell.run("bnc predict m.bn --weights w --input img/test/cat/1.png")
    #expect(cat.count == 2 && cat.last == "example 0: cat")
    #expect(
      try shell.run("bnc predict m.bn --weights w --input img/test/dog/1.jpg | tail -1")
        == ["example 0: dog"])
    // As long, and no list of names.
    #expect(
      try shell.run(
        #"""
        sed 's/\["cat\\",\\"dog\\"\]/["cat\\",\\"dog\\"}/; s/\[\\"cat\\",\\"dog\\"\]/[\\"cat\\",\\"dog\\"}/' w > u; cmp -s w u || echo changed
        bnc predict m.bn --weights u --input img/test/dog/1.jpg | wc -l
        """#) == ["changed", "1"])
  }

  /// Protects what `--validation` says and does: the part that epochs are judged by, the test in the
  /// end, and a share that leaves nothing ends with what to do.
  @Test func validation() throws {
    try write(model("[1]", "dense(2)"), to: "m.bn")
    let rows = (0..<40).map { "\($0),\($0 % 2)" }.joined(separator: "\n")
    try write(rows, to: "train.csv")
    try write("1,1\n2,0\n", to: "test.csv")
    let said = try shell.run("bnc train m.bn --data . --validation 0.25 --stratified --keep best")
    #expect(
      said.contains("data .: 30 to train on, 10 to validate on, 2 to test on in the end"))
    #expect(said.count { $0.hasPrefix("Epoch ") && $0.contains(", Validation_acc ") } == 2)
    #expect(said.contains { $0.hasPrefix("best validation accuracy ") })
    #expect(said.contains { $0.hasPrefix("test of the weights of epoch ") })
    #expect(
      try shell.run("bnc train m.bn --data . --validation 0.001 2>&1 || echo failed")
        == [
          "error: a validation share of 0.001 leaves no examples to validate on: there are 40 in the "
            + "training part", "help: give another --validation, or more examples", "failed",
        ])
    #expect(
      try shell.run("bnc train m.bn --stratified 2>&1 | grep -c 'share of --validation'") == ["1"])
    let alone = try shell.run("bnc train m.bn --data train.csv --validation 0.25")
    #expect(alone.contains("data train.csv: 30 to train on, 10 to validate on"))
    #expect(!alone.contains { $0.hasPrefix("test of") })
  }

  /// Protects given means and deviations: they are in the plugin, so that every command applies them,
  /// and nothing has to be loaded for it.
  @Test func givenNormalization() throws {
    try write(
      model("[2]", "dense(2)", data: "data normalize(mean: [3, -2], std: [2, 0.5])"), to: "m.bn")
    try write(model("[2]", "dense(2)"), to: "plain.bn")
    try write("5,-1,0\n1,-2.5,1\n", to: "d.csv")
    try write("5,-1\n1,-2.5\n-7,8\n", to: "x.csv")
    try write("1,2\n-1,-1\n-5,20\n", to: "normalized.csv")
    let said = try shell.run("bnc train m.bn --data d.csv --epochs 1 --save w")
    #expect(
      said.contains(
        "input 'x' is normalized by mean [3, -2], deviation [2, 0.5] as the model says"))
    let expected = try shell.run(
      "bnc predict plain.bn --weights w --input normalized.csv 2>/dev/null")
    #expect(expected.count == 3)
    #expect(try shell.run("bnc predict m.bn --weights w --input x.csv 2>&1") == expected)
    // Weights from elsewhere do not know them.
    _ = try shell.run("bnc train plain.bn --data d.csv --epochs 0 --load w --save bare 2>/dev/null")
    #expect(try shell.run("bnc predict m.bn --weights bare --input x.csv 2>&1") == expected)
    _ = try shell.run("bnc compile m.bn --target native --for inference -o out")
    #expect(try shell.run("bnc predict out/m.so --weights bare --input x.csv 2>&1") == expected)
    #expect(
      try shell.run("bnc step m.bn --weights bare --input x.csv --target y.csv 2>&1 | wc -l").count
        == 1)
  }

  /// Protects computed means and deviations: of the training part alone, kept in the weights, and not
  /// computed again where weights are trained on; whoever lacks them is told.
  @Test func computedNormalization() throws {
    try write(model("[3]", "dense(2)", data: "data normalize"), to: "m.bn")
    try write(
      model(
        "[3]", "dense(2)",
        data: "data normalize(mean: [3, -2, 7], std: [2, 0.5, 1])"), to: "given.bn")
    try write("1,-2.5,7,0\n5,-1.5,7,1\n", to: "train.csv")
    try write("100,100,100,0\n", to: "test.csv")
    try write("5,-1,8\n1,-2.5,7\n", to: "x.csv")
    let said = try shell.run("bnc train m.bn --data . --epochs 1 --save w")
    #expect(
      said.contains(
        "input 'x' is normalized by mean [3, -2, 7], deviation [2, 0.5, 1] of the training part; "
          + "channel 2 is constant, and divided by 1"))
    let outputs = try shell.run("bnc predict m.bn --weights w --input x.csv 2>&1")
    _ = try shell.run("bnc train given.bn --data . --epochs 1 --save g")
    #expect(try shell.run("bnc predict given.bn --weights g --input x.csv") == outputs)
    let again = try shell.run("bnc train m.bn --data test.csv --epochs 0 --load w --save v")
    #expect(
      again.contains(
        "input 'x' is normalized by mean [3, -2, 7], deviation [2, 0.5, 1] as the weights say"))
    #expect(try shell.run("bnc predict m.bn --weights v --input x.csv 2>&1") == outputs)
    try write(model("[3]", "dense(2)"), to: "plain.bn")
    _ = try shell.run("bnc train plain.bn --data . --epochs 0 --save bare")
    #expect(
      try shell.run("bnc evaluate m.bn --weights bare --data . 2>&1")
        == ["error: bare: lacks 'normalize_input_x.gamma' [3] of model 'm'"])
    #expect(
      try shell.run("bnc train m.bn --data . --epochs 0 --load bare 2>&1 | grep -c 'training part'")
        == ["1"])
  }

  /// Protects floats that are to be scaled as bytes are: the same result as of floats that were scaled
  /// before, and a line that says so.
  @Test func scaledFloats() throws {
    try write(model("[2]", "dense(2)", data: "data scale(0.25, of: all)"), to: "m.bn")
    try write(model("[2]", "dense(2)"), to: "plain.bn")
    try write("4,8,0\n-4,2,1\n", to: "d.csv")
    try write("4,8\n-4,2\n", to: "x.csv")
    try write("1,2\n-1,0.5\n", to: "scaled.csv")
    let said = try shell.run("bnc train m.bn --data d.csv --epochs 1 --save w 2>&1")
    #expect(
      said.contains(
        "note: the inputs are numbers of type float32, from -4 to 8, and multiplied by 0.25: then they "
          + "are from -1 to 2"))
    let expected = try shell.run("bnc predict plain.bn --weights w --input scaled.csv")
    #expect(try shell.run("bnc predict m.bn --weights w --input x.csv 2>/dev/null") == expected)
    _ = try shell.run("bnc compile m.bn --target native --for inference -o out")
    #expect(try shell.run("bnc predict out/m.so --weights w --input x.csv 2>/dev/null") == expected)
  }

  /// Protects what `bnc data` shows: examples of each part, means as the first layer sees them, classes;
  /// and the sheet, a row for each class, whose pixels are the numbers.
  @Test func showsWhatDataHold() throws {
    try write(model("[1, 2, 3]", "flatten | dense(2)", data: "data scale(2, of: all)"), to: "m.bn")
    try write("0,1,2,3,4,5,1\n5,4,3,2,1,0,1\n5,0,5,0,5,0,0\n", to: "train.csv")
    try write("1,1,1,1,1,1,0\n", to: "test.csv")
    let said = try shell.run("bnc data m.bn --data . --sheet sheet.png 2>/dev/null")
    #expect(said.first == "examples: 3 in train, 1 in test")
    let start = try #require(said.firstIndex(of: "input 'x' [1, 2, 3], float32, times 2"))
    let words = said[start + 2].split(separator: " ").map(String.init)
    #expect(words == ["0", "5", "4.01386", "0", "10"])
    let classes = try #require(said.firstIndex(of: "target 'y', 2 classes"))
    #expect(said[classes + 2].split(separator: " ") == ["0", "1", "1"])
    #expect(said[classes + 3].split(separator: " ") == ["1", "2", "0"])
    #expect(said.last == "drew some of the training part to sheet.png")
    // Thirteen times as large, a gap of 2 around each.
    let sheet = try ImageFile("\(folder.path)/sheet.png")
    #expect(sheet.width == 2 * 41 + 2 && sheet.height == 2 * 28 + 2 && sheet.channels == 1)
    let pixels = try ImageFile.tensor("\(folder.path)/sheet.png", shape: [58, 84], resizes: false)
    func pixel(_ row: Int, _ column: Int) -> Double { pixels[row * 84 + column] }
    #expect(pixel(1, 1) == 255 && pixel(2, 2) == 255 && pixel(2, 2 + 13) == 0)
    #expect(pixel(2, 43) == 255 && pixel(20, 60) == 255)
    let second = [0, 1, 2, 3, 4, 5].map { pixel(30 + $0 / 3 * 13 + 12, 2 + $0 % 3 * 13 + 12) }
    #expect(second == [0, 51, 102, 153, 204, 255])
    #expect(pixel(30, 43) == 255 && pixel(30 + 25, 43 + 38) == 0)
    try write(model("[6]", "dense(2)"), to: "vector.bn")
    #expect(
      try shell.run("bnc data vector.bn --data . --sheet v.png 2>&1 | grep error")
        == [
          "error: a contact sheet is of images [1, height, width] or [3, height, width], and the input "
            + "'x' is [6]"
        ])
    #expect(try shell.run("ls v.png 2>/dev/null | wc -l") == ["0"])
  }
}
