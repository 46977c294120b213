import IR

extension Definition<any Operation> {
  /// log(1 + exp(x)), which is smooth where the rectifier has its kink.
  package static var softplus: Self {
    .elementwise("softplus", "a smooth rectifier: log(1 + exp(x))") {
      x in .softplus(x)
    }
  }
}
