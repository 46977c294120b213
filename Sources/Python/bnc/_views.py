"""An evaluation that looks at each example several times: the mean of the outputs over its
views."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._description import Description, Look, View
from ._examples import Examples

Array = NDArray[Any]


def seen(description: Description, examples: Examples, view: View) -> dict[str, Array]:
    """The inputs of the examples as a view shows them."""
    return {
        value.name: _moved(array, look, value.shape)
        for value, array, look in zip(
            description.inputs, examples.inputs, view.looks, strict=True)}


def targets(description: Description, examples: Examples) -> dict[str, Array] | None:
    """The targets by name, which no view changes."""
    names = [value.name for value in description.targets]
    return dict(zip(names, examples.targets, strict=True)) if examples.targets else None


def _moved(array: Array, look: Look, shape: tuple[int, ...]) -> Array:
    if look == Look(False, False, 0, 0, look.is_edge):
        return array
    height, width = (shape[1] if len(shape) == 3 else 1), shape[-1]
    rows = _places(height, look.flips_rows, look.down, look.is_edge)
    columns = _places(width, look.flips_columns, look.right, look.is_edge)
    planes = array.reshape(len(array), -1, height, width)
    return planes[:, :, rows[:, None], columns].reshape(array.shape)


def _places(size: int, flips: bool, shift: int, is_edge: bool) -> NDArray[np.intp]:
    """Of each place of an axis the place that it shows."""
    places = np.arange(size, dtype=np.intp)
    places = (places[::-1] if flips else places) + shift
    if is_edge:
        return np.clip(places, 0, size - 1)
    inner = np.abs(places)
    return np.where(inner < size, inner, 2 * (size - 1) - inner)
