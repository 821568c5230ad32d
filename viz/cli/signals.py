"""Signals that end a command: Ctrl-C (SIGINT), SIGTERM, SIGHUP; the exit code is 128 and the signal's number.

All three do the same: what has ended is kept, workers are ended, nothing half-written is left.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
ENDING = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
CODES = tuple(128 + number for number in ENDING)
_last = [int(signal.SIGINT)]
_heard: list[int] = []


def exit_code() -> int:
    """Exit code of a command that a signal ended: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    return 128 + _last[0]


def hear(number: int, frame: object = None) -> None:
    """End what is being done, as Ctrl-C does. Raises KeyboardInterrupt."""
    _last[0] = number
    _heard.append(number)
    raise KeyboardInterrupt


def interrupted() -> bool:
    """Whether a signal has come: some libraries make an error of their own of it, as DuckDB does."""
    return bool(_heard)


@contextmanager
def heard(handler: Callable[[int, Any], Any] = hear) -> Iterator[None]:
    """Signals that end a command go to the handler; one that is ignored, as under nohup, stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in ENDING}
    for number, known in before.items():
        if known not in (signal.SIG_IGN, None):
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, known in before.items():
            if known not in (signal.SIG_IGN, None):
                signal.signal(number, known)


def leave(number: int, frame: object = None) -> None:
    """End the process on the spot."""
    write("computeleap: interrupted")
    os._exit(128 + number)


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """A signal ends the process on the spot: nothing is lost yet, and Numba's compiler would swallow it."""
    with heard(leave):
        yield


def from_now_on() -> None:
    """Hear signals for the whole life of this process: it is left at once where no command says otherwise.

    Python swallows what is raised in some of its callbacks, such as those of weak references, and prints a
    traceback: a signal that came there comes again.
    """
    for number in ENDING:
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            signal.signal(number, leave)
    told = sys.unraisablehook

    def again(found: sys.UnraisableHookArgs) -> None:
        if not issubclass(found.exc_type, KeyboardInterrupt):
            told(found)
            return
        with contextlib.suppress(RuntimeError):  # no thread can be started: the process is ending anyway
            threading.Timer(0.01, os.kill, (os.getpid(), _last[0])).start()

    sys.unraisablehook = again


@contextmanager
def finishing() -> Iterator[None]:
    """Runs that have ended are written in spite of a signal; only a second one gives them up."""
    told: list[int] = []

    def first(number: int, frame: object) -> None:
        if told:
            hear(number)
        told.append(number)
        write("the runs have ended and their results are being written; Ctrl-C again gives them up")

    with heard(first):
        yield


def write(sentence: str) -> None:
    """To standard error, past its buffer: a signal may come while something is being printed."""
    try:
        os.write(2, f"{sentence}\n".encode())
    except OSError:
        return
