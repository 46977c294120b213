"""Weights of a network as safetensors, interchangeable with `bnc train --save` and `--load`."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi, safetensors
from ._description import Tensor
from ._memory import Memory
from .errors import WeightsError

Array = NDArray[Any]
_CLASSES = "bnc.classes"


def saved_tensors(memory: Memory) -> list[Tensor]:
    """Parameters and running statistics, which a file holds."""
    return [t for t in memory.description.tensors if t.region in (_abi.PARAMETERS, _abi.STATE)]


def save(memory: Memory, path: str | os.PathLike[str], class_names: list[str]) -> None:
    """Writes them as they are."""
    metadata = {"bnc.model": memory.description.model_name}
    if class_names:
        metadata[_CLASSES] = json.dumps(class_names, ensure_ascii=False)
    tensors = {t.name: memory.view(t) for t in saved_tensors(memory)}
    safetensors.save(path, tensors, metadata)


def load(
    memory: Memory, path: str | os.PathLike[str], matching: bool
) -> tuple[list[str], list[str]]:
    """Takes a file's tensors by their names; when anything is wrong with it, nothing changes.

    Every tensor of the network must be there, those that the model's own text gives excepted,
    unless `matching` says that what fits by name and shape is enough. Statistics without a `seen`
    count as seen. Returns the names that were loaded, and the classes' names where the file has
    them.
    """
    where = os.fspath(path)
    tensors, metadata = safetensors.load(path)
    wanted = saved_tensors(memory)
    found: dict[str, Array] = {}
    for tensor in wanted:
        fault = _fault(tensor, tensors.get(tensor.name), memory)
        if fault is None:
            found[tensor.name] = tensors[tensor.name]
        elif tensor.name not in tensors and _may_lack(tensor):
            continue
        elif not matching:
            raise WeightsError(f"{where}: {fault} of model '{memory.description.model_name}'")
    if not found:
        raise WeightsError(
            f"{where}: has no tensor that fits model '{memory.description.model_name}'")
    for name, array in found.items():
        _check(where, name, array, memory)
    views = {t.name: memory.view(t) for t in wanted}
    for name, array in found.items():
        views[name][...] = array
    for tensor in wanted:
        if tensor.name in found:
            continue
        if tensor.role == _abi.SEEN and _has_statistics(tensor, wanted, found):
            views[tensor.name][...] = 1
        elif tensor.values is not None:
            views[tensor.name][...] = np.array(tensor.values).reshape(tensor.shape)
    memory.start_averages()
    return list(found), _class_names(metadata)


def _fault(tensor: Tensor, array: Array | None, memory: Memory) -> str | None:
    if array is None:
        return f"lacks '{tensor.name}' {list(tensor.shape)}"
    if array.shape != tensor.shape:
        return f"holds '{tensor.name}' as {list(array.shape)}, not {list(tensor.shape)},"
    if array.dtype.kind != "f":
        return f"holds '{tensor.name}' as {array.dtype}, not as real values,"
    return None


def _may_lack(tensor: Tensor) -> bool:
    return tensor.role == _abi.SEEN or tensor.values is not None


def _check(where: str, name: str, array: Array, memory: Memory) -> None:
    with np.errstate(over="ignore"):
        numbers = array.astype(memory.dtype)
    if not np.isfinite(numbers).all():
        raise WeightsError(f"{where}: holds numbers in '{name}' that are not finite")
    if name.endswith(".running_variance") and (numbers < 0).any():
        raise WeightsError(f"{where}: holds a variance below 0 in '{name}'")


def _has_statistics(seen: Tensor, wanted: list[Tensor], found: dict[str, Array]) -> bool:
    roles = {t.role for t in wanted if t.layer == seen.layer and t.name in found}
    return {_abi.RUNNING_MEAN, _abi.RUNNING_VARIANCE} <= roles


def _class_names(metadata: dict[str, str]) -> list[str]:
    try:
        names = json.loads(metadata.get(_CLASSES, "[]"))
    except ValueError:
        return []
    return [str(name) for name in names] if isinstance(names, list) else []
