"""A model's text, and what bnc makes of it."""

from __future__ import annotations

import json
import os
import pathlib
import warnings
from dataclasses import dataclass, field

from . import _cache, _executable
from .errors import CompileError, CompileWarning, Diagnostic

ModelLike = str | os.PathLike[str]

# What this process has compiled: a search over an estimator's settings need not ask bnc again.
_compiled: dict[tuple[str | None, ...], pathlib.Path] = {}


@dataclass(frozen=True)
class Source:
    """A model, as a file or as text, with the options that it is compiled with."""

    path: str | None
    text: str | None
    batch: int | None = None
    precision: str = "float"
    target: str = "native"
    exact: bool = False
    cc: str | None = None
    shown: list[str] = field(default_factory=list, compare=False, repr=False)

    @staticmethod
    def of(model: ModelLike) -> tuple[str | None, str | None]:
        """Path and text: a `str` of one line without a block is a path, else the model."""
        if isinstance(model, os.PathLike):
            return os.fspath(model), None
        if "\n" not in model and "{" not in model:
            return model, None
        return None, model

    @property
    def argument(self) -> str:
        """What bnc is given for the model; a path never looks like an option."""
        if self.path is None:
            return "-"
        return self.path if not self.path.startswith("-") else "./" + self.path

    def plugin(self, purpose: str = "training") -> pathlib.Path:
        """The plugin for `purpose`: training, inspection, inference or evaluation; compiled where it is not in
        the cache."""
        options = ["--for", purpose, "--precision", self.precision, "--target", self.target]
        if self.batch is not None:
            options += ["--batch", str(self.batch)]
        if self.exact:
            options.append("--exact")
        programs = [
            _cache.identity(_executable.executable()),
            _cache.identity(_executable.c_compiler(self.cc))]
        whole = self._whole_text()
        key = (self.path, whole, *options, *programs)
        if whole is not None and key in _compiled and _compiled[key].exists():
            return _compiled[key]
        path = self._compiled(options, programs)
        if whole is not None:
            _compiled[key] = path
        return path

    def _whole_text(self) -> str | None:
        """The text that all depends on; None where it may include files, or cannot be read."""
        try:
            text = self.text if self.path is None else pathlib.Path(self.path).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        return text if text is not None and "include" not in text else None

    def _compiled(self, options: list[str], programs: list[str]) -> pathlib.Path:
        code, said = self._run(["compile", self.argument, *options, "--emit", "c"])
        if said.strip() and said not in self.shown:
            self.shown.append(said)
            warnings.warn(said.strip(), CompileWarning, stacklevel=4)
        compiler = _executable.c_compiler(self.cc)

        def make(work: pathlib.Path) -> pathlib.Path:
            self._run(["compile", self.argument, *options, "-o", str(work), "--cc", compiler])
            (found,) = work.glob("*.so")
            return found

        return _cache.library(_model_name(code), [code, " ".join(options), *programs], make)

    def freeze(self, weights: str, output: str, options: list[str]) -> str:
        """Has bnc write the network with `weights` as the C file `output`; what it printed."""
        arguments = ["freeze", self.argument, "--load", weights, "-o", output, *options]
        return self._run(arguments)[0]

    def _run(self, arguments: list[str]) -> tuple[str, str]:
        try:
            return _executable.run(arguments, self.text)
        except CompileError as error:
            found = _executable.call([*arguments, "--diagnostics", "json"], self.text)[2]
            raise CompileError(str(error), tuple(_diagnostics(found))) from None


def _model_name(code: str) -> str:
    # The first line is `// NAME: a network in C, ...`.
    name = code.splitlines()[0].removeprefix("// ").partition(":")[0]
    return name if name.isidentifier() else "model"


def _diagnostics(text: str) -> list[Diagnostic]:
    found = []
    for line in text.splitlines():
        if not line.startswith("{"):
            continue
        one = json.loads(line)
        start = one["range"]["start"]
        found.append(Diagnostic(
            one["severity"], one["code"], one["message"], one["file"], start["line"],
            start["column"], one.get("help")))
    return found
