"""One pass of a network that keeps every value, for those who look into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi
from ._calls import Calls, StepSettings
from ._examples import Examples
from ._memory import Memory
from .errors import DataError

Array = NDArray[Any]


@dataclass(frozen=True)
class Inspection:
    """One forward and backward pass without the update. `loss` is the mean over the examples;
    `gradients` are the loss's with respect to the parameters, as an update takes them; `values` and
    `value_gradients` are of every layer, [examples] + its shape."""

    loss: float
    outputs: dict[str, Array]
    gradients: dict[str, Array]
    values: dict[str, Array]
    value_gradients: dict[str, Array]


def inspect(
    calls: Calls, learned: Memory, examples: Examples, settings: StepSettings, training: bool
) -> Inspection:
    """A pass of `calls`, of a plugin for inspection, with what another network has learned."""
    memory, description = calls.memory, calls.description
    if examples.count > description.batch:
        raise DataError(
            f"there are {examples.count} examples, a pass takes 1 to {description.batch}")
    for region in (_abi.PARAMETERS, _abi.STATE):
        views = memory.views(region)
        for name, values in learned.views(region).items():
            views[name] = values
    outputs = [
        np.empty((examples.count, *value.shape), memory.dtype) for value in description.outputs]
    loss = calls.gradient(examples, settings, training, outputs)

    def of_each(role: int) -> dict[str, Array]:
        return {
            t.name: memory.examples(t, examples.count)
            for t in description.tensors if t.role == role}

    return Inspection(
        loss=loss / examples.count,
        outputs={v.name: o for v, o in zip(description.outputs, outputs, strict=True)},
        gradients={
            t.name: memory.view(t, memory.gradients).copy()
            for t in description.tensors if t.region == _abi.PARAMETERS},
        values=of_each(_abi.VALUE), value_gradients=of_each(_abi.VALUE_GRADIENT))
