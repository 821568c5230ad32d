"""Runs the pairs of a study so that an interruption loses no finished run."""

from __future__ import annotations

import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

import pandas as pd

from experiments.twins import WITH, WITHOUT, Study, TwinResults
from experiments.worker import attempt, work

Run = tuple[int, str]
Outcomes = Generator[tuple[Run, Any], None, None]
INTERRUPTED = "interrupted before it ended"
DIED = "its process was ended from outside, as happens when memory runs out"


def run_twins(
    study: Study, workers: int = 1, finished: Callable[[str], None] = lambda run: None
) -> TwinResults | None:
    """Run every seed with and without the centres; ``finished`` is told the name of each run that ends.

    A run that fails is noted in ``failures`` and takes its pair out of the results; the others go on. After
    Ctrl-C (KeyboardInterrupt) the runs that had not ended are noted as INTERRUPTED, and the pairs that were
    complete are returned: None if there is none.

    Raises RuntimeError if every pair failed.
    """
    runs = [(seed, arm) for seed in study.seeds for arm in (WITH, WITHOUT)]
    parts: dict[Run, tuple[pd.DataFrame, pd.DataFrame]] = {}
    failures: dict[Run, str] = {}
    interrupted = False
    outcomes = _in_processes(study, runs, workers) if workers > 1 else _here(study, runs)
    try:
        for run, outcome in outcomes:
            if isinstance(outcome, str):
                failures[run] = outcome
            else:
                parts[run] = outcome
            finished(_name(run))
    except KeyboardInterrupt:
        interrupted = True
    finally:
        outcomes.close()
    failures |= {run: INTERRUPTED for run in runs if run not in parts and run not in failures}
    whole = [seed for seed in study.seeds if (seed, WITH) in parts and (seed, WITHOUT) in parts]
    if not whole:
        if interrupted:
            return None
        raise RuntimeError(f"no pair of runs ended: {next(iter(failures.values()))}")
    panel = pd.concat([parts[seed, arm][0] for seed in whole for arm in (WITH, WITHOUT)], ignore_index=True)
    centres = pd.concat([parts[seed, WITH][1] for seed in whole], ignore_index=True)
    return TwinResults(study, panel, centres, {_name(run): failures[run] for run in runs if run in failures})


def _name(run: Run) -> str:
    return f"seed {run[0]} {run[1]}"


def _here(study: Study, runs: Sequence[Run]) -> Outcomes:
    for run in runs:
        yield run, attempt(study, run)


def _in_processes(study: Study, runs: Sequence[Run], workers: int) -> Outcomes:
    """Each run's outcome as it ends. Unlike a pool, this can be stopped in the middle of a run."""
    left = deque(runs)
    crew: list[tuple[BaseProcess, Connection]] = []
    busy: dict[Any, Run] = {}
    try:
        with _unheard():
            crew += _start(pickle.dumps(study), workers)
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


def _start(study: bytes, workers: int) -> Iterator[tuple[BaseProcess, Connection]]:
    """Processes that share no state with this one, each at the end of a line of its own."""
    context = get_context("spawn")
    for _ in range(workers):
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there, study), daemon=True)
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
