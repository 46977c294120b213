"""bnc's own commands, by the program in this package: `bnc train model.bn`, `python -m bnc`."""

import os
import sys

from ._executable import executable


def main() -> None:
    """Goes on as that program."""
    path = executable(is_own_command=True)
    os.execv(path, [path, *sys.argv[1:]])


if __name__ == "__main__":
    main()
