import Diagnostics
import Driver

/// What `work` fails with; nil where it does not.
func importFailure(_ work: () throws -> Void) -> Failure? {
  do {
    try work()
    return nil
  } catch let failure as Failure {
    return failure
  } catch {
    return Failure("\(error)")
  }
}

/// Imports a file as a command does.
func importing(_ bytes: [UInt8]) throws {
  _ = try Compiler.importing(bytes, ImportOptions(name: "net", file: "net.onnx"))
}
