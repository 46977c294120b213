import IR

/// One thing that a kernel reads, writes or changes.
package struct Effect: Hashable, Sendable {
  package let resource: Resource
  package let access: Access

  package enum Access: Hashable, Sendable {
    case read
    /// Every number that anything reads later is written.
    case write
    /// The old values are read, new ones written in their place.
    case update
  }

  package static func read(_ buffer: BufferID) -> Effect { .init(.buffer(buffer), .read) }
  package static func write(_ buffer: BufferID) -> Effect { .init(.buffer(buffer), .write) }
  package static func read(_ resource: Resource) -> Effect { .init(resource, .read) }
  package static func write(_ resource: Resource) -> Effect { .init(resource, .write) }
  package static func update(_ resource: Resource) -> Effect { .init(resource, .update) }

  private init(_ resource: Resource, _ access: Access) {
    self.resource = resource
    self.access = access
  }

  package var reads: Bool { access != .write }
  package var writes: Bool { access != .read }
}

/// What a kernel can touch.
package enum Resource: Hashable, Sendable {
  /// A buffer of scratch.
  case buffer(BufferID)
  /// A parameter.
  case parameter(TensorID)
  /// A parameter's gradient in the caller's region.
  case gradient(TensorID)
  /// All that the optimizer keeps for a parameter.
  case slots(TensorID)
  /// Something that is kept but not learned.
  case state(TensorID)
  /// The caller's examples of one input.
  case input(Int)
  /// The caller's targets of one kind.
  case target(Int)

  var buffer: BufferID? { if case .buffer(let id) = self { id } else { nil } }
}

/// What becomes of a parameter's gradient where it is made.
package enum GradientDestination: Hashable, Sendable {
  /// The parameter moves along it at once, by this one of the model's optimizers.
  case update(by: Int)
  /// It is kept in scratch for a kernel that updates.
  case buffer(BufferID)
  /// It is the caller's: the region of gradients.
  case region

  /// Whether the parameter moves at once.
  package var moves: Bool { if case .update = self { true } else { false } }

  /// What storing the gradient of `tensor` touches.
  package func effects(of tensor: TensorID) -> [Effect] {
    switch self {
    case .update: [.update(.parameter(tensor)), .update(.slots(tensor))]
    case .buffer(let buffer): [.write(buffer)]
    case .region: [.write(.gradient(tensor))]
    }
  }
}
