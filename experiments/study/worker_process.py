"""What a worker process does. Light to import: a process first takes its plan in, then imports the model.

The other way round, the process that sends the plan would wait for the imports of each worker in turn.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from typing import Any

LEFT_ALONE = 3  # exit code of a worker whose parent is gone


def work(line: Connection, doing: bytes) -> None:
    """Answer each job that comes over the line, until nobody is left at its other end.

    doing: a function of a job, pickled by the process that started this one. Ctrl-C, which a terminal sends
    to all, and its end (SIGHUP) are for that process; if it is gone, this one ends at once.
    """
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    own = pickle.loads(doing)
    try:
        while True:
            line.send(own(line.recv()))
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    """A parent that was killed closes nothing in time: a run of an hour would go on for nobody."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(LEFT_ALONE)


def attempt(plan: Any, run: tuple[int, str]) -> Any:
    """One run of a plan: its record, or, if it failed, a text that says why."""
    from experiments.study.one_run import run_one

    try:
        return run_one(plan, *run)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
