import IR

/// How the nodes of some of ONNX's operators become layers: it lives beside the operation.
package struct ImportRule: Sendable {
  /// ONNX's operators: `Conv`.
  package let operators: [String]
  /// Adds the layers of a node.
  ///
  /// - Returns: What its outputs are, in order; those that nobody reads may be missing.
  /// - Throws: `ImportError` where the language has no words for it.
  package let add: @Sendable (ImportNode, inout NetworkImport) throws -> [ImportedValue]

  package init(
    _ operators: String...,
    add: @escaping @Sendable (ImportNode, inout NetworkImport) throws -> [ImportedValue]
  ) {
    self.operators = operators
    self.add = add
  }

  /// Nodes of one output that layers compute.
  package static func one(
    _ operators: String...,
    add: @escaping @Sendable (ImportNode, inout NetworkImport) throws -> ImportedView
  ) -> ImportRule {
    ImportRule(operators: operators) { node, network in [.computed(try add(node, &network))] }
  }

  private init(
    operators: [String],
    add: @escaping @Sendable (ImportNode, inout NetworkImport) throws -> [ImportedValue]
  ) {
    self.operators = operators
    self.add = add
  }
}

/// Several nodes that together are one operation of the language: it lives beside the operation.
package struct ImportPattern: Sendable {
  /// The operators of the last of the nodes.
  package let operators: [String]
  /// What the nodes that end with `node` read together, if they are the operation.
  package let operand: @Sendable (ImportNode, NodeTable) -> Match?

  package struct Match: Sendable {
    /// The name of the value that they read.
    package var operand: String
    /// Adds their layer.
    package var add: @Sendable (ImportedView, inout NetworkImport) throws -> ImportedView

    package init(
      _ operand: String,
      add: @escaping @Sendable (ImportedView, inout NetworkImport) throws -> ImportedView
    ) {
      self.operand = operand
      self.add = add
    }
  }

  package init(
    _ operators: String..., operand: @escaping @Sendable (ImportNode, NodeTable) -> Match?
  ) {
    self.operators = operators
    self.operand = operand
  }
}

/// A change of the layers that makes one of several, where they come to the same: it lives beside
/// the operation.
package struct ImportRewrite: Sendable {
  /// Changes the layers from `index` on.
  ///
  /// - Returns: Whether it did.
  package let run: @Sendable (Int, inout NetworkImport) throws -> Bool

  package init(_ run: @escaping @Sendable (Int, inout NetworkImport) throws -> Bool) {
    self.run = run
  }
}

/// All that is known about other words for the language's operations.
package struct ImportRules: Sendable {
  let rules: [String: ImportRule]
  let patterns: [String: [ImportPattern]]
  let rewrites: [ImportRewrite]

  package init(
    _ rules: [ImportRule], patterns: [ImportPattern], rewrites: [ImportRewrite]
  ) {
    var table: [String: ImportRule] = [:]
    for rule in rules + ImportRule.arithmetic {
      for name in rule.operators where table[name] == nil { table[name] = rule }
    }
    self.rules = table
    var grouped: [String: [ImportPattern]] = [:]
    for pattern in patterns {
      for name in pattern.operators { grouped[name, default: []].append(pattern) }
    }
    self.patterns = grouped
    self.rewrites = rewrites
  }
}

/// An operation that says what is trained with where a network ends with it.
package protocol NetworkEnd: Operation {
  /// The loss, and whether it does what the operation did, so that the network ends before it; nil
  /// where it goes with none.
  var endingLoss: (name: String, isPart: Bool)? { get }
}
