"""The training loop: the order, the steps and the schedule of `bnc train`, with callbacks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import _host, _metrics
from ._calls import StepSettings
from ._description import Plateau
from ._examples import Arrays, Examples
from .errors import Error, NotFiniteError, StopTraining

if TYPE_CHECKING:
    from .network import Network

Logs = Mapping[str, float]


class Callback:
    """What is told of a training; a subclass takes what it wants.

    `logs` of an epoch has `loss`, the mean of the examples' losses as the steps saw them,
    `learning_rate` of its last step, and, of the validation, `val_loss` and `val_accuracy` of
    classes. The network may be read, evaluated and saved in each call.
    """

    def on_train_begin(self, network: Network) -> None:
        """Before the first step."""

    def on_step_end(self, step: int, loss: float) -> None:
        """After step `step`, from 1 on, with the mean loss of its examples."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> bool | None:
        """After epoch `epoch`, from 0 on. False, or StopTraining, ends the training."""

    def on_train_end(self, history: History) -> None:
        """After the last epoch, however it ended, but not where a loss was not finite."""


CallbackLike = Callback | Callable[[int, Logs], bool | None]


@dataclass
class History:
    """What each epoch came to. `stopped` says that a callback ended the training early;
    `best_epoch` is the epoch, from 0 on, with the best validation: the accuracy of classes, else
    the loss."""

    epochs: list[dict[str, float]] = field(default_factory=list)
    stopped: bool = False
    best_epoch: int | None = None

    def __getitem__(self, name: str) -> list[float]:
        """The curve of one of the numbers: `history["loss"]`."""
        return [logs[name] for logs in self.epochs]


@dataclass
class FitOptions:
    """What a caller of `Network.fit` decides."""

    epochs: int
    seed: int
    learning_rate: float | None
    shuffle: bool
    keep: Literal["last", "best"]


def shuffled(count: int, seed: int, epoch: int) -> NDArray[np.uint32]:
    """The order of `count` examples in an epoch: it follows from the seed and the epoch alone, and
    is that of `bnc train --seed`."""
    rows = np.empty(count, np.uint32)
    _host.library().bnc_python_shuffle(rows.ctypes.data, count, seed, epoch)
    return rows


