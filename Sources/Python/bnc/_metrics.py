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
    """What the losses compare, each once, in their order: by the loss of labels or of
    logits, where one is."""
    found: dict[tuple[int, int], Loss] = {}
    for loss in description.losses:
        first = found.setdefault((loss.output, loss.target), loss)
        if _tells(loss) and not _tells(first):
            found[loss.output, loss.target] = loss
    return list(found.values())


def _tells(loss: Loss) -> bool:
    """Whether the loss says what the numbers are, whatever other losses are taken of them."""
    return loss.is_of_labels or loss.probabilities is not None


def _is_of_shares(description: Description, loss: Loss) -> bool:
    """Whether the target holds of each class how much there is of it."""
    target = description.targets[loss.target]
    return target.classes is None and not loss.is_of_labels and loss.probabilities == "softmax"


def _probabilities(loss: Loss, logits: Array) -> Array:
    """The probabilities of [examples, numbers of a class or one, ...], in float64."""
    logits = logits.astype(np.float64)
    if loss.probabilities == "sigmoid":
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-logits))
    if loss.probabilities == "softmax":
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    return logits


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
        if name == "accuracy" and _is_of_shares(description, loss):
            # What an example has most of is what it is.
            said = output.reshape(wanted.shape).argmax(axis=1)
            return float((said == wanted.argmax(axis=1)).mean())
        if name in _REAL and target.classes is None:
            rows = wanted.reshape(len(wanted), -1)
            made = _probabilities(loss, output.reshape(wanted.shape)).reshape(rows.shape)
            return _REAL[name](made - rows, rows)
    raise Error(
        f"the metric '{name}' is not known here, or the model has no target that it fits; known "
        f"are loss, accuracy, {', '.join(_REAL)}")


def _r2(rest: Array, wanted: Array) -> float:
    # Of each output; those whose targets are all alike explain nothing.
    total = ((wanted - wanted.mean(axis=0, dtype=np.float64)) ** 2).sum(axis=0)
    explained = 1 - (rest ** 2).sum(axis=0)[total > 0] / total[total > 0]
    return float(explained.mean()) if explained.size else math.nan


_REAL = {
    "mean_absolute_error": lambda rest, _: float(np.abs(rest).mean()),
    "mean_squared_error": lambda rest, _: float((rest ** 2).mean()),
    "root_mean_squared_error": lambda rest, _: float(np.sqrt((rest ** 2).mean())),
    "r2": _r2,
}
