"""The compiler's program: where it is, and calls of it with a list of arguments, without a
shell."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

from .errors import CompileError, Error

ENVIRONMENT = "BNC_EXECUTABLE"
_PACKAGES = "apt-get install clang libopenblas0-pthread libpng16-16 libjpeg62-turbo zlib1g"


def executable(is_own_command: bool = False) -> str:
    """The path of bnc: what BNC_EXECUTABLE names, the one in this package, or the one on PATH."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        found = shutil.which(named)
        if found is None:
            raise Error(
                f"{ENVIRONMENT} names '{named}', which is no program; name bnc's, or unset it")
        return found
    own = pathlib.Path(__file__).parent / "bin" / "bnc"
    if own.exists():
        return str(own)
    # That on PATH may be this package's own command, which comes here.
    found = None if is_own_command else shutil.which("bnc")
    if found is None:
        raise Error(
            f"there is no program bnc: this package was built without one, and PATH has none; set "
            f"{ENVIRONMENT} to its path")
    return found


def run(arguments: list[str], text: str | None = None) -> tuple[str, str]:
    """Runs bnc with `arguments`, `text` as its standard input, and returns what it printed.

    Raises CompileError, with what bnc said, where it ends with another code than 0.
    """
    code, printed, said = call(arguments, text)
    if code != 0:
        raise CompileError(said.strip() or f"bnc ended with code {code}")
    return printed, said


def call(arguments: list[str], text: str | None = None) -> tuple[int, str, str]:
    """The exit code of bnc with `arguments`, what it printed, and what it said on standard
    error."""
    path = executable()
    try:
        process = subprocess.run(
            [path, *arguments], input=text if text is not None else "", capture_output=True,
            text=True, encoding="utf-8", errors="replace", check=False)
    except OSError as error:
        raise Error(f"{path}: cannot be started: {error.strerror}") from error
    if process.returncode == 127 and "shared librar" in process.stderr:
        raise Error(
            f"{path}: {process.stderr.strip()}\nhelp: bnc needs libraries of the system; on "
            f"Debian: {_PACKAGES}")
    return process.returncode, process.stdout, process.stderr


def c_compiler(name: str | None = None) -> str:
    """The C compiler: `name`, else what BNC_CC or CC names, else clang."""
    wishes = ((name, "cc"), (os.environ.get("BNC_CC"), "BNC_CC"), (os.environ.get("CC"), "CC"))
    for wish, origin in wishes:
        if wish:
            found = shutil.which(wish)
            if found is None:
                raise Error(f"the C compiler '{wish}' that {origin} names was not found")
            return found
    for usual in ("clang", "gcc", "cc"):
        found = shutil.which(usual)
        if found is not None:
            return found
    raise Error("there is no C compiler on PATH: apt-get install clang, or set CC")


def build_library(sources: list[str], output: str, flags: list[str], cc: str | None = None) -> None:
    """Makes the shared library `output` of C files."""
    compiler = c_compiler(cc)
    arguments = [compiler, *flags, "-fPIC", "-shared", "-o", output, *sources, "-lm", "-lpthread"]
    process = subprocess.run(
        arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        check=False)
    if process.returncode != 0:
        lines = "\n".join(process.stderr.splitlines()[:6])
        raise Error(f"{compiler}: the C compiler failed with status {process.returncode}:\n{lines}")
