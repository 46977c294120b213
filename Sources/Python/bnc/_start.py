"""What a training takes from its examples before the first step: the numbers that normalize inputs,
then the weights that whiten what is so normalized."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi
from ._description import Description, Tensor, Value, Whitening
from ._examples import Examples
from ._memory import Memory

Array = NDArray[Any]


def from_data(description: Description) -> set[str]:
    """The names of the tensors that are made of training data, where no file has them."""
    names = {whitening.tensor.name for whitening in description.whitenings}
    for value in description.inputs:
        pair = normalization(description, value)
        if pair is not None and pair[0].initializer != _abi.LISTED:
            names |= {pair[0].name, pair[1].name}
    return names


def normalization(description: Description, value: Value) -> tuple[Tensor, Tensor] | None:
    """Gamma and beta that normalize an input, or None where nothing does."""
    if value.normalization is None:
        return None
    own = {t.role: t for t in description.tensors if t.layer == value.normalization}
    return own[_abi.GAMMA], own[_abi.BETA]


def compute(memory: Memory, examples: Examples, known: set[str]) -> None:
    """Computes them of `examples`, those that are `known` excepted.

    Means and deviations are of all numbers of a channel, after scaling; the deviation is the
    population's, and a channel of one number only is divided by 1.
    """
    description = memory.description
    for value, array in zip(description.inputs, examples.inputs, strict=True):
        pair = normalization(description, value)
        if pair is None or pair[0].initializer == _abi.LISTED or pair[0].name in known:
            continue
        means, deviations = _moments(value, array)
        memory.view(pair[0])[...] = 1 / deviations
        memory.view(pair[1])[...] = -means / deviations
    for whitening in description.whitenings:
        if whitening.tensor.name not in known:
            memory.view(whitening.tensor)[...] = _whitened(memory, whitening, examples)
    memory.start_averages()


def _scale(value: Value, array: Array) -> float:
    return value.scale if array.dtype == np.uint8 or value.scales_reals else 1.0


def _moments(value: Value, array: Array) -> tuple[Array, Array]:
    channels = value.shape[0] if value.shape else 1
    means, deviations = np.empty(channels), np.empty(channels)
    for channel in range(channels):
        numbers = array.reshape(len(array), channels, -1)[:, channel].astype(np.float64)
        means[channel] = numbers.mean()
        same = numbers.min() == numbers.max()
        deviations[channel] = 0 if same else numbers.std()
    scale = _scale(value, array)
    scaled = deviations * abs(scale)
    return means * scale, np.where(scaled == 0, 1, scaled)


def _whitened(memory: Memory, whitening: Whitening, examples: Examples) -> Array:
    """Eigenvectors of the patches' mean of x x^T over the roots of their eigenvalues, the largest
    first, then the same with the other sign. Each one's largest number is positive."""
    description, shape = memory.description, whitening.tensor.shape
    value, array = description.inputs[whitening.input], examples.inputs[whitening.input]
    numbers = array[:whitening.examples].astype(np.float64) * _scale(value, array)
    pair = normalization(description, value)
    if pair is not None:
        channels = (1, -1, *[1] * (numbers.ndim - 2))
        gamma, beta = (memory.view(t).astype(np.float64).reshape(channels) for t in pair)
        numbers = numbers * gamma + beta
    numbers = numbers.reshape(len(numbers), shape[1], -1, value.shape[-1])
    rows, columns = (shape[2] if len(shape) == 4 else 1), shape[-1]
    window = (
        (rows - 1) * whitening.row_dilation + 1, (columns - 1) * whitening.column_dilation + 1)
    patches = np.lib.stride_tricks.sliding_window_view(numbers, window, axis=(2, 3))
    patches = patches[..., ::whitening.row_dilation, ::whitening.column_dilation]
    size = shape[1] * rows * columns
    moments = np.zeros((size, size))
    for example in patches:
        flat = example.transpose(1, 2, 0, 3, 4).reshape(-1, size)
        moments += flat.T @ flat
    moments /= len(patches) * patches.shape[2] * patches.shape[3]
    values, vectors = np.linalg.eigh(moments)
    values, vectors = values[::-1], vectors.T[::-1]
    largest = vectors[np.arange(size), np.abs(vectors).argmax(axis=1)]
    scaled = vectors * (np.sign(largest) / np.sqrt(np.maximum(values, 0) + whitening.eps))[:, None]
    return np.concatenate([scaled, -scaled])[:shape[0]].reshape(shape)
