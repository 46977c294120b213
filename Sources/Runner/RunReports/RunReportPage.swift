import Diagnostics

/// The page of a run's report, section by section.
struct RunReportPage {
  private let report: RunReport
  private var page: Page

  /// Beyond these a table is no longer read: the picture of a matrix shows what stands out.
  private static let mostMatrixColumns = 40
  private static let mostClassRows = 1000

  init(_ report: RunReport) throws {
    self.report = report
    page = Page(title: "\(report.settings.model): a run")
    page.add(report.settings, ended: report.ending)
    addCurves()
    addResults()
    try addMatrices()
    addClasses()
    try addWorst()
    addModel()
  }

  /// The whole page.
  var text: String { page.text }

  private mutating func addCurves() {
    page.add(heading: "Curves")
    page.add(SVGPlot(TrainingCurves(report.epochs), title: report.settings.model))
  }

  private mutating func addResults() {
    page.add(heading: "Results of the \(report.part.rawValue) examples")
    page.add(paragraph: "\(grouped(report.examples.count)) examples, \(report.weights).")
    var rows: [[Page.Cell]] = [
      [.text("loss"), .number(shortest(report.evaluation.loss, digits: 6)), .text("")]
    ]
    for result in report.evaluation.metrics.all where result.isNumber {
      let share = result.share.map { "\(grouped($0.part)) of \(grouped($0.whole))" }
      var note = share ?? ""
      if case .classes = result.value { note = "the mean over the classes" }
      if case .labels = result.value { note = "the mean over the labels" }
      rows.append([.text(result.name), .number(Self.text(result.number)), .text(note)])
    }
    page.add(table: rows)
  }

  private mutating func addMatrices() throws {
    for result in report.evaluation.metrics.all {
      guard case .matrix(let matrix) = result.value else { continue }
      page.add(heading: "Confusion matrix" + (result.target.map { " of \($0)" } ?? ""))
      page.add(paragraph: "A row for each class, a column for what it was taken for.")
      if matrix.classes <= Self.mostMatrixColumns {
        addTable(matrix)
      } else if let picture = ConfusionPicture(matrix) {
        page.add(picture: try picture.png, alternative: "confusion matrix")
      } else {
        page.add(paragraph: "\(grouped(matrix.classes)) classes are too many for a picture.")
      }
    }
  }

  private mutating func addTable(_ matrix: ConfusionMatrix) {
    let rows = matrix.rows.enumerated().map { target, row -> [Page.Cell] in
      let whole = Double(max(row.reduce(0, +), 1))
      return [.text(report.className(target))]
        + row.enumerated().map { predicted, count -> Page.Cell in
          let share = Double(count) / whole
          let color = ConfusionPicture.color(share: share, isRight: target == predicted)
          let ink = share > 0.5 ? "#fff" : "#222"
          let paper = color.map(String.init).joined(separator: ",")
          return Page.Cell(
            content: "\(count)", style: "background:rgb(\(paper));color:\(ink)", isNumber: true)
        }
    }
    page.add(table: rows, heads: ["target"] + (0..<matrix.classes).map(report.className))
  }

  /// Of each target of classes a row for each class.
  private mutating func addClasses() {
    for result in report.evaluation.metrics.all {
      guard case .matrix(let matrix) = result.value else { continue }
      page.add(heading: "Classes" + (result.target.map { " of \($0)" } ?? ""))
      let (precisions, recalls, f1s) = (matrix.precisions, matrix.recalls, matrix.f1s)
      let counts = matrix.rows.map { $0.reduce(0, +) }
      let rows = (0..<min(matrix.classes, Self.mostClassRows)).map { label -> [Page.Cell] in
        [
          .text(report.className(label)), .number(grouped(counts[label])),
          .number(Self.text(precisions[label])), .number(Self.text(recalls[label])),
          .number(Self.text(f1s[label])),
        ]
      }
      page.add(table: rows, heads: ["class", "examples", "precision", "recall", "F1"])
      if matrix.classes > rows.count {
        page.add(paragraph: "And \(grouped(matrix.classes - rows.count)) classes more.")
      }
    }
  }

  private mutating func addWorst() throws {
    page.add(heading: "Worst examples")
    page.add(
      paragraph: "The largest losses of the \(report.part.rawValue) examples, counted from 0.")
    let hasPictures = ContactSheet.imageShape(report.network) != nil
    let rows = try report.worst.map { example -> [Page.Cell] in
      let judgements = report.network.judgements.map {
        JudgementText(example, $0, report)
      }
      let picture: [Page.Cell] =
        hasPictures
        ? [.picture(png: try png(of: example.index), alternative: "example \(example.index)")] : []
      return picture + [
        .number("\(example.index)"), .number(shortest(example.loss, digits: 4)),
      ] + judgements.flatMap { [.text($0.target), .text($0.prediction)] }
    }
    let names = report.network.judgements.flatMap { judgement -> [String] in
      let name =
        report.network.judgements.count > 1
        ? " " + report.network.targets[judgement.target].name : ""
      return ["target" + name, "prediction" + name]
    }
    page.add(
      table: rows, heads: (hasPictures ? ["picture"] : []) + ["example", "loss"] + names)
  }

  private func png(of example: Int) throws -> [UInt8] {
    try ContactSheet(report.examples, report.network, cells: [[example]]).png
  }

  private mutating func addModel() {
    page.add(heading: "Model")
    if report.texts.isEmpty {
      page.add(paragraph: "Its text was not at hand: the run was of a plugin or of standard input.")
    }
    for text in report.texts {
      page.add(paragraph: text.name)
      page.add(lines: text.content)
    }
  }

  /// A number, or a dash where the examples do not say it.
  private static func text(_ number: Double?) -> String {
    number.map { shortest($0, digits: 6) } ?? "-"
  }
}
