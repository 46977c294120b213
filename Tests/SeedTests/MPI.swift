import Foundation
import Glibc

/// The MPI of this machine, where there is one whose command line the tests know: Open MPI's.
enum MPI {
  static let isThere: Bool = {
    guard let folder = try? Folder(), let shell = try? Shell(in: folder.path) else { return false }
    let said = try? shell.run("mpirun --version 2>&1; command -v mpicc || echo none")
    return said.map { $0.first?.contains("Open MPI") == true && $0.last != "none" } ?? false
  }()

  /// Why tests of it are passed over.
  static let missing = "needs Open MPI: apt-get install openmpi-bin libopenmpi-dev"

  /// What starts `count` processes here, however few cores there are, and as root too. Hosts are not
  /// asked for over a network.
  static func run(_ count: Int) -> String {
    "mpirun \(geteuid() == 0 ? "--allow-run-as-root " : "")--oversubscribe --mca plm isolated -n \(count)"
  }
}
