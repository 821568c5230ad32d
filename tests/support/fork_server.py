"""Jobs in forks of this process: what it has imported and made they have at once."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import select
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

MEMORY = 6 << 30


def limit(seconds: float) -> None:
    """Let this process use no more than some times the usual time, nor all of the memory."""
    most = int(time.process_time() + 2.0 + 5.0 * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 2))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def forked(
    jobs: Iterable[tuple[Any, Callable[[], Any], float]], workers: int
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Run jobs (key, function, seconds at most) in forks, some at once; yields keys with what they gave.

    A job that is killed, by its limit of time or memory, gives the outcome ``hang``.
    """
    waiting = iter(jobs)
    running: dict[int, tuple[Any, int, float, bytearray]] = {}  # pipe → key, process, end, what came
    while True:
        while len(running) < workers and (job := next(waiting, None)) is not None:
            key, function, seconds = job
            pipe, process = _fork(function)
            running[pipe] = (key, process, time.monotonic() + 6.0 * seconds, bytearray())
        if not running:
            return
        ready, _, _ = select.select(list(running), [], [], 1.0)
        for pipe in ready:
            key, process, _, came = running[pipe]
            part = os.read(pipe, 1 << 20)
            came += part
            if part:
                continue
            del running[pipe]
            os.close(pipe)
            os.waitpid(process, 0)
            yield key, json.loads(bytes(came)) if came else {"outcome": "hang"}
        for _, process, end, _ in running.values():
            if time.monotonic() > end:
                os.kill(process, 9)


def _fork(function: Callable[[], Any]) -> tuple[int, int]:
    read, write = os.pipe()
    process = os.fork()
    if process:
        os.close(write)
        return read, process
    try:
        os.close(read)
        gc.disable()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        try:
            found = function()
        except MemoryError:
            found = {"outcome": "killed", "by": "memory"}
        with os.fdopen(write, "wb") as pipe:
            pipe.write(json.dumps(found).encode())
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(write, json.dumps({"outcome": "broken", "why": repr(error)[:300]}).encode())
    finally:
        os._exit(0)
