"""Runs the pairs of a study so that an interruption loses no finished run."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pandas as pd

from experiments.twins import WITH, WITHOUT, Study, TwinResults
from viz.commands.worker import attempt, attempt_kept, keep

Run = tuple[int, str]
INTERRUPTED = "interrupted before it ended"


def run_pairs(
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
            if isinstance(outcome, BaseException):
                failures[run] = f"{type(outcome).__name__}: {outcome}"
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


def _here(study: Study, runs: Sequence[Run]) -> Iterator[tuple[Run, Any]]:
    for run in runs:
        yield run, attempt(study, run)


def _in_processes(study: Study, runs: Sequence[Run], workers: int) -> Iterator[tuple[Run, Any]]:
    # Spawned processes share no state with this one; the study is sent once to each.
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), keep, (pickle.dumps(study),))
    ended = False
    try:
        with _unheard():
            waiting = {pool.submit(attempt_kept, run): run for run in runs}
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                # A process that died (out of memory) is the error of all runs that it leaves behind.
                yield waiting.pop(future), future.exception() or future.result()
        ended = True
    finally:
        if not ended:
            for child in set(multiprocessing.active_children()) - before:
                child.terminate()
        pool.shutdown(cancel_futures=True)


@contextmanager
def _unheard() -> Iterator[None]:
    """No Ctrl-C for a moment: one that came while a process starts would leave it behind, waiting for ever.

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
