/// The words that cannot be names, because the grammar tells statements apart by them.
public enum Keyword: String, Hashable, Sendable, CaseIterable {
  case model, block, training, input, target, loss
  case named = "as"
  case yes = "true"
  case no = "false"
}
