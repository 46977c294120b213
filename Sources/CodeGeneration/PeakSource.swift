/// The C that measures what this machine can do at most.
package enum PeakSource {
  /// The text of a C file that exports `bnc_peak_multiply_add`.
  package static var text: String { TemplateLibrary.embedded.text("File/peaks.c") }
}
