"""Signals that end a command wait while something starts that cannot be left half-started."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
# Of the terminal: they go to every process in it, and the one that was started from there ends the others.
OF_TERMINAL = ("SIGINT", "SIGHUP")


@contextmanager
def later() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP come when the block has ended.

    Threads that begin in the block, and processes that these start at any time, hear none of the terminal's.
    Outside the main thread, which alone hears signals, nothing waits.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told: list[int] = []
    handlers = {number: signal.getsignal(number) for number in _numbers(NAMES)}
    for number, known in handlers.items():
        if callable(known):
            signal.signal(number, lambda number, frame: told.append(number))
    before = _deaf()
    try:
        yield
    finally:
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, known in handlers.items():
            if callable(known):
                signal.signal(number, known)
        if told:
            os.kill(os.getpid(), told[0])


def _deaf() -> set[signal.Signals] | None:
    """Block signals of the terminal in this thread; the mask before, or None where there are no masks."""
    if not hasattr(signal, "pthread_sigmask"):
        return None
    from multiprocessing import resource_tracker

    before = signal.pthread_sigmask(signal.SIG_BLOCK, _numbers(OF_TERMINAL))
    resource_tracker.ensure_running()  # it lets signals through again in the thread that starts it: not later
    signal.pthread_sigmask(signal.SIG_BLOCK, _numbers(OF_TERMINAL))
    return {signal.Signals(number) for number in before}


def _numbers(names: tuple[str, ...]) -> list[signal.Signals]:
    return [getattr(signal, name) for name in names if hasattr(signal, name)]
