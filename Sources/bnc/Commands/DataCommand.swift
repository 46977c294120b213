import ArgumentParser
import Diagnostics
import Files
import Runner

/// `bnc data`: what a data set holds, as a model sees it.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Shows what a data set holds for a model: counts, shapes, classes, means.",
    discussion: """
      Means and deviations are those of the training part, by channel, as the first layer sees them: \
      after 'data scale', before 'data normalize'.
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var data: DataOption

  @Option(
    help: """
      Where to draw some examples of the training part (PNG), a row for each class; of a model whose \
      first input is an image.
      """, completion: .file())
  var sheet: String?

  func run() throws {
    let plugin = try network.load(needs: .init(trains: false))
    if let sheet { try AtomicFile.checkWritable(sheet) }
    let pool = try network.makePool()
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
