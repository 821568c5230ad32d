"""Processes that do runs, such that an interruption loses no finished one."""

from __future__ import annotations

import pickle
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from experiments.worker import attempt, work

Run = tuple[int, str]  # seed, arm
Outcomes = Generator[tuple[Run, Any], None, None]
DIED = "its process was ended from outside, as happens when memory runs out"


def outcomes(plan: Any, runs: Sequence[Run], workers: int = 1) -> Outcomes:
    """Each run of a plan with its outcome as it ends: its record, or a text that says why it failed.

    With more than one worker, in processes of their own, which closing the generator ends at once.
    """
    return _in_processes(plan, runs, workers) if workers > 1 else _here(plan, runs)


def _here(plan: Any, runs: Sequence[Run]) -> Outcomes:
    for run in runs:
        yield run, attempt(plan, run)


def _in_processes(plan: Any, runs: Sequence[Run], workers: int) -> Outcomes:
    """Each run's outcome as it ends. Unlike a pool, this can be stopped in the middle of a run."""
    left = deque(runs)
    crew: list[tuple[BaseProcess, Connection]] = []
    busy: dict[Any, Run] = {}
    try:
        with _unheard():
            crew += _start(pickle.dumps(plan), workers)
        for _, its_line in crew:
            _hand_over(its_line, left, busy)
        while busy:
            ready: list[Any] = wait(list(busy))
            for line in ready:
                run = busy.pop(line)
                try:
                    outcome = line.recv()
                except (EOFError, OSError):
                    outcome = DIED
                else:
                    _hand_over(line, left, busy)
                yield run, outcome
        yield from ((run, DIED) for run in left)  # all processes died
    finally:
        for process, its_line in crew:
            its_line.close()
            process.terminate()
        for process, _ in crew:
            process.join()


def _start(plan: bytes, workers: int) -> Iterator[tuple[BaseProcess, Connection]]:
    """Processes that share no state with this one, each at the end of a line of its own."""
    context = get_context("spawn")
    for _ in range(workers):
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there, plan), daemon=True)
        process.start()
        there.close()  # so that a process that dies leaves nobody at that end
        yield process, here


def _hand_over(line: Any, left: deque[Run], busy: dict[Any, Run]) -> None:
    """Give the next run to the process at the end of the line, if it is alive."""
    if left:
        try:
            line.send(left[0])
        except OSError:
            return
        busy[line] = left.popleft()


@contextmanager
def _unheard() -> Iterator[None]:
    """No Ctrl-C for a moment: one that came while a process starts would leave it behind.

    The processes that start meanwhile never hear one, though a terminal sends it to all: this one ends them.
    """
    if threading.current_thread() is not threading.main_thread():  # the others never hear it
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
