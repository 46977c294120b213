"""The memory that one network lives in, and views of its tensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _host
from ._description import Description, Tensor
from .errors import DataError

Array = NDArray[Any]


class Tensors(Mapping[str, Array]):
    """Tensors by name, each a view of the memory that the plugin computes in.

    Writing into one (`tensors["dense1.weight"][:] = 0`) changes the network, and so does
    `tensors["dense1.weight"] = values`, which copies the values in. No name is added or removed.
    """

    def __init__(self, views: dict[str, Array]) -> None:
        self._views = views

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def __setitem__(self, name: str, values: ArrayLike) -> None:
        view = self._views[name]
        given = np.asarray(values)
        if given.shape != view.shape:
            raise DataError(f"'{name}' has shape {list(view.shape)}, not {list(given.shape)}")
        view[...] = given

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    def __repr__(self) -> str:
        lines = [f"  {name}: {list(view.shape)}" for name, view in self._views.items()]
        return "\n".join(["Tensors(", *lines, ")"])

    def copy(self) -> dict[str, Array]:
        """Copies of all of them, which no step changes."""
        return {name: view.copy() for name, view in self._views.items()}


class Memory:
    """Parameters, state, scratch and the optimizer's slots, all zero at first; gradients where they
    are asked for."""

    def __init__(self, description: Description, with_gradients: bool = False) -> None:
        self.description = description
        self.dtype: np.dtype[Any] = np.dtype(
            np.float32 if description.element_size == 4 else np.float64)
        self.regions = [self._aligned(size) for size in description.region_sizes]
        prepared = self._aligned(description.prepared_size)
        self.gradients = (
            self._aligned(description.region_sizes[_abi.PARAMETERS]) if with_gradients else None)
        parameters, state, scratch, slots = (region.ctypes.data for region in self.regions)
        # The arrays are kept beside the addresses.
        self._kept = prepared
        self.pointers = _abi.Regions(
            parameters, state, scratch,
            self.gradients.ctypes.data if self.gradients is not None else None,
            prepared.ctypes.data, slots)

    def _aligned(self, size: int) -> Array:
        count = size // self.dtype.itemsize
        whole = np.zeros(count + 2 * _abi.ALIGNMENT // self.dtype.itemsize, self.dtype)
        skip = -whole.ctypes.data % _abi.ALIGNMENT // self.dtype.itemsize
        return whole[skip:skip + count]

    def view(self, tensor: Tensor, region: Array | None = None) -> Array:
        """A tensor that there is one of, in its region or in another one laid out like it."""
        first = tensor.offset // self.dtype.itemsize
        memory = self.regions[tensor.region] if region is None else region
        return memory[first:first + tensor.size].reshape(tensor.shape)

    def views(self, region: int) -> Tensors:
        """The tensors of a region."""
        return Tensors(
            {t.name: self.view(t) for t in self.description.tensors if t.region == region})

    def examples(self, tensor: Tensor, count: int) -> Array:
        """A copy of the first `count` examples of a tensor that there is one of for each."""
        lanes = max(tensor.lanes, 1)
        blocks = -(-count // lanes)
        first = tensor.offset // self.dtype.itemsize
        flat = self.regions[tensor.region][first:first + blocks * lanes * tensor.size]
        rows = flat.reshape(blocks, tensor.size, lanes).swapaxes(1, 2).reshape(-1, tensor.size)
        return rows[:count].reshape(count, *tensor.shape).copy()

    @property
    def learned(self) -> list[Array]:
        """What a step changes."""
        return [self.regions[_abi.PARAMETERS], self.regions[_abi.STATE], self.regions[_abi.SLOTS]]

    def copy_learned(self, into: list[Array] | None = None) -> list[Array]:
        """A copy of what a step changes; into another one where there is one."""
        if into is None:
            return [region.copy() for region in self.learned]
        for region, copy in zip(self.learned, into, strict=True):
            copy[...] = region
        return into

    def restore_learned(self, copies: list[Array]) -> None:
        """Puts back what `copy_learned` copied."""
        for region, copy in zip(self.learned, copies, strict=True):
            region[...] = copy

    def initialize(self, seed: int, only: int | None = None) -> None:
        """Starts all that is learned, kept and remembered as the table says, by `seed`, with the
        numbers of `bnc train --seed`; one region alone where `only` names it."""
        check_seed(seed)
        for index, tensor in enumerate(self.description.tensors):
            if tensor.region != _abi.SCRATCH and only in (None, tensor.region):
                self.view(tensor)[...] = _first_numbers(tensor, seed, index)
        self.start_averages()

    def start_averages(self) -> None:
        """Starts the averages that are evaluated in the place of parameters as those parameters."""
        for parameter, average in self.description.averages:
            self.view(average)[...] = self.view(parameter)

    def exchange_averages(self) -> None:
        """Puts the averages in the place of the parameters, and the parameters in theirs."""
        for parameter, average in self.description.averages:
            one, other = self.view(parameter), self.view(average)
            kept = one.copy()
            one[...] = other
            other[...] = kept


def check_seed(seed: int) -> None:
    """Refuses what is no number of 64 bits, which C would take for another one."""
    if not 0 <= seed < 1 << 64:
        raise DataError(f"a seed is a whole number from 0 to 2^64 - 1, not {seed}")


def _first_numbers(tensor: Tensor, seed: int, index: int) -> Array:
    if tensor.values is not None:
        return np.array(tensor.values).reshape(tensor.shape)
    if tensor.initializer in (_abi.CONSTANT, _abi.NOTHING):
        first = tensor.first if tensor.initializer == _abi.CONSTANT else 0.0
        return np.full(tensor.shape, first)
    rows = tensor.shape[0] if tensor.shape else 1
    if tensor.initializer == _abi.DIRAC:
        return _dirac(tensor, seed, index)
    return _drawn(tensor, rows, seed, index, tensor.initializer, tensor.first, tensor.second)


def _drawn(
    tensor: Tensor, rows: int, seed: int, index: int, initializer: int, first: float, second: float
) -> Array:
    columns = tensor.size // max(tensor.shape[0] if tensor.shape else 1, 1)
    numbers = np.empty((rows, columns))
    done = _host.library().bnc_python_draw(
        numbers.ctypes.data, rows, columns, initializer, first, second, seed, index)
    if not done:
        raise MemoryError(f"there is no memory to start '{tensor.name}'")
    return numbers.reshape((rows, *tensor.shape[1:]) if tensor.shape else ())


def _dirac(tensor: Tensor, seed: int, index: int) -> Array:
    """1 where a group's output and input are the same, in a window's middle; of outputs beyond the
    inputs uniform numbers."""
    numbers = np.zeros(tensor.shape)
    middle = tuple(length // 2 for length in tensor.shape[2:])
    channels = np.arange(tensor.shape[0]) % (tensor.shape[0] // max(int(tensor.second), 1))
    kept = channels < tensor.shape[1]
    numbers[(np.flatnonzero(kept), channels[kept], *middle)] = 1
    rest = int(np.count_nonzero(~kept))
    if tensor.first > 0 and rest > 0:
        numbers[~kept] = _drawn(
            tensor, rest, seed, index, _abi.UNIFORM, -tensor.first, tensor.first)
    return numbers
