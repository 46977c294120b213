import Diagnostics
import FoundationEssentials

/// A page of HTML that needs nothing but itself, and may do nothing: its policy forbids scripts and
/// whatever comes from elsewhere.
struct Page {
  /// The body so far. Everything in it was quoted on its way.
  private(set) var body = ""
  private let title: String

  init(title: String) {
    self.title = title
    body = "<h1>\(markup(title))</h1>\n"
  }

  /// A cell of a table.
  struct Cell {
    /// Markup.
    let content: String
    var style = ""
    var isNumber = false

    static func text(_ text: String) -> Cell { Cell(content: markup(text)) }
    static func number(_ text: String) -> Cell { Cell(content: markup(text), isNumber: true) }
    /// A picture from the bytes of a PNG file.
    static func picture(png: [UInt8], alternative: String) -> Cell {
      Cell(content: Page.picture(png: png, alternative: alternative))
    }
  }

  mutating func add(heading: String) { body += "<h2>\(markup(heading))</h2>\n" }

  mutating func add(paragraph: String) { body += "<p>\(markup(paragraph))</p>\n" }

  /// Text whose lines stay as they are.
  mutating func add(lines: String) { body += "<pre>\(markup(lines))</pre>\n" }

  /// A drawing, whose text was quoted as it was made.
  mutating func add(_ drawing: SVGPlot) {
    body += "<div class=\"wide\">\(drawing)</div>\n"
  }

  mutating func add(picture png: [UInt8], alternative: String) {
    body += "<p>\(Self.picture(png: png, alternative: alternative))</p>\n"
  }

  mutating func add(table rows: [[Cell]], heads: [String] = []) {
    let head = heads.map { "<th>\(markup($0))</th>" }.joined()
    body += "<div class=\"wide\"><table>\n"
    if !heads.isEmpty { body += "<thead><tr>\(head)</tr></thead>\n" }
    body += "<tbody>\n"
    for row in rows { body += "<tr>\(row.map(Self.cell).joined())</tr>\n" }
    body += "</tbody></table></div>\n"
  }

  private static func cell(_ cell: Cell) -> String {
    let kind = cell.isNumber ? " class=\"number\"" : ""
    let style = cell.style.isEmpty ? "" : " style=\"\(cell.style)\""
    return "<td\(kind)\(style)>\(cell.content)</td>"
  }

  private static func picture(png: [UInt8], alternative: String) -> String {
    "<img alt=\"\(markup(alternative))\" src=\"data:image/png;base64,"
      + Data(png).base64EncodedString() + "\">"
  }

  /// The whole page.
  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
    style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width">
    <title>\(markup(title))</title>
    <style>
    body { font: 15px/1.45 sans-serif; color: #222; background: #fff; max-width: 80em; margin: 2em auto;
      padding: 0 1em }
    table { border-collapse: collapse }
    th, td { padding: .2em .7em; border: 1px solid #ddd; text-align: left; vertical-align: top }
    th { background: #f4f4f4 }
    td.number { text-align: right; font-variant-numeric: tabular-nums }
    pre { background: #f6f6f6; padding: 1em; overflow-x: auto }
    div.wide { overflow-x: auto }
    img { image-rendering: pixelated; max-width: 100% }
    </style>
    </head>
    <body>
    \(body)</body>
    </html>

    """
  }
}
