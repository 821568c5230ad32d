"""Compilation of many kernels at once, before the first quarter would compile them one after another.

Numba compiles under one lock, so threads gain nothing: processes compile, and keep the machine code where
this process then finds it. A kernel that they leave out, for whatever reason, is compiled when it is called.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import parent_process
from pathlib import Path

import numba
from numba.core.registry import CPUDispatcher

from model.engine.compile.compile_kernel import cache_folder, load_kernel, say_compiling, source_of
from model.engine.compile.kernel_cache import is_kept
from model.engine.events import Rule

WORTH = 30_000  # characters of source that take some ten seconds to compile: processes take one to start
MOST = 8  # processes, of 250 MB each
Given = Callable[[], Sequence[object]]
Job = tuple[str, str, tuple[numba.types.Type, ...]]  # name and text of a kernel, types of its arguments


class PendingKernels:
    """The kernels of an engine that are not yet compiled."""

    def __init__(self) -> None:
        self._added: list[tuple[CPUDispatcher, Given]] = []

    def add(self, kernel: Rule, given: Given) -> None:
        """Note a kernel and a function that returns arguments of the types that it will be called with."""
        if isinstance(kernel, CPUDispatcher) and not kernel.signatures:
            self._added.append((kernel, given))

    def compile(self) -> None:
        """Compile those without machine code, if that is worth the start of processes; forget all."""
        found: dict[tuple[str, str], Given] = {}
        for kernel, given in self._added:
            own = Path(kernel.py_func.__code__.co_filename).parent == cache_folder()  # others find it there
            if own and not is_kept(kernel):
                found[source_of(kernel)] = given
        self._added.clear()
        if sum(len(text) for _, text in found) < WORTH:
            return
        largest_first = sorted(found, key=lambda kernel: -len(kernel[1]))
        jobs = [(*kernel, tuple(map(numba.typeof, found[kernel]()))) for kernel in largest_first]
        if parent_process() is not None:  # one worker of several, which share the work through what they keep
            compile_jobs(jobs)
        elif (processes := min(numba.config.NUMBA_NUM_THREADS, MOST)) > 1 and sys.executable:  # type: ignore[attr-defined]
            _compile_in_processes(jobs, processes)


def _compile_in_processes(jobs: Sequence[Job], processes: int) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        say_compiling(f"{len(jobs)} events")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(folder or os.getcwd() for folder in sys.path)}
    command = [sys.executable, "-P", "-m", "model.engine.compile.compile_ahead"]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for k in range(processes):
            with tempfile.TemporaryFile() as given:
                given.write(pickle.dumps(jobs[k::processes]))
                given.seek(0)
                started.append(
                    subprocess.Popen(
                        command,
                        stdin=given,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        env=environment,
                    )
                )
        for process in started:
            process.wait()
    except OSError:  # no process or file can be made
        return
    finally:
        for process in started:
            process.kill()
            process.wait()


def compile_jobs(jobs: Sequence[Job]) -> None:
    """Compile kernels and keep their machine code, in an order of this process's own.

    Processes with the same jobs share them: each skips those that another has kept in the meantime.
    """

    def order(job: Job) -> bytes:
        return hashlib.blake2b(f"{os.getpid()} {job[1]}".encode()).digest()

    for name, text, types in sorted(jobs, key=order):
        with suppress(Exception):  # a rule that cannot be compiled is explained where it is called
            kernel = load_kernel(name, text)
            if isinstance(kernel, CPUDispatcher) and not is_kept(kernel):
                kernel.compile(types)


if __name__ == "__main__":
    compile_jobs(pickle.load(sys.stdin.buffer))
