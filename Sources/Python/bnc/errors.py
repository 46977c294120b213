"""What can go wrong, each with what was wrong, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


class Error(Exception):
    """Anything that this package says is wrong."""


@dataclass(frozen=True)
class Diagnostic:
    """One thing that the compiler says of a model.

    Lines and columns count from 1; `help` is a way out, where the compiler knows one.
    """

    severity: str
    code: str
    message: str
    file: str
    line: int
    column: int
    help: str | None


class CompileError(Error):
    """A model, or an option, that bnc refuses: its text is what bnc says.

    `diagnostics` has the mistakes in the model, each with its line; it is empty where the model is
    not what was wrong.
    """

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message)
        self.diagnostics = diagnostics


class CompileWarning(UserWarning):
    """What bnc warns of in a model that it compiles."""


class PluginError(Error):
    """A file that is no plugin, or none for this machine and this version of bnc."""


class WeightsError(Error):
    """A file of weights that is damaged, or of another network."""


class DataError(Error, ValueError):
    """Arrays that are not what the network takes."""


class NotFiniteError(Error, ArithmeticError):
    """A loss, or what is predicted, that is infinite or not a number. The parameters are those of before.

    `layer` is the first layer whose result is not finite, where the plugin can tell.
    """

    def __init__(self, message: str, layer: str | None = None) -> None:
        super().__init__(message)
        self.layer = layer


class NotTrainedError(Error):
    """An evaluation of batch norms that have seen no batch yet."""


class StopTraining(Exception):
    """Raised by a callback: the training ends after the epoch that it is told of."""
