import IR

extension PlanOptions {
  /// Examples a vector for `batch` examples: the target's vector, halved while half of it would do.
  package func exampleLanes(batch: Int) -> Int {
    var lanes = target.vectorBytes / precision.bytes
    while lanes > 1, lanes / 2 >= batch { lanes /= 2 }
    return lanes
  }

  /// Channels a vector for one example of `model`.
  ///
  /// Channels seldom fill the last vector. Where the target's vectors are 64 bytes, halves are tried
  /// too: some cores do as many numbers a cycle in those, servers half as many. So whole vectors are
  /// taken where they are little more work, padding counted, than halves: on either kind of core
  /// that is never off by more than the square root of 2.
  func channelLanes(for model: Model) -> Int {
    let whole = target.vectorBytes / precision.bytes
    if target.vectorBytes < 64 { return whole }
    func work(_ lanes: Int) -> Int {
      model.layers.reduce(0) { total, layer in
        guard layer.op.base is any ProductOperation, layer.shape.isImage else { return total }
        let channels = layer.shape.channels
        let padded = (channels + lanes - 1) / lanes * lanes
        let count = layer.op.base.multiplyAdds(of: model.operandShapes(of: layer))
        return total + count / channels * padded
      }
    }
    return Double(work(whole)) <= 2.0.squareRoot() * Double(work(whole / 2)) ? whole : whole / 2
  }
}
