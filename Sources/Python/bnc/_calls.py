"""A plugin with memory and threads: its entry points, called with whatever they need."""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi, _host, _views
from ._examples import Examples
from ._losses import Found
from ._memory import Memory, check_seed
from ._plugin import Plugin
from .errors import DataError, NotFiniteError, NotTrainedError, PluginError

Array = NDArray[Any]


@dataclass
class StepSettings:
    """What a step is told beside its examples. Steps count from 1, epochs from 0; `steps` is that
    of the whole training, 0 where nobody knows."""

    step: int
    seed: int
    hyperparameters: NDArray[np.float64]
    epoch: int = 0
    steps: int = 0

    def __post_init__(self) -> None:
        check_seed(self.seed)


class Calls:
    """The entry points of one network. Calls from several Python threads wait for each other."""

    def __init__(self, plugin: Plugin, threads: int | None, with_gradients: bool = False) -> None:
        self.plugin = plugin
        self.description = plugin.description
        self.memory = Memory(plugin.description, with_gradients)
        self.threads = threads
        self._count = _host.checked(threads)
        table = plugin.table
        self._train = _abi.Train(table.train) if table.train else None
        self._evaluate = _abi.Evaluate(table.evaluate)
        # A plugin that infers prepares its weights in an evaluation by itself.
        self._prepare = (
            _abi.Prepare(table.prepare) if table.prepare and not table.infer else None)
        self._gradient = _abi.Gradient(table.gradient) if table.gradient else None
        self._schedule = _abi.Schedule(table.schedule) if table.schedule else None
        self.lock = threading.RLock()

    def scheduled(
        self, hyperparameters: NDArray[np.float64], step: int, steps: int, epoch_steps: int
    ) -> NDArray[np.float64]:
        """The hyperparameters of a step of a training that has these."""
        changed = hyperparameters.copy()
        if self._schedule is not None:
            self._schedule(step, steps, epoch_steps, changed.ctypes.data)
        return changed

    def train(
        self, examples: Examples, settings: StepSettings, start: int, count: int,
        rows: NDArray[np.uint32] | None = None,
    ) -> float:
        """One step over some examples, in one pass or several: the sum of their losses.

        Raises NotFiniteError; parameters and state are then as they were.
        """
        if self._train is None:
            raise PluginError(
                f"{self.plugin.path}: was not compiled for training; compile the model again")
        if self.plugin.table.processes > 1:
            raise PluginError(
                f"{self.plugin.path}: was compiled for {self.plugin.table.processes} processes, and "
                "this package trains by one; compile the model again")
        if not examples.targets:
            raise DataError("a step needs targets")
        batch = self.description.batch
        passes = -(-count // batch)
        step = _abi.Step(
            settings.step, settings.seed, settings.hyperparameters.ctypes.data, count, 0, passes,
            settings.epoch, settings.steps)
        slots = self.memory.regions[_abi.SLOTS]
        kept = slots.copy() if passes > 1 else None
        loss = 0.0
        try:
            for index in range(passes):
                step.pass_ = index
                first = start + index * batch
                part = examples.batch(first, min(batch, start + count - first), rows)
                loss += self._run(self._train, part, ctypes.addressof(step)).loss
        except NotFiniteError:
            # The passes before it have added their gradients to a slot.
            if kept is not None:
                slots[...] = kept
            raise
        return loss

    def prepare(self) -> None:
        """Makes what `evaluate` of a plugin for evaluation reads of the parameters and running
        statistics: before its calls, once after these have changed."""
        if self._prepare is not None:
            with self.lock:
                self._check(self._prepare(ctypes.addressof(self.memory.pointers)))

    def evaluate(
        self, examples: Examples, start: int, count: int, outputs: list[Array] | None
    ) -> Found:
        """A forward pass with the running statistics: the losses, where there are targets. Rows
        `start` up to `start + count` of `outputs` are written, the mean over the model's views where
        it has some."""
        if not self.description.views:
            return self._evaluate_once(examples, start, count, outputs)
        sums = [np.zeros(o[start:start + count].shape) for o in outputs or []]
        losses = len(self.description.losses)
        mean = Found(0.0, [0.0] * losses, [float(count)] * losses)
        part = _part(self, examples, start, count)
        wanted = _views.targets(self.description, part)
        for view in self.description.views:
            shown = Examples(
                self.description, _views.seen(self.description, part, view), wanted)
            made = [np.empty_like(s, dtype=self.memory.dtype) for s in sums]
            found = self._evaluate_once(shown, 0, count, made)
            # What counts goes by the targets, which no view changes.
            mean = Found(
                mean.loss + view.weight * found.loss,
                [p + view.weight * e for p, e in zip(mean.parts, found.parts, strict=True)],
                found.counts)
            for total, one in zip(sums, made, strict=True):
                total += view.weight * one
        for total, output in zip(sums, outputs or [], strict=True):
            output[start:start + count] = total
        return mean

    def _evaluate_once(
        self, examples: Examples, start: int, count: int, outputs: list[Array] | None
    ) -> Found:
        places = _places(outputs, start)
        batch = examples.batch(start, count)
        found = self._run(
            self._evaluate, batch, ctypes.addressof(places) if places is not None else None)
        if found.layer >= 0 and not examples.targets:
            raise self._not_finite(found.layer, "an output")
        return found

    def gradient(
        self, examples: Examples, settings: StepSettings, training: bool, outputs: list[Array]
    ) -> float:
        """A forward and a backward pass without the update over all examples: the sum of the
        losses."""
        if self._gradient is None:
            raise PluginError(f"{self.plugin.path}: was not compiled for inspection")
        step = _abi.Step(
            settings.step, settings.seed, settings.hyperparameters.ctypes.data, examples.count, 0,
            1, 0, 0)
        places = _places(outputs, 0)
        assert places is not None
        return self._run(
            self._gradient, examples.batch(0, examples.count), ctypes.addressof(step),
            int(training), ctypes.addressof(places)).loss

    def _run(
        self, entry: Callable[..., int], batch: _abi.Batch, *middle: int | None
    ) -> Found:
        losses = len(self.description.losses)
        parts = (ctypes.c_double * losses)()
        counts = (ctypes.c_double * losses)(*[batch.count] * losses)
        result = _abi.Result(0, -1, 0, ctypes.addressof(parts), ctypes.addressof(counts))
        with self.lock:
            code = entry(
                _host.host(self._count), ctypes.addressof(self.memory.pointers),
                ctypes.addressof(batch), *middle, ctypes.addressof(result))
        self._check(code)
        if code == _abi.NOT_FINITE or not math.isfinite(result.loss):
            raise self._not_finite(result.not_finite_layer, "the loss")
        return Found(result.loss, list(parts), list(counts), result.not_finite_layer)

    def _check(self, code: int) -> None:
        if code == _abi.NOT_TRAINED:
            raise NotTrainedError(
                f"model '{self.description.model_name}' was never trained: its batch norms have no "
                "running statistics; train it, or load weights that were saved after training")
        if code == _abi.BAD_ARGUMENT:
            raise DataError(f"{self.plugin.path}: refuses the examples that it was given")
        if code not in (_abi.OK, _abi.NOT_FINITE):
            raise PluginError(f"{self.plugin.path}: returned the unknown code {code}")

    def _not_finite(self, index: int, what: str) -> NotFiniteError:
        layers = self.description.layers
        layer = layers[index] if 0 <= index < len(layers) else None
        where = f"; the first layer where it shows is '{layer}'" if layer else ""
        advice = "; try a smaller learning rate" if what == "the loss" else ""
        return NotFiniteError(f"{what} is not finite{where}{advice}", layer)


def _part(calls: Calls, examples: Examples, start: int, count: int) -> Examples:
    """Some of the examples, as views of their arrays."""
    description = calls.description
    names = [value.name for value in description.inputs]
    inputs = {
        name: array[start:start + count]
        for name, array in zip(names, examples.inputs, strict=True)}
    targets = _views.targets(description, examples)
    if targets is not None:
        targets = {name: array[start:start + count] for name, array in targets.items()}
    return Examples(description, inputs, targets)


def _places(outputs: list[Array] | None, start: int) -> ctypes.Array[ctypes.c_void_p] | None:
    if outputs is None:
        return None
    return (ctypes.c_void_p * len(outputs))(
        *[o.ctypes.data + start * (o.nbytes // len(o)) for o in outputs])
