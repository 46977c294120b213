"""Arrays as a plugin reads them: checked, and copied only where they are of another type or
order."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi
from ._description import Description, Value
from .errors import DataError

Array = NDArray[Any]
Arrays = ArrayLike | Mapping[str, ArrayLike]


class Examples:
    """Inputs and targets of some examples, in the plugin's order.

    An array is used where it is: C-contiguous, inputs as uint8 or as the network's own floats,
    classes as int32. Any other one is copied once.
    """

    def __init__(self, description: Description, x: Arrays, y: Arrays | None = None) -> None:
        dtype = np.dtype(np.float32 if description.element_size == 4 else np.float64)
        self.inputs = [
            _input(value, array, dtype)
            for value, array in _named(description.inputs, x, "input")]
        self.count = len(self.inputs[0])
        for value, array in zip(description.inputs, self.inputs, strict=True):
            if len(array) != self.count:
                raise DataError(
                    f"input '{value.name}' has {len(array)} examples, the first has {self.count}")
        if self.count == 0:
            raise DataError("there are no examples")
        self.targets: list[Array] = []
        if y is not None:
            self.targets = [
                _target(value, array, dtype, self.count)
                for value, array in _named(description.targets, y, "target")]
        self._types = np.array(
            [_abi.UINT8 if a.dtype == np.uint8 else _abi.REAL for a in self.inputs], np.int32)
        self._inputs = _addresses(self.inputs)
        self._targets = _addresses(self.targets)

    def batch(self, start: int, count: int, rows: NDArray[np.uint32] | None = None) -> _abi.Batch:
        """Examples `start` up to `start + count`, or the `rows` at these places; nothing is copied,
        and the batch is valid as long as the examples and the rows are."""
        batch = _abi.Batch(
            inputs=ctypes.addressof(self._inputs), input_types=self._types.ctypes.data,
            targets=ctypes.addressof(self._targets) if self.targets else None, count=count)
        if rows is not None:
            batch.rows = rows.ctypes.data + start * rows.itemsize
        elif start > 0:
            moved = [_addresses(arrays, start) for arrays in (self.inputs, self.targets)]
            batch.inputs = ctypes.addressof(moved[0])
            batch.targets = ctypes.addressof(moved[1]) if self.targets else None
            batch._kept = moved
        return batch


def _addresses(arrays: list[Array], start: int = 0) -> ctypes.Array[ctypes.c_void_p]:
    return (ctypes.c_void_p * max(len(arrays), 1))(
        *[a.ctypes.data + start * (a.nbytes // len(a)) for a in arrays])


def _named(
    values: tuple[Value, ...], given: Arrays, kind: str
) -> list[tuple[Value, ArrayLike]]:
    if isinstance(given, Mapping):
        names = {value.name for value in values}
        if set(given) != names:
            raise DataError(f"the {kind}s are {sorted(names)}, not {sorted(map(str, given))}")
        return [(value, given[value.name]) for value in values]
    if len(values) != 1:
        names_text = ", ".join(f"'{value.name}'" for value in values)
        raise DataError(f"give the {kind}s by name, as a dict of {names_text}")
    return [(values[0], given)]


def _array(what: str, given: ArrayLike) -> Array:
    array = np.asarray(given)
    if array.dtype.kind not in "buif":
        raise DataError(f"{what} has numbers of type {array.dtype}, which are no real numbers")
    if array.ndim == 0:
        raise DataError(f"{what} is one number, not an array of examples")
    return array


def _input(value: Value, given: ArrayLike, dtype: np.dtype[Any]) -> Array:
    what = f"input '{value.name}'"
    array = _array(what, given)
    found = array.shape[1:]
    # A missing axis of one channel is understood, a vector takes an image, and an image a vector.
    fits = (found == value.shape or (1, *found) == value.shape
            or len(value.shape) == 1 and math.prod(found) == value.size
            or len(found) == 1 and found[0] == value.size)
    if not fits:
        raise DataError(
            f"{what} has examples of shape {list(found)}, the model's is {list(value.shape)}")
    array = array.reshape(len(array), *value.shape)
    if array.dtype == np.uint8 and value.takes_bytes:
        return np.require(array, requirements=["C", "A"])
    return _real(array, what, dtype)


def _real(array: Array, what: str, dtype: np.dtype[Any]) -> Array:
    with np.errstate(over="ignore"):
        real = np.require(array, dtype, ["C", "A"])
    finite = np.isfinite(real)
    if not finite.all():
        place = np.argwhere(~finite)[0].tolist()
        number = array[tuple(place)]
        fault = f"is more than a {dtype} can be" if np.isfinite(number) else "is not finite"
        raise DataError(
            f"{what} has {number} at index {place[0]}"
            + (f", {place[1:]}" if len(place) > 1 else "")
            + f", which {fault}; replace it, or leave the example out")
    return real


def _target(value: Value, given: ArrayLike, dtype: np.dtype[Any], count: int) -> Array:
    what = f"target '{value.name}'"
    array = _array(what, given)
    if len(array) != count:
        raise DataError(f"{what} has {len(array)} examples, the inputs have {count}")
    found = array.shape[1:]
    is_row = found == (value.size,) or found == () and value.size == 1
    if found != value.shape and not is_row:
        raise DataError(
            f"{what} has examples of shape {list(found)}, the model's is {list(value.shape)}")
    array = array.reshape(count, *value.shape)
    if value.classes is None:
        return _real(array, what, dtype)
    with np.errstate(invalid="ignore"):
        labels = np.require(array, np.int32, ["C", "A"])
    wrong = (labels != array) | (labels < 0) | (labels >= value.classes)
    if value.ignored is not None:
        wrong &= array != value.ignored
    if wrong.any():
        place = np.argwhere(wrong)[0].tolist()
        raise DataError(
            f"{what} has label {array[tuple(place)]} at index {place[0]}, the model's classes are "
            f"0 to {value.classes - 1}")
    return labels
