"""Files of named tensors, as bnc and the package `safetensors` read and write them."""

from __future__ import annotations

import json
import math
import os
import struct
import tempfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import WeightsError

Array = NDArray[Any]

_TYPES = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": np.uint16, "I64": np.int64,
    "I32": np.int32, "I16": np.int16, "I8": np.int8, "U8": np.uint8,
}
_CODES = {np.dtype(kind): code for code, kind in _TYPES.items() if code != "BF16"}


def save(
    path: str | os.PathLike[str], tensors: Mapping[str, Array],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes tensors in their order, whole or not at all."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    offset = 0
    arrays = {name: np.require(array, requirements=["C"]) for name, array in tensors.items()}
    for name, array in arrays.items():
        end = offset + array.nbytes
        header[name] = {
            "dtype": _CODES[array.dtype], "shape": list(array.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    # The data begin at a multiple of 8, so that readers can map it.
    text += b" " * (-len(text) % 8)
    target = os.path.abspath(os.fspath(path))
    try:
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(target), delete=False) as file:
            try:
                file.write(struct.pack("<Q", len(text)) + text)
                for array in arrays.values():
                    file.write(array.tobytes())
                os.chmod(file.name, 0o666 & ~_mask())
                os.replace(file.name, target)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise WeightsError(f"{target}: cannot be written: {error.strerror}") from error


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def load(path: str | os.PathLike[str]) -> tuple[dict[str, Array], dict[str, str]]:
    """The tensors of a file, bfloat16 as float32, and its metadata.

    The header is checked against the file's size before any of it is used. Raises WeightsError.
    """
    where = os.fspath(path)
    try:
        with open(where, "rb") as file:
            content = file.read()
    except OSError as error:
        raise WeightsError(f"{where}: cannot be read: {error.strerror}") from error
    try:
        return _parsed(content)
    except WeightsError as error:
        raise WeightsError(f"{where}: {error}") from None


def _parsed(content: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    if len(content) < 8:
        raise WeightsError(f"is not a safetensors file: it has {len(content)} bytes")
    (length,) = struct.unpack_from("<Q", content)
    if length > len(content) - 8:
        raise WeightsError(
            "is not a safetensors file, or is cut short: its header is longer than it")
    try:
        header = json.loads(content[8:8 + length], object_pairs_hook=_once)
    except ValueError as error:
        raise WeightsError(f"is not a safetensors file: its header is no JSON: {error}") from error
    if not isinstance(header, dict):
        raise WeightsError("is not a safetensors file: its header is no object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict):
        raise WeightsError("has metadata that are no object")
    data = memoryview(content)[8 + length:]
    tensors = {name: _tensor(name, entry, data) for name, entry in header.items()}
    return tensors, {str(key): str(value) for key, value in metadata.items()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that stands there twice is refused."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WeightsError("has two entries of one name in its header")
    return found


def _tensor(name: str, entry: Any, data: memoryview) -> Array:
    try:
        code, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = [*shape, start, end]
    except (KeyError, TypeError, ValueError):
        raise WeightsError(f"lacks dtype, shape or data_offsets at tensor '{name}'") from None
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise WeightsError(f"has a shape or a place of tensor '{name}' that cannot be")
    if code not in _TYPES:
        raise WeightsError(f"has tensor '{name}' of type {code}, which is not known here")
    dtype = np.dtype(_TYPES[code])
    if not start <= end <= len(data) or end - start != math.prod(shape) * dtype.itemsize:
        raise WeightsError(f"has tensor '{name}' outside of the file, or of another size")
    array = np.frombuffer(data[start:end], dtype.newbyteorder("<")).reshape(shape)
    if code == "BF16":
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array
