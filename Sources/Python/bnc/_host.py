"""Threads and matrix products for plugins: native/host.c, compiled when it is first needed."""

from __future__ import annotations

import ctypes
import functools
import os
import pathlib
import threading

from . import _cache, _executable
from .errors import Error

_NATIVE = pathlib.Path(__file__).parent / "native"
_FLAGS = ["-std=c11", "-O2", "-ffp-contract=off", "-fvisibility=hidden"]


@functools.cache
def library() -> ctypes.CDLL:
    """The compiled host, loaded."""
    # In a wheel the interface's files lie beside host.c, in a clone of bnc where they belong.
    interface = _NATIVE / "PluginABI"
    if not interface.exists():
        interface = pathlib.Path(__file__).parents[2] / "PluginABI"
    sources = [_NATIVE / "host.c", _NATIVE / "random.c", interface / "Processor.c"]
    headers = sorted((interface / "include").glob("*.h"))
    compiler = _executable.c_compiler()
    key = [path.read_text(encoding="utf-8") for path in [*sources, *headers]]

    def make(work: pathlib.Path) -> pathlib.Path:
        output = work / "host.so"
        flags = [*_FLAGS, f"-I{interface / 'include'}"]
        _executable.build_library([str(path) for path in sources], str(output), flags)
        return output

    key += [" ".join(_FLAGS), _cache.identity(compiler)]
    found = ctypes.CDLL(str(_cache.library("host", key, make)))
    found.bnc_python_host.restype = ctypes.c_void_p
    found.bnc_python_host.argtypes = [
        ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    found.bnc_python_instruction_set.restype = ctypes.c_uint64
    found.bnc_python_draw.restype = ctypes.c_int
    found.bnc_python_draw.argtypes = [
        ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int, ctypes.c_double,
        ctypes.c_double, ctypes.c_uint64, ctypes.c_uint64]
    found.bnc_python_shuffle.restype = None
    found.bnc_python_shuffle.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_uint64]
    return found


@functools.cache
def _products() -> tuple[int | None, int | None]:
    """OpenBLAS's products of floats and of doubles, or None where it is not installed: plugins then
    multiply by themselves. It is set to one thread, as the threads are the plugin's to use."""
    try:
        blas = ctypes.CDLL("libopenblas.so.0")
        blas.openblas_set_num_threads(1)
        single = ctypes.cast(blas.cblas_sgemm, ctypes.c_void_p).value
        double = ctypes.cast(blas.cblas_dgemm, ctypes.c_void_p).value
    except (OSError, AttributeError):
        return None, None
    return single, double


def available_cores() -> int:
    """How many threads can run at a time here: the cores that this process may use, and no more
    than a container's quota pays for."""
    cores = len(os.sched_getaffinity(0))
    try:
        quota, period = pathlib.Path("/sys/fs/cgroup/cpu.max").read_text().split()[:2]
        return max(1, min(cores, -(-int(quota) // int(period))))
    except (OSError, ValueError):
        return max(1, cores)


_hosts: dict[tuple[int, int], int] = {}
_lock = threading.Lock()


def checked(threads: int | None) -> int:
    """How many threads there shall be: all cores where it is None."""
    count = available_cores() if threads is None else threads
    if not 1 <= count <= 1024:
        raise Error(f"there can be 1 to 1024 threads, not {count}")
    return count


def host(count: int) -> int:
    """The address of a `bnc_host` of so many threads. Hosts live as long as the process, and those
    of a forked process are its own: threads do not survive a fork."""
    with _lock:
        key = (os.getpid(), count)
        if key not in _hosts:
            found = library().bnc_python_host(count, count <= available_cores(), *_products())
            if not found:
                raise Error(f"the system gives no {count} threads: ask for fewer")
            _hosts[key] = found
        return _hosts[key]


def _after_fork() -> None:
    # Another thread may have held it while the process forked.
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
