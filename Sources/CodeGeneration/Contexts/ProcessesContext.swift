import Lowering

/// What fills in the functions that add up over the processes that a batch lies across: nothing.
struct ProcessesContext: TemplateContext {
  var template: String { "Processes/sums.c.mustache" }
}
