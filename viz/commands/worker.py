"""What a worker process does. Light to import: a process first takes its study in, then imports the model.

The other way round, the process that sends the study would wait for the imports of each worker in turn.
"""

from __future__ import annotations

import pickle
import signal
from typing import Any

_kept: list[Any] = []


def keep(study: bytes) -> None:
    """Take in the study, pickled; Ctrl-C, which a terminal sends to all, is for the process above."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _kept[:] = [study]


def attempt_kept(run: tuple[int, str]) -> Any:
    """One run of the study that was taken in: its tables, or the exception."""
    if isinstance(_kept[0], bytes):
        _kept[0] = pickle.loads(_kept[0])
    return attempt(_kept[0], run)


def attempt(study: Any, run: tuple[int, str]) -> Any:
    """One run, (seed, arm), of a study: its tables, or the exception."""
    from experiments.twins import run_one

    try:
        return run_one(study, *run)
    except Exception as error:
        return error
