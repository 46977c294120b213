"""A compiled network in Python: its memory as numpy arrays, training, evaluation, weights."""

from __future__ import annotations

import os
import pathlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import _abi, _metrics, _start, _weights
from ._calls import Calls, StepSettings
from ._description import Description
from ._examples import Arrays, Examples
from ._inspection import Inspection, inspect
from ._losses import MeanLosses
from ._memory import Tensors
from ._plugin import Plugin
from ._source import ModelLike, Source
from .errors import DataError, Error
from .training import CallbackLike, FitOptions, History, Trainer

Array = NDArray[Any]


class Network:
    """A network that lives in memory of its own.

    `parameters`, `state` (running statistics) and `slots` (what the optimizer keeps) are views of
    the memory that the compiled code computes in. `hyperparameters` are what a step is given, the
    model's own values at first, and can be set: `network.hyperparameters["learning_rate"] = 0.01`.
    `class_names` are saved with the weights.
    """

    def __init__(
        self, plugin: Plugin, threads: int | None = None, seed: int = 0,
        source: Source | None = None,
    ) -> None:
        self._calls = Calls(plugin, threads)
        self._source = source
        self._inspection: Calls | None = None
        self._steps = 0
        self._known: set[str] = set()
        memory = self._calls.memory
        self.parameters: Tensors = memory.views(_abi.PARAMETERS)
        self.state: Tensors = memory.views(_abi.STATE)
        self.slots: Tensors = memory.views(_abi.SLOTS)
        self.hyperparameters: dict[str, float] = dict(self.description.hyperparameters)
        self.class_names: list[str] = []
        self.init(seed)

    @property
    def description(self) -> Description:
        """What the plugin says about itself: shapes, tensors, losses, the batch."""
        return self._calls.description

    def __repr__(self) -> str:
        d = self.description
        return (
            f"<bnc.Network {d.model_name}: {d.parameter_count:,} parameters, {d.optimizer_name}, "
            f"batch {d.batch}, {d.target}>")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles what was learned, and the model; the code is compiled again, or from the
        cache."""
        source = self._need_source("pickled")
        learned = self._calls.memory.copy_learned()
        return _restored, (
            source, self._calls.threads, learned, self._steps, self._known, self.hyperparameters,
            self.class_names)

    def init(self, seed: int = 0) -> None:
        """Starts all parameters anew, with the numbers of `bnc train --seed`."""
        self._calls.memory.initialize(seed)
        self._steps, self._known = 0, set()

    def start_from_data(self, x: Arrays) -> None:
        """Computes what the model takes from its training data: means and deviations of `data
        normalize`, weights that whiten. `fit` does it by itself, unless `load` brought them."""
        _start.compute(self._calls.memory, Examples(self.description, x), self._known)
        self._known |= _start.from_data(self.description)

    def step(self, x: Arrays, y: Arrays, *, seed: int = 0, epoch: int = 0) -> float:
        """One step of the optimizer: the mean loss of the examples before it.

        Takes the `hyperparameters` as they are; `scheduled` says what the model's schedule makes of
        them. Of the same seed and step the same is drawn. Raises NotFiniteError, and nothing
        changes.
        """
        examples = Examples(self.description, x, y)
        most = self.description.examples_per_step
        if examples.count > most:
            raise DataError(f"there are {examples.count} examples, a step takes 1 to {most}")
        self._need_start()
        settings = StepSettings(self._steps + 1, seed, self._hyperparameter_values(), epoch)
        loss = self._calls.train(examples, settings, 0, examples.count)
        self._steps += 1
        return loss / examples.count

    def scheduled(self, step: int, steps: int, epoch_steps: int = 1) -> dict[str, float]:
        """The hyperparameters of step `step`, from 1 on, of `steps`, `epoch_steps` in an epoch."""
        values = self._calls.scheduled(self._hyperparameter_values(), step, steps, epoch_steps)
        return dict(zip(self.hyperparameters, values.tolist(), strict=True))

    def fit(
        self, x: Arrays, y: Arrays, *, epochs: int | None = None, seed: int = 0,
        learning_rate: float | None = None, validation: tuple[Arrays, Arrays] | None = None,
        callbacks: Sequence[CallbackLike] = (), shuffle: bool = True,
        keep: Literal["last", "best"] = "last",
    ) -> History:
        """Trains from the parameters as they are: `epochs`, or the model's own number of them, in
        the order of `bnc train --seed`, with the model's schedule; the optimizer starts anew.

        A callback is a `Callback` or a function of the epoch, from 0 on, and its numbers; where it
        returns False or raises StopTraining, training ends. `keep="best"` leaves the parameters of
        the best validation. Raises NotFiniteError, with the numbers that were last finite.
        """
        count = self.description.epochs if epochs is None else epochs
        if count < 0:
            raise DataError(f"there can be 0 epochs or more, not {count}")
        examples = Examples(self.description, x, y)
        options = FitOptions(count, seed, learning_rate, shuffle, keep)
        trainer = Trainer(self, examples, validation, callbacks, options)
        self._calls.memory.initialize(seed, only=_abi.SLOTS)
        self._steps = 0
        _start.compute(self._calls.memory, examples, self._known)
        self._known |= _start.from_data(self.description)
        return trainer.run()

    def predict(self, x: Arrays) -> Array | dict[str, Array]:
        """The outputs, [examples] + shape; of several outputs a dict by name."""
        outputs = self._outputs(Examples(self.description, x))[0]
        if len(outputs) == 1:
            return outputs[0]
        names = [value.name for value in self.description.outputs]
        return dict(zip(names, outputs, strict=True))

    def evaluate(
        self, x: Arrays, y: Arrays, metrics: Sequence[str] = ()
    ) -> dict[str, float]:
        """The mean `loss`, of several losses each part by its name, and the `accuracy` where there
        are classes. `metrics` adds mean_absolute_error, mean_squared_error,
        root_mean_squared_error or r2, and of labels, the real values of a binary cross entropy, the
        accuracy."""
        return self._evaluate(Examples(self.description, x, y), metrics)

    def _evaluate(self, examples: Examples, metrics: Sequence[str]) -> dict[str, float]:
        outputs, loss, parts = self._outputs(examples)
        found = {"loss": loss}
        losses = self.description.losses
        if len(losses) > 1:
            for index, (part, one) in enumerate(zip(parts, losses, strict=True)):
                name = one.name if one.name not in found else f"{one.name}_{index + 1}"
                found[name] = part
        names = list(metrics)
        if any(target.classes for target in self.description.targets) and "accuracy" not in names:
            names.insert(0, "accuracy")
        for name in names:
            found[name] = _metrics.measure(name, self.description, outputs, examples.targets)
        return found

    def gradients(self, x: Arrays, y: Arrays, *, training: bool = True) -> dict[str, Array]:
        """The loss's gradient with respect to each parameter, over up to a batch of examples."""
        return self.inspect(x, y, training=training).gradients

    def inspect(
        self, x: Arrays, y: Arrays, *, training: bool = True, seed: int = 0
    ) -> Inspection:
        """A forward and a backward pass without the update, and all that it computed: with the
        batch's statistics where `training`, else with the running ones. Nothing of the network
        changes.

        The model is compiled once more for it, with room for every value.
        """
        if self._inspection is None:
            plugin = Plugin(self._need_source("inspected").plugin("inspection"))
            self._inspection = Calls(plugin, self._calls.threads, with_gradients=True)
        settings = StepSettings(1, seed, self._hyperparameter_values())
        examples = Examples(self.description, x, y)
        return inspect(self._inspection, self._calls.memory, examples, settings, training)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Saves parameters and running statistics as safetensors, as `bnc train --save` does."""
        with self._averages_in_place():
            _weights.save(self._calls.memory, path, self.class_names)

    def load(self, path: str | os.PathLike[str], *, matching: bool = False) -> list[str]:
        """Loads weights that this, `bnc train --save` or a checkpoint wrote: the names that were
        taken. With `matching`, what fits by name and shape is enough."""
        names, classes = _weights.load(self._calls.memory, path, matching)
        self._known |= set(names) & _start.from_data(self.description)
        self.class_names = classes or self.class_names
        return names

    def freeze(
        self, path: str | os.PathLike[str], *, batch: int = 1, target: str = "portable",
        input: Literal["bytes", "float"] | None = None,
        output: Literal["logits", "softmax"] = "logits",
    ) -> pathlib.Path:
        """Writes the network as one C file, *.c, that needs nothing but its header: see
        `Frozen`."""
        source = self._need_source("frozen")
        options = ["--batch", str(batch), "--target", target, "--output", output]
        if input is not None:
            options += ["--input", input]
        with tempfile.TemporaryDirectory() as folder:
            weights = os.path.join(folder, f"{self.description.model_name}.safetensors")
            self.save(weights)
            source.freeze(weights, os.path.abspath(path), options)
        return pathlib.Path(path)

    def _outputs(self, examples: Examples) -> tuple[list[Array], float, list[float]]:
        outputs = self._room(examples.count)
        losses = MeanLosses(len(self.description.losses))
        with self._averages_in_place():
            self._calls.prepare()
            for start in range(0, examples.count, self.description.batch):
                count = min(self.description.batch, examples.count - start)
                losses.add(self._calls.evaluate(examples, start, count, outputs), count)
        return outputs, losses.whole(), losses.parts()

    def _room(self, count: int) -> list[Array]:
        return [
            np.empty((count, *value.shape), self._calls.memory.dtype)
            for value in self.description.outputs]

    @contextmanager
    def _averages_in_place(self) -> Iterator[None]:
        """Where the model keeps an average of its parameters, that is evaluated and saved. No other
        Python thread sees the network in the meantime."""
        with self._calls.lock:
            self._calls.memory.exchange_averages()
            try:
                yield
            finally:
                self._calls.memory.exchange_averages()

    def _hyperparameter_values(self) -> NDArray[np.float64]:
        return np.array(
            [self.hyperparameters[name] for name, _ in self.description.hyperparameters])

    def _need_start(self) -> None:
        missing = _start.from_data(self.description) - self._known
        if missing:
            raise Error(
                f"{', '.join(sorted(missing))} are made of the training data: call "
                "start_from_data(x), fit, or load first")

    def _need_source(self, what: str) -> Source:
        if self._source is None:
            raise Error(f"a plugin that was loaded from a file cannot be {what}: compile its model")
        return self._source


def compile(
    model: ModelLike, *, batch: int | None = None, precision: Literal["float", "double"] = "float",
    target: str = "native", exact: bool = False, threads: int | None = None, seed: int = 0,
    cc: str | None = None,
) -> Network:
    """Compiles a model, the path of a .bn file or its text, and starts it by `seed`.

    `batch` is the number of examples a step, in the place of the model's own; `precision` what is
    computed with; `target` the machine, this one by default; `exact` takes every product of a
    convolution's sums; `threads` is how many to use, all cores if None. What was compiled before
    comes from bnc's cache. Raises CompileError with what bnc says of the model.
    """
    path, text = Source.of(model)
    source = Source(path, text, batch, precision, target, exact, cc)
    return Network(Plugin(source.plugin()), threads, seed, source)


def _restored(
    source: Source, threads: int | None, learned: list[Array], steps: int, known: set[str],
    hyperparameters: dict[str, float], class_names: list[str],
) -> Network:
    network = Network(Plugin(source.plugin()), threads, 0, source)
    network._calls.memory.restore_learned(learned)
    network._steps, network._known = steps, set(known)
    network.hyperparameters = dict(hyperparameters)
    network.class_names = list(class_names)
    return network


def open_plugin(
    path: str | os.PathLike[str], *, threads: int | None = None, seed: int = 0
) -> Network:
    """A network of a plugin, *.so, that `bnc compile` wrote. Raises PluginError."""
    return Network(Plugin(path), threads, seed)
