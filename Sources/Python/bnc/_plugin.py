"""A plugin in memory, checked before any of its entry points is called."""

from __future__ import annotations

import ctypes
import os
import pathlib
import platform
import struct

from . import _abi, _host
from ._description import Description
from ._table import describe
from .errors import PluginError

_AGAIN = "compile the model again with this bnc"
_MACHINES = {"x86_64": 62, "aarch64": 183}


class Plugin:
    """A loaded plugin: its table, and what it says about itself."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.path.abspath(path)
        check_shared_object(self.path)
        try:
            self._library = ctypes.CDLL(self.path)
            function = self._library.bnc_plugin_table
        except OSError as error:
            raise PluginError(f"{self.path}: cannot be loaded: {error}") from error
        except AttributeError as error:
            raise PluginError(
                f"{self.path}: is not a plugin: it does not export bnc_plugin_table") from error
        function.restype = ctypes.POINTER(_abi.Table)
        pointer = function()
        if not pointer:
            raise PluginError(f"{self.path}: is not a plugin: its table is missing")
        self.table: _abi.Table = pointer.contents
        try:
            self.description: Description = self._describe()
        except PluginError as error:
            raise PluginError(f"{self.path}: {error}") from None

    def _describe(self) -> Description:
        # Size and version stand first: nothing else is read of a table of another shape.
        if self.table.abi_version != _abi.VERSION:
            raise PluginError(
                f"has plugin interface {self.table.abi_version}, this package has {_abi.VERSION}; "
                f"{_AGAIN}")
        if self.table.struct_size != ctypes.sizeof(_abi.Table):
            raise PluginError(f"has a table of {self.table.struct_size} bytes; {_AGAIN}")
        description = describe(self.table)
        missing = description.instruction_set & ~_host.library().bnc_python_instruction_set()
        if missing:
            raise PluginError(
                "needs instructions that this processor lacks (it was compiled for "
                f"{description.target}); compile the model on this machine")
        if not self.table.evaluate:
            raise PluginError("lacks an entry point")
        return description


def check_shared_object(path: str) -> None:
    """Refuses what is no whole shared object for this machine: the loader maps what the headers
    promise, and a file cut short would end the process."""
    try:
        size = os.path.getsize(path)
        with pathlib.Path(path).open("rb") as file:
            header = file.read(64)
            if len(header) < 64 or header[:6] != b"\x7fELF\x02\x01":
                raise PluginError(f"{path}: is not a plugin: not a 64-bit shared object")
            (machine,) = struct.unpack_from("<H", header, 18)
            if machine != _MACHINES.get(platform.machine(), machine):
                raise PluginError(
                    f"{path}: was compiled for another kind of processor; compile the model here")
            (start,) = struct.unpack_from("<Q", header, 32)
            width, count = struct.unpack_from("<HH", header, 54)
            file.seek(start)
            rows = file.read(width * count)
    except OSError as error:
        raise PluginError(f"{path}: cannot be read: {error.strerror}") from error
    ends = [
        sum(struct.unpack_from("<Q", rows, at + field)[0] for field in (8, 32))
        for at in range(0, len(rows) - 55, max(width, 56))
    ]
    if len(rows) < width * count or any(end > size for end in ends):
        raise PluginError(f"{path}: is not a whole plugin: it is cut short; compile it again")
