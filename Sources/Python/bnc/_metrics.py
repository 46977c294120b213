"""What is told of outputs beside the loss."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._description import Description, Loss
from .errors import Error

Array = NDArray[Any]


def judgements(description: Description) -> list[Loss]:
    """What the losses compare, each once, in their order: by the loss of labels, where one is."""
    found: dict[tuple[int, int], Loss] = {}
    for loss in description.losses:
        first = found.setdefault((loss.output, loss.target), loss)
        if loss.is_of_labels and not first.is_of_labels:
            found[loss.output, loss.target] = loss
    return list(found.values())


def classes_of(description: Description, loss: Loss, outputs: Array) -> Array:
    """The classes that outputs say, [examples] + the target's positions: that of the largest
    number, the first of several; of one number the second class above the threshold."""
    target = description.targets[loss.target]
    positions = target.size
    rows = outputs.reshape(len(outputs), -1, positions)
    if rows.shape[1] == 1:
        labels = (rows[:, 0] > (0 if loss.is_logit else 0.5)).astype(np.int64)
    else:
        labels = rows.argmax(axis=1)
    return labels.reshape(len(outputs), *target.shape)


def is_known(name: str) -> bool:
    """Whether `measure` knows the metric, or it is the loss."""
    return name in ("loss", "accuracy") or name in _REAL


def measure(
    name: str, description: Description, outputs: list[Array], targets: list[Array]
) -> float:
    """The metric `name` over all examples, of the first target that it fits."""
    for loss in judgements(description):
        target = description.targets[loss.target]
        output, wanted = outputs[loss.output], targets[loss.target]
        if name == "accuracy" and target.classes is not None:
            said = classes_of(description, loss, output)
            counts = wanted != target.ignored if target.ignored is not None else wanted == wanted
            return float((said == wanted)[counts].mean()) if counts.any() else math.nan
        if name == "accuracy" and loss.is_of_labels:
            said = output.reshape(wanted.shape) > (0 if loss.is_logit else 0.5)
            return float((said == (wanted > 0.5)).mean())
        if name in _REAL and target.classes is None:
            rows = wanted.reshape(len(wanted), -1)
            return _REAL[name](output.reshape(rows.shape).astype(np.float64) - rows, rows)
    raise Error(
        f"the metric '{name}' is not known here, or the model has no target that it fits; known "
        f"are loss, accuracy, {', '.join(_REAL)}")


def _r2(rest: Array, wanted: Array) -> float:
    total = ((wanted - wanted.mean(axis=0, dtype=np.float64)) ** 2).sum()
    return float(1 - (rest ** 2).sum() / total) if total > 0 else math.nan


_REAL = {
    "mean_absolute_error": lambda rest, _: float(np.abs(rest).mean()),
    "mean_squared_error": lambda rest, _: float((rest ** 2).mean()),
    "root_mean_squared_error": lambda rest, _: float(np.sqrt((rest ** 2).mean())),
    "r2": _r2,
}
