"""Shared libraries that were compiled before, in bnc's own cache: `bnc cache` shows and clears
it."""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import uuid
from collections.abc import Callable

from .errors import Error


def folder() -> pathlib.Path:
    """`$XDG_CACHE_HOME/bnc`, else `~/.cache/bnc`."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    base = pathlib.Path(cache) if cache.startswith("/") else pathlib.Path.home() / ".cache"
    return base / "bnc"


def library(
    name: str, key: list[str], make: Callable[[pathlib.Path], pathlib.Path]
) -> pathlib.Path:
    """The library called `name` that follows from `key` alone: the one in the cache, or what `make`
    writes into the folder that it is given. Two processes never see half of one."""
    whole = "\n".join([*key, _processor()])
    path = folder() / f"{name}-python-{hashlib.sha256(whole.encode()).hexdigest()[:32]}.so"
    if path.exists():
        return path
    # As bnc calls its own, so that `bnc cache` clears what a process that died has left.
    work = folder() / f"build-{os.getpid()}-{uuid.uuid4()}"
    try:
        # Open to the user alone, or bnc would pass over it.
        work.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        work.mkdir(parents=True)
    except OSError as error:
        raise Error(
            f"{work.parent}: the cache cannot be written: {error.strerror}\nhelp: set "
            "XDG_CACHE_HOME to the full path of a folder that can be written") from error
    try:
        os.replace(make(work), path)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return path


def identity(path: str) -> str:
    """What tells a program apart from another: its path, size and time of change."""
    status = os.stat(path)
    return f"{os.path.realpath(path)} {status.st_size} {status.st_mtime_ns}"


def _processor() -> str:
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    wanted = ("model name", "flags", "Features", "CPU part")
    first = text.split("\n\n", 1)[0]
    return "\n".join(line for line in first.splitlines() if line.startswith(wanted))
