import Diagnostics
import IR

/// From the syntax tree to the model: looks up names, reads arguments, infers shapes, expands
/// blocks.
///
/// Every mistake that stands by itself is reported. What depends on a mistake is unknown (`nil`),
/// and what is unknown is silent.
struct Checker {
  /// What was found, in the order in which it was found.
  private(set) var diagnostics: [Diagnostic] = []
  /// Mistakes in a block would otherwise be reported for each of its uses.
  private var reported: Set<Mistake> = []

  let syntax: ModelSyntax
  let library: Library
  /// Examples per step in the place of the model's own number.
  private let batch: Int?
  /// Whether the model is to be trained.
  private let trains: Bool
  /// The words that keys of the library take, with such a key: a constant called like one would
  /// take its place without a sound.
  let keysByWord: [String: String]
  /// The blocks of the file by name.
  var blocks: [String: BlockSyntax] = [:]
  /// Defaults of parameters that read a parameter after them: unknown, and reported.
  var earlyDefaults: Set<SourceRange> = []
  /// The constants of the file.
  var fileConstants: [String: Constant] = [:]
  /// What the training block does to inputs, in its order.
  var inputChanges: [InputChange] = []
  /// Where the training block says what is made of the files of examples: of sound, or of images.
  var fileRange: SourceRange?
  /// Where the training block adds noise to sounds, and the inputs that it names.
  var background: (range: SourceRange, names: [NameSyntax])?
  /// The blocks that a pipeline uses.
  var usedBlocks: Set<String> = []

  var inputs: [Input] = []
  var targets: [Target] = []
  /// The names of inputs and targets are taken, even where their shapes could not be read.
  var inputNames: [NameSyntax] = []
  var targetNames: [NameSyntax] = []
  /// The targets that a loss reads.
  var readTargets: Set<String> = []

  /// What the loss adds for parameters.
  var penalties: [Penalty] = []
  var layers: [Layer] = []
  /// Every layer's name in order, and who gave it.
  var layerNames: [LayerName] = []
  /// Layers, uses of blocks and repetitions so far, those that failed included.
  var size = 0
  /// The same of what makes no layers of the model (`isDiscarding`).
  var discardedSize = 0
  /// Whether there were more than `Limits.layers`: no block is expanded any more.
  var isTooLarge = false
  /// Whether what is being checked makes no layers of the model: a block that nothing uses, or what
  /// is repeated no time.
  var isDiscarding = false
  /// Where the schedule is called; nil where nothing calls one that is known.
  var scheduleRange: SourceRange?
  /// How the training block has an evaluation look at the examples.
  var testAugmentations: [TestAugmentationEntry] = []
  /// Where the optimizer of all parameters is called; nil where nothing calls one that is known.
  var optimizerRange: SourceRange?
  /// Whether the optimizer of all parameters is known.
  var knowsOptimizer = true
  /// The keys that each layer's call gives: what they do is no news to their author.
  var writtenKeys: [SourceRange: Set<String>] = [:]

  private struct Mistake: Hashable {
    let code: DiagnosticCode
    let range: SourceRange
    /// What is missing: one place can miss several things. Elsewhere the words may differ from use
    /// to use of a block, and the mistake is still the same.
    let missing: String?

    init(_ diagnostic: Diagnostic) {
      code = diagnostic.code
      range = diagnostic.range
      let isMissing = code == .missingStatement || code == .missingArgument
      missing = isMissing ? diagnostic.message : nil
    }
  }

  /// Checks `syntax`: the model where there is no error, and all there is to say.
  static func check(
    _ syntax: ModelSyntax, library: Library, batch: Int?, trains: Bool
  ) -> (model: Model?, diagnostics: [Diagnostic]) {
    var checker = Checker(syntax: syntax, library: library, batch: batch, trains: trains)
    let model = checker.run()
    return (checker.diagnostics.hasErrors ? nil : model, checker.diagnostics)
  }

  private init(syntax: ModelSyntax, library: Library, batch: Int?, trains: Bool) {
    self.syntax = syntax
    self.library = library
    self.batch = batch
    self.trains = trains
    let parameters = Topics.words(of: library).flatMap(\.signature.parameters)
    keysByWord = Dictionary(
      parameters.flatMap { parameter in parameter.accepts.words.map { ($0, parameter.name) } }
    ) { first, _ in first }
  }

  private mutating func run() -> Model? {
    collectConstants()
    collectBlocks()
    let model = requireModel()
    var training = trainingOrDefaults()
    guard let model else {
      checkUnusedBlocks()
      return nil
    }
    var scope = Scope(prefix: "", statements: model.statements)
    scope.constants = fileConstants
    defineConstants(of: model.statements, in: &scope)
    declareInputsAndTargets(of: model, in: &scope)
    checkSound(training)
    checkBackground(training)
    checkTestAugmentations(&training)
    checkImages(training)
    transformInputs(in: &scope)
    for case .binding(let binding) in model.statements { check(binding, in: &scope) }
    let losses = checkLosses(of: model, in: &scope)
    reportUnused(in: scope)
    reportUnusedData(in: scope)
    checkUnusedBlocks()
    checkLayerNames()
    guard inputs.count == inputNames.count, targets.count == targetNames.count, !inputs.isEmpty,
      !targets.isEmpty, !losses.isEmpty, let name = model.name
    else { return nil }
    let whole = Model(
      name: name.text, inputs: inputs, targets: targets, layers: layers, losses: losses,
      penalties: penalties, training: training)
    checkSizes(of: whole)
    let pruned = whole.keepingWhatTheLossesRead()
    checkOutputNames(of: pruned, in: scope)
    if trains { checkValuesPerChannel(of: pruned) }
    checkAccumulation(of: pruned)
    checkSchedule(of: pruned)
    checkOptimizers(of: pruned)
    checkPatterns(of: pruned)
    if diagnostics.hasErrors { return nil }
    remark(on: pruned, keyword: model.keyword)
    return pruned
  }

  /// Reports `diagnostic`, unless the same was said about the same place.
  mutating func report(_ diagnostic: Diagnostic) {
    if reported.insert(Mistake(diagnostic)).inserted { diagnostics.append(diagnostic) }
  }

  // MARK: What a file holds

  private mutating func collectBlocks() {
    for case .block(let block) in syntax.items {
      checkParameters(of: block)
      guard let name = block.name else { continue }
      if library.operations.keywords().contains(name.text) {
        report(.blockNamedLikeLayer(name))
      } else if let first = blocks[name.text]?.name {
        report(.duplicateName(name, what: "a block", first: first.range))
      } else {
        blocks[name.text] = block
      }
    }
  }

  private mutating func requireModel() -> ModelBlockSyntax? {
    var first: ModelBlockSyntax?
    for case .model(let model) in syntax.items {
      if let first {
        report(.duplicateStatement("model", at: model.keyword, first: first.keyword))
      } else {
        first = model
      }
    }
    if first == nil, !syntax.isDamaged { report(.missingModel(at: syntax.end)) }
    return first
  }

  private mutating func trainingOrDefaults() -> Training {
    var first: TrainingSyntax?
    var training = library.defaults
    for case .training(let block) in syntax.items {
      if let first {
        report(.duplicateStatement("training", at: block.range, first: first.range))
      } else {
        first = block
        training = check(block)
      }
    }
    if let batch { training.batch = batch }
    return training
  }
}
