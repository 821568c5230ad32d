"""What a worker process does. Light to import: a process first takes its plan in, then imports the model.

The other way round, the process that sends the plan would wait for the imports of each worker in turn.
"""

from __future__ import annotations

import pickle
import signal
from multiprocessing.connection import Connection
from typing import Any


def work(line: Connection, plan: bytes) -> None:
    """Answer each run, (seed, arm), that comes over the line, until nobody is left at its other end.

    plan: an ``experiments.arms.Plan`` or an ``experiments.twins.Study``, pickled. Ctrl-C, which a terminal
    sends to all, is for the process at the other end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    own = pickle.loads(plan)
    try:
        while True:
            line.send(attempt(own, line.recv()))
    except (EOFError, OSError):
        return


def attempt(plan: Any, run: tuple[int, str]) -> Any:
    """One run of a plan: its record, or, if it failed, a text that says why."""
    from experiments.twins import run_one

    try:
        return run_one(plan, *run)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
