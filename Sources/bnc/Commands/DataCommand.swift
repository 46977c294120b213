import ArgumentParser
import Diagnostics
import Files
import Runner

/// `bnc data`: what a data set holds, as a model sees it.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract:
      "Shows what a data set holds, for a model or by itself: counts, shapes, classes, means.",
    discussion: """
      Without a model --data says what can be told of the files alone, and how a model for them begins. \
      Means and deviations are those of the training part, by channel, as the first layer sees them: \
      after 'data scale', before 'data normalize'.
      """)

  @Argument(
    help: "The model (MODEL.bn, or - for standard input) or a plugin (PLUGIN.so), if there is one.",
    completion: .file(extensions: ["bn", "so"]))
  var model: String?

  @Option(help: "How many threads to use; all cores if left out.")
  var threads: Int?

  @Option(help: "Examples per step, in the place of the model's own number (MODEL.bn only).")
  var batch: Int?

  @Option(help: "The C compiler for MODEL.bn; else BNC_CC, else CC, else clang.")
  var cc: String?

  @OptionGroup var data: DataOption

  @Option(
    help: """
      Where to draw some examples of the training part (PNG), a row for each class; of a model whose \
      first input is an image.
      """, completion: .file())
  var sheet: String?

  func validate() throws {
    if let batch, !(1...65536).contains(batch) {
      throw ValidationError("--batch must be from 1 to 65536.")
    }
    if model != nil { return }
    if data.data == nil {
      throw ValidationError("Name a model, or files with --data.")
    }
    if sheet != nil {
      throw ValidationError("--sheet draws what a model sees: name one.")
    }
  }

  func run() throws {
    guard let model else {
      if let path = data.data { Terminal.write(try DataOutline(path).description) }
      return
    }
    let plugin = try PluginResolver.load(
      model, batch: batch, compiler: cc, needs: .init(trains: false))
    if let sheet { try AtomicFile.checkWritable(sheet) }
    let pool = try ThreadPool(threads: threads ?? availableCores())
    let dataset = try data.dataset(for: plugin, pool: pool)
    noteFiles(dataset.notes)
    if data.data == nil {
      Terminal.write(
        BuiltInData.note(dataset, "showing", count: dataset.training.count) + "\n")
    }
    Terminal.write(DataText(dataset, plugin.description).description)
    guard let sheet else { return }
    try ContactSheet(dataset.training, plugin.description).write(to: sheet)
    Terminal.write("drew some of the training part to \(sheet)\n")
  }
}
