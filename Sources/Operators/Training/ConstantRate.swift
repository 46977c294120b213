import IR

extension Schedule {
  /// The learning rate as it is.
  package static let constant = Schedule("constant", factor: 1)
}

extension Definition<Schedule> {
  /// `constant`
  package static var constant: Self {
    Self("constant", "the learning rate as it is") { _ in .constant }
  }
}