class Trainer:
    """One training of a network."""

    def __init__(
        self, network: Network, examples: Examples, validation: tuple[Arrays, Arrays] | None,
        callbacks: Sequence[CallbackLike], options: FitOptions,
    ) -> None:
        self.network, self.examples, self.options = network, examples, options
        self.callbacks = [c if isinstance(c, Callback) else _Function(c) for c in callbacks]
        self.history = History()
        description = network.description
        self._validation = Examples(description, *validation) if validation is not None else None
        size = description.examples_per_step
        self._epoch_steps = -(-examples.count // size)
        self._steps = self._epoch_steps * options.epochs
        self._plateau = _PlateauProgress(description.plateau) if description.plateau else None
        if (self._plateau or options.keep == "best") and validation is None:
            reason = "the schedule `plateau`" if self._plateau else "keep='best'"
            raise Error(f"{reason} judges each epoch: give fit a validation=(x, y)")
        if description.plateau and not _metrics.is_known(description.plateau.metric):
            raise Error(
                f"the schedule `plateau` judges by '{description.plateau.metric}', which is not "
                "known here: name loss or accuracy in the model, or train with `bnc train`")
        self._learning_rate = (
            options.learning_rate if options.learning_rate is not None
            else network.hyperparameters.get("learning_rate", 0.0))
        self._step = 0

    def run(self) -> History:
        """Trains. Raises NotFiniteError, with the numbers that were last known to be finite."""
        memory = self.network._calls.memory
        for callback in self.callbacks:
            callback.on_train_begin(self.network)
        best: list[NDArray[Any]] | None = None
        for epoch in range(self.options.epochs):
            logs = self._run_epoch(epoch)
            self._judge(logs)
            self.history.epochs.append(logs)
            if self._is_best(logs):
                self.history.best_epoch = epoch
                if self.options.keep == "best":
                    best = memory.copy_learned(best)
            if not self._tell(epoch, logs):
                self.history.stopped = True
                break
        if best is not None:
            memory.restore_learned(best)
        for callback in self.callbacks:
            callback.on_train_end(self.history)
        return self.history

    def _run_epoch(self, epoch: int) -> dict[str, float]:
        calls, count = self.network._calls, self.examples.count
        rows = shuffled(count, self.options.seed, epoch) if self.options.shuffle else None
        size = calls.description.examples_per_step
        finite = _Finite(calls.memory.copy_learned())
        whole, rate = 0.0, self._learning_rate
        for start in range(0, count, size):
            self._step += 1
            part = min(size, count - start)
            numbers = self._hyperparameters()
            rate = float(numbers[self._rate_index]) if self._rate_index is not None else 0.0
            settings = StepSettings(self._step, self.options.seed, numbers, epoch, self._steps)
            finite.will_step(calls.memory.copy_learned)
            try:
                loss = calls.train(self.examples, settings, start, part, rows)
            except NotFiniteError:
                calls.memory.restore_learned(finite.copy)
                raise
            finite.did_step()
            self.network._steps = self._step
            whole += loss
            for callback in self.callbacks:
                callback.on_step_end(self._step, loss / part)
        return {"loss": whole / count, "learning_rate": rate}

    @property
    def _rate_index(self) -> int | None:
        names = [name for name, _ in self.network.description.hyperparameters]
        return names.index("learning_rate") if "learning_rate" in names else None

    def _hyperparameters(self) -> NDArray[np.float64]:
        values = self.network._hyperparameter_values()
        if self._rate_index is not None:
            factor = self._plateau.factor if self._plateau else 1.0
            values[self._rate_index] = self._learning_rate * factor
        return self.network._calls.scheduled(values, self._step, self._steps, self._epoch_steps)

    def _judge(self, logs: dict[str, float]) -> None:
        if self._validation is None:
            return
        plateau = self.network.description.plateau
        metrics = [plateau.metric] if plateau and plateau.metric != "loss" else []
        found = self.network._evaluate(self._validation, metrics)
        logs.update({f"val_{name}": value for name, value in found.items()})
        if self._plateau and plateau:
            self._plateau.did_evaluate(found.get(plateau.metric, math.nan))

    def _is_best(self, logs: dict[str, float]) -> bool:
        name = "val_accuracy" if "val_accuracy" in logs else "val_loss"
        value, best = logs.get(name, math.nan), self.history.best_epoch
        if math.isnan(value):
            return False
        if best is None:
            return True
        other = self.history.epochs[best][name]
        return value > other if name == "val_accuracy" else value < other

    def _tell(self, epoch: int, logs: dict[str, float]) -> bool:
        """Whether the training goes on; every callback is told."""
        goes_on = True
        for callback in self.callbacks:
            try:
                answer = callback.on_epoch_end(epoch, logs)
                goes_on &= answer is None or bool(answer)
            except StopTraining:
                goes_on = False
        return goes_on


class _Function(Callback):
    """A function that is told of each epoch."""

    def __init__(self, function: Callable[[int, Logs], bool | None]) -> None:
        self._function = function

    def on_epoch_end(self, epoch: int, logs: Logs) -> bool | None:
        return self._function(epoch, logs)


class _Finite:
    """A copy of what was learned when the loss was last known to be finite: a step's loss speaks of
    the numbers before its update. Large networks are copied at every 16th step only."""

    def __init__(self, copy: list[NDArray[Any]]) -> None:
        self.copy = copy
        self._candidate = [part.copy() for part in copy]
        self._interval = 1 if sum(part.nbytes for part in copy) < 4 << 20 else 16
        self._step = 0

    def will_step(self, copy_into: Callable[[list[NDArray[Any]]], object]) -> None:
        """Before each step."""
        if self._step % self._interval == 0:
            copy_into(self._candidate)

    def did_step(self) -> None:
        """After each step whose loss is finite."""
        if self._step % self._interval == 0:
            self.copy, self._candidate = self._candidate, self.copy
        self._step += 1


class _PlateauProgress:
    """What a training remembers of its validations for the learning rate to fall on a plateau."""

    def __init__(self, plateau: Plateau) -> None:
        self.factor = 1.0
        self._plateau = plateau
        self._best = math.nan
        self._bad_epochs = 0
        self._cooldown = 0
        # As bnc judges: errors are better the smaller they are.
        self._sign = -1 if plateau.metric == "loss" or plateau.metric.endswith("error") else 1

    def did_evaluate(self, value: float) -> None:
        """Takes an epoch's value in, as PyTorch's ReduceLROnPlateau does."""
        plateau = self._plateau
        if self._is_better(value):
            self._best, self._bad_epochs = value, 0
        else:
            self._bad_epochs += 1
        if self._cooldown > 0:
            self._cooldown -= 1
            self._bad_epochs = 0
        if self._bad_epochs > plateau.patience:
            self.factor = max(self.factor * plateau.factor, plateau.end)
            self._cooldown, self._bad_epochs = plateau.cooldown, 0

    def _is_better(self, value: float) -> bool:
        if math.isnan(self._best):
            return not math.isnan(value)
        step = self._sign * self._plateau.threshold
        bar = self._best + step if self._plateau.is_absolute else self._best * (1 + step)
        return value > bar if self._sign > 0 else value < bar
