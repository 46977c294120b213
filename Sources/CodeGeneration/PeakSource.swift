/// The C that measures what this machine can do at most.
public enum PeakSource {
  /// The text of a C file that exports `bnc_peak_multiply_add`.
  public static var text: String { TemplateLibrary.embedded.text("peaks.c") }
}
